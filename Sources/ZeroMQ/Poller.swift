import CZeroMQ

/// Waits until one of a few sockets or file descriptors is ready. It is filled once and used for every wait, which
/// costs no allocation. It borrows what it watches: remove a socket before it is closed.
public struct Poller: ~Copyable {
    /// What is waited for.
    public struct Events: OptionSet, Sendable {
        /// The bits of `ZMQ_POLLIN` and `ZMQ_POLLOUT`.
        public let rawValue: Int16

        /// Events from their bits.
        public init(rawValue: Int16) { self.rawValue = rawValue }

        /// Something can be received.
        public static let readable = Events(rawValue: Int16(ZMQ_POLLIN))
        /// Something can be sent.
        public static let writable = Events(rawValue: Int16(ZMQ_POLLOUT))
        /// A file descriptor has an error or was hung up; always watched.
        public static let failed = Events(rawValue: Int16(ZMQ_POLLERR))
    }

    /// Stands for one thing that is watched; it stays the same until that is removed.
    public typealias Token = Int

    private var items: [zmq_pollitem_t] = []

    /// A poller of nothing.
    public init() {
        items.reserveCapacity(4)
    }

    /// Watches a socket, which must outlive its place here.
    public mutating func add(_ socket: borrowing Socket, _ events: Events = .readable) -> Token {
        place(zmq_pollitem_t(socket: socket.handle, fd: -1, events: events.rawValue, revents: 0))
    }

    /// Watches a file descriptor, which must stay open as long.
    public mutating func add(fileDescriptor: Int32, _ events: Events = .readable) -> Token {
        place(zmq_pollitem_t(socket: nil, fd: fileDescriptor, events: events.rawValue, revents: 0))
    }

    /// Changes what is waited for.
    public mutating func watch(_ token: Token, for events: Events) {
        items[token].events = events.rawValue
    }

    /// Watches it no longer; its token may be given again.
    public mutating func remove(_ token: Token) {
        items[token] = Self.vacant
    }

    /// Waits.
    /// - Parameter milliseconds: how long at the most; -1 = for ever.
    /// - Returns: how many are ready.
    /// - Throws: `.terminated` where the context of a socket was shut down.
    public mutating func wait(milliseconds: Int) throws(ZeroMQError) -> Int {
        while true {
            let ready = zmq_poll(&items, Int32(items.count), milliseconds)
            if ready >= 0 { return Int(ready) }
            if zmq_errno() != EINTR { throw .last("poll") }
        }
    }

    /// Whether it could be read when the last wait ended.
    public func isReadable(_ token: Token) -> Bool { events(token).contains(.readable) }

    /// Whether it could be written when the last wait ended.
    public func isWritable(_ token: Token) -> Bool { events(token).contains(.writable) }

    /// What was ready when the last wait ended.
    public func events(_ token: Token) -> Events { Events(rawValue: items[token].revents) }

    private mutating func place(_ item: zmq_pollitem_t) -> Token {
        if let free = items.firstIndex(where: { $0.socket == nil && $0.fd < 0 }) {
            items[free] = item
            return free
        }
        items.append(item)
        return items.count - 1
    }

    /// poll(2) passes over negative descriptors, so that the tokens of the others stay what they are.
    private static var vacant: zmq_pollitem_t { zmq_pollitem_t(socket: nil, fd: -1, events: 0, revents: 0) }
}
