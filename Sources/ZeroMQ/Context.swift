import CZeroMQ

/// A ZeroMQ context: its I/O threads, which all its sockets share. Sockets keep it alive.
///
/// @unchecked Sendable: libzmq's contexts are thread safe (zmq_ctx_new(3)).
public final class Context: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer

    /// A context.
    /// - Parameter ioThreads: threads that move bytes; 1 serves about a gigabyte a second.
    /// - Throws: `ZeroMQError` where the process has no file descriptors left.
    public init(ioThreads: Int = 1) throws(ZeroMQError) {
        guard let handle = zmq_ctx_new() else { throw .last("make a context") }
        self.handle = handle
        zmq_ctx_set(handle, ZMQ_IO_THREADS, Int32(ioThreads))
        zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, 65_535)
    }

    /// Ends blocking calls of all its sockets with `.terminated`. The sockets are closed by their owners.
    public func shutdown() {
        zmq_ctx_shutdown(handle)
    }

    deinit {
        while zmq_ctx_term(handle) != 0, zmq_errno() == EINTR {}
    }
}

/// The version of libzmq that runs.
public var zeroMQVersion: String {
    var major: Int32 = 0
    var minor: Int32 = 0
    var patch: Int32 = 0
    zmq_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
}
