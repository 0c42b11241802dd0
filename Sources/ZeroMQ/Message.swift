import CZeroMQ

/// One frame, in libzmq's own memory: received without a copy, and sent without one.
///
/// The `zmq_msg_t` stands on the heap, because libzmq forbids that it is moved by copying its bytes.
public struct Message: ~Copyable {
    let handle: UnsafeMutablePointer<zmq_msg_t>

    /// An empty frame, to receive into.
    public init() {
        handle = .allocate(capacity: 1)
        zmq_msg_init(handle)
    }

    /// A frame with a copy of the bytes.
    public init(bytes: UnsafeRawBufferPointer) {
        handle = .allocate(capacity: 1)
        Self.fill(handle, bytes)
    }

    /// A frame with a copy of the bytes.
    public init(_ bytes: [UInt8]) {
        handle = .allocate(capacity: 1)
        bytes.withUnsafeBytes { Self.fill(handle, $0) }
    }

    /// A frame with a text in UTF-8.
    public init(string: String) {
        self.init(Array(string.utf8))
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
    public borrowing func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: zmq_msg_data(handle), count: count))
    }

    /// A copy of the bytes.
    public var bytes: [UInt8] { withUnsafeBytes { [UInt8]($0) } }

    /// The bytes as text; what is no UTF-8 becomes U+FFFD.
    public var string: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// What the connection is known to be, such as `User-Id` where an authenticator has let it in (zmq_msg_gets(3)).
    public func property(_ name: String) -> String? {
        zmq_msg_gets(handle, name).map { String(cString: $0) }
    }

    private static func fill(_ handle: UnsafeMutablePointer<zmq_msg_t>, _ bytes: UnsafeRawBufferPointer) {
        precondition(zmq_msg_init_size(handle, bytes.count) == 0, "no memory for a frame of \(bytes.count) bytes")
        if let source = bytes.baseAddress, let target = zmq_msg_data(handle) {
            target.copyMemory(from: source, byteCount: bytes.count)
        }
    }
}
