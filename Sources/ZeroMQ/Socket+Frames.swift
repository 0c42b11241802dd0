import CZeroMQ

extension Socket {
    /// Sends a frame, with one copy of its bytes.
    /// - Parameters:
    ///   - bytes: the frame.
    ///   - more: frames of the same message follow.
    ///   - wait: block where the peer's queue is full; otherwise `.again` is thrown.
    /// - Throws: `.hostUnreachable` where a ROUTER with `routerMandatory` does not know the peer.
    public borrowing func send(_ bytes: [UInt8], more: Bool = false, wait: Bool = true) throws(ZeroMQError) {
        let flags = Self.flags(more: more, wait: wait)
        while true {
            let sent = bytes.withUnsafeBytes { zmq_send(handle, $0.baseAddress, $0.count, flags) }
            if sent >= 0 { return }
            if zmq_errno() != EINTR { throw .last("send") }
        }
    }

    /// Sends a frame without a copy; its bytes now belong to libzmq. It is gone also where sending throws.
    public borrowing func send(
        _ message: consuming Message, more: Bool = false, wait: Bool = true
    ) throws(ZeroMQError) {
        let flags = Self.flags(more: more, wait: wait)
        while zmq_msg_send(message.handle, handle, flags) < 0 {
            if zmq_errno() != EINTR { throw .last("send") }
        }
    }

    /// Receives a frame into a message, whose memory is used again.
    /// - Returns: false where none is there and `wait` is false, or the receive timeout has passed.
    public borrowing func receive(into message: inout Message, wait: Bool = true) throws(ZeroMQError) -> Bool {
        while zmq_msg_recv(message.handle, handle, Self.flags(more: false, wait: wait)) < 0 {
            switch zmq_errno() {
            case EINTR: continue
            case EAGAIN: return false
            default: throw .last("receive")
            }
        }
        return true
    }

    /// Receives a frame.
    /// - Returns: nil where none is there and `wait` is false, or the receive timeout has passed.
    public borrowing func receive(wait: Bool = true) throws(ZeroMQError) -> Message? {
        var message = Message()
        guard try receive(into: &message, wait: wait) else { return nil }
        return message
    }

    /// The frame received last has followers.
    public var hasMore: Bool {
        var more: Int32 = 0
        var size = MemoryLayout<Int32>.size
        return zmq_getsockopt(handle, ZMQ_RCVMORE, &more, &size) == 0 && more != 0
    }

    private static func flags(more: Bool, wait: Bool) -> Int32 {
        (more ? ZMQ_SNDMORE : 0) | (wait ? 0 : ZMQ_DONTWAIT)
    }
}
