import CZeroMQ

extension Socket {
    /// Sends a message of several frames: all of them or none.
    ///
    /// libzmq decides at the first frame. Where the connection ends in the midst of a message, it takes the first ones
    /// back; the rest is then still given to it, which drops it, so that the next message begins afresh.
    /// - Throws: `.again` where `wait` is false and the peer's queue is full, `.hostUnreachable` where a ROUTER with
    ///   `routerMandatory` does not know the peer, `.invalid` for a message without frames.
    public borrowing func send(frames: [[UInt8]], wait: Bool = true) throws(ZeroMQError) {
        guard let last = frames.indices.last else { throw ZeroMQError(.invalid, "send a message without frames") }
        var failure: ZeroMQError?
        for (index, frame) in frames.enumerated() {
            do throws(ZeroMQError) {
                try send(frame, more: index < last, wait: wait)
            } catch {
                guard index > 0, error.code == .again else { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    /// Receives all frames of a message.
    /// - Parameters:
    ///   - wait: block until one comes.
    ///   - limit: how many frames it may have.
    /// - Returns: nil where none is there and `wait` is false, or the receive timeout has passed.
    /// - Throws: `.tooManyParts` for a message with more frames than `limit`; it is taken off the socket.
    public borrowing func receiveFrames(wait: Bool = true, limit: Int = 1_024) throws(ZeroMQError) -> [[UInt8]]? {
        var user: String?
        return try receiveFrames(wait: wait, limit: limit, asking: false, user: &user)
    }

    /// As the other `receiveFrames`, and says whose connection it is: the name that the authenticator gave; nil where
    /// none was asked.
    public borrowing func receiveFrames(
        wait: Bool = true, limit: Int = 1_024, user: inout String?
    ) throws(ZeroMQError) -> [[UInt8]]? {
        try receiveFrames(wait: wait, limit: limit, asking: true, user: &user)
    }

    private borrowing func receiveFrames(
        wait: Bool, limit: Int, asking: Bool, user: inout String?
    ) throws(ZeroMQError) -> [[UInt8]]? {
        var message = Message()
        guard try receive(into: &message, wait: wait) else { return nil }
        user = asking ? message.property("User-Id") : nil
        var frames = [message.bytes]
        var parts = 1
        // The frames of a message arrive together, so that this never blocks.
        while message.hasMore, try receive(into: &message) {
            parts += 1
            if parts <= limit { frames.append(message.bytes) }
            if asking, user == nil { user = message.property("User-Id") }
        }
        if parts > limit {
            throw ZeroMQError(.tooManyParts, "receive a message of \(parts) parts where \(limit) are allowed")
        }
        return frames
    }
}
