import CZeroMQ

#if canImport(Glibc)
    import Glibc
#endif

/// Lets another thread end a `Poller`'s wait: an eventfd (eventfd(2)), which is readable while it has been woken.
public final class Waker: Sendable {
    /// What the poller watches.
    public let fileDescriptor: Int32

    /// A waker.
    /// - Throws: `ZeroMQError` where the process has no file descriptors left.
    public init() throws(ZeroMQError) {
        fileDescriptor = eventfd(0, Int32(EFD_NONBLOCK) | Int32(EFD_CLOEXEC))
        if fileDescriptor < 0 { throw .last("make an eventfd") }
    }

    /// Makes the descriptor readable. Any thread may call it.
    public func wake() {
        var one: UInt64 = 1
        _ = write(fileDescriptor, &one, 8)
    }

    /// Makes it unreadable again, before the mailbox behind it is looked at.
    public func drain() {
        var count: UInt64 = 0
        _ = read(fileDescriptor, &count, 8)
    }

    deinit {
        close(fileDescriptor)
    }
}
