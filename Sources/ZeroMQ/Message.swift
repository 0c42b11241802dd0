import CZeroMQ

/// One frame, in libzmq's own memory: received without a copy, and sent without one.
public struct Message: ~Copyable {
    let handle: UnsafeMutablePointer<zmq_msg_t>

    /// An empty frame, to receive into.
    public init() {
        handle = .allocate(capacity: 1)
        zmq_msg_init(handle)
    }

    /// A frame with a copy of the bytes.
    public init(_ bytes: [UInt8]) {
        handle = .allocate(capacity: 1)
        precondition(zmq_msg_init_size(handle, bytes.count) == 0, "no memory for a frame of \(bytes.count) bytes")
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { zmq_msg_data(handle).copyMemory(from: start, byteCount: source.count) }
        }
    }

    deinit {
        zmq_msg_close(handle)
        handle.deallocate()
    }

    /// Bytes in the frame.
    public var count: Int { zmq_msg_size(handle) }

    /// More frames of the same message follow.
    public var hasMore: Bool { zmq_msg_more(handle) != 0 }

    /// The bytes in place; they must not leave the closure.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: zmq_msg_data(handle), count: count))
    }

    /// A copy of the bytes.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }
}
