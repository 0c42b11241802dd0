import CZeroMQ

/// A ZeroMQ context: its I/O threads, which all its sockets share. Sockets keep it alive. Never fork a process that
/// has one; spawn.
///
/// @unchecked Sendable: libzmq's contexts are thread safe (zmq_ctx_new(3)).
public final class Context: @unchecked Sendable {
    /// As many sockets as libzmq allows; its own default of 1,023 is reached by a broker's test of many workers.
    private static let maximumSockets: Int32 = 65_535

    let handle: UnsafeMutableRawPointer

    /// A context.
    /// - Parameter ioThreads: threads that move bytes; 1 serves about a gigabyte a second.
    /// - Throws: `ZeroMQError` where the process has no file descriptors left.
    public init(ioThreads: Int = 1) throws(ZeroMQError) {
        guard let handle = zmq_ctx_new() else { throw .last("make a context") }
        self.handle = handle
        guard zmq_ctx_set(handle, ZMQ_IO_THREADS, Int32(clamping: ioThreads)) == 0 else {
            throw .last("give a context \(ioThreads) I/O threads")
        }
        zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, Self.maximumSockets)
    }

    /// Ends blocking calls of all its sockets, now and later, with `.terminated`. Any thread may call it, more than
    /// once. The sockets are closed by their owners.
    public func shutdown() {
        zmq_ctx_shutdown(handle)
    }

    /// Waits until what is still unsent has gone out or its sockets' linger is over.
    deinit {
        while zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
    }
}

/// The version of libzmq that runs, such as “4.3.4”.
public var zeroMQVersion: String {
    var major: Int32 = 0
    var minor: Int32 = 0
    var patch: Int32 = 0
    zmq_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
}
