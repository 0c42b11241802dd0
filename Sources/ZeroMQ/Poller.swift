import CZeroMQ

/// Waits until one of a few sockets or file descriptors can be read. It is made for each wait, costs no allocation
/// beyond its list, and borrows what it watches.
public struct Poller: ~Copyable {
    private var items: [zmq_pollitem_t] = []

    /// A poller of nothing.
    public init() {
        items.reserveCapacity(4)
    }

    /// Watches a socket, which must outlive the poller.
    /// - Returns: its place, for `isReadable`.
    public mutating func add(_ socket: borrowing Socket) -> Int {
        items.append(zmq_pollitem_t(socket: socket.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
        return items.count - 1
    }

    /// Watches a file descriptor.
    /// - Returns: its place, for `isReadable`.
    public mutating func add(fileDescriptor: Int32) -> Int {
        items.append(zmq_pollitem_t(socket: nil, fd: fileDescriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        return items.count - 1
    }

    /// Waits.
    /// - Parameter milliseconds: how long at the most; -1 = for ever.
    /// - Returns: how many can be read.
    public mutating func wait(milliseconds: Int) throws(ZeroMQError) -> Int {
        while true {
            let ready = zmq_poll(&items, Int32(items.count), milliseconds)
            if ready >= 0 { return Int(ready) }
            if zmq_errno() != EINTR { throw .last("poll") }
        }
    }

    /// Whether the thing at a place could be read when the wait ended.
    public func isReadable(_ place: Int) -> Bool {
        items[place].revents & Int16(ZMQ_POLLIN) != 0
    }
}
