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
        var source = MessageSource()
        return try receiveFrames(wait: wait, limit: limit, source: &source)
    }

    /// As the other `receiveFrames`, and says where the message comes from, as far as that is asked.
    public borrowing func receiveFrames(
        wait: Bool = true, limit: Int = 1_024, source: inout MessageSource
    ) throws(ZeroMQError) -> [[UInt8]]? {
        var message = Message()
        guard try receive(into: &message, wait: wait) else { return nil }
        source.look(at: message)
        var frames = [message.bytes]
        var parts = 1
        // The frames of a message arrive together, so that this never blocks.
        while message.hasMore, try receive(into: &message) {
            parts += 1
            if parts <= limit { frames.append(message.bytes) }
            if source.isMissing { source.look(at: message) }
        }
        if parts > limit {
            throw ZeroMQError(.tooManyParts, "receive a message of \(parts) parts where \(limit) are allowed")
        }
        return frames
    }
}

/// Where a message comes from. The first frame that a ROUTER gives is its own, and knows nothing of that.
public struct MessageSource: Sendable {
    /// The name that the authenticator gave the connection; nil if it was not asked, or none was.
    public private(set) var user: String?
    /// The descriptor of the connection; nil if it was not asked.
    public private(set) var descriptor: Int32?
    private let asksUser: Bool
    private let asksDescriptor: Bool

    /// What is to be asked; each costs a search by name.
    public init(user asksUser: Bool = false, descriptor asksDescriptor: Bool = false) {
        self.asksUser = asksUser
        self.asksDescriptor = asksDescriptor
    }

    var isMissing: Bool { asksUser && user == nil || asksDescriptor && descriptor == nil }

    mutating func look(at message: borrowing Message) {
        if asksUser, user == nil { user = message.property("User-Id") }
        // libzmq's own name for what zmq_msg_get(3) gives as ZMQ_SRCFD.
        if asksDescriptor, descriptor == nil { descriptor = message.property("__fd").flatMap { Int32($0) } }
    }
}
