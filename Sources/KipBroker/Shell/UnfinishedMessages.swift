import KipCore
import Synchronization
import ZeroMQ

#if canImport(Glibc)
    import Glibc
#endif

/// Ends TCP connections that send a message without an end, which would take any amount of memory: libzmq limits the bytes of a
/// frame, and neither the frames nor the bytes of a message, which it keeps until the last frame has come.
///
/// While the process is small nothing is counted. From `Limits.watchedMemoryBytes` of resident memory on, the router thread counts
/// the bytes that it reads from each connection, and a thread compares them with what the kernel has received there. Whenever
/// the router has found no whole message, what it has not read is the beginning of one.
final class UnfinishedMessages: Sendable {
    /// The thresholds. The bytes allow for the largest valid message and the buffers of ZeroMQ and the kernel.
    struct Budget: Sendable {
        /// Resident memory from which connections are watched.
        var watched = Limits.watchedMemoryBytes
        /// Bytes of one connection, when the router has read all whole messages.
        var unfinished = UInt64(Limits.unfinishedBytesPerPeer)
        /// Bytes of one connection, also if it has not: as many messages as ZeroMQ reads ahead, and one more.
        var unread = UInt64((Limits.messagesReadAhead + 2) * (Limits.messageBytes + Limits.frameBytes))
        /// Bytes of all connections together, when the router has read all whole messages.
        var total = UInt64(Limits.unfinishedBytes)
    }

    /// Microseconds between two looks.
    private static let interval: UInt32 = 100_000
    /// Upper bound of the bytes that ZMTP and CURVE add to a frame. The next look corrects an overestimate.
    private static let frameOverhead = 64
    /// Bytes per look that are received and never read: ZMTP's heartbeats, some 100 a second.
    private static let heartbeatBytes: Int64 = 10

    private let budget: Budget
    private let counting = Atomic(false)
    /// How often the router found no whole message.
    private let drains = Atomic(0)
    /// Bytes that the router has read, by descriptor.
    private let read = Mutex<[Int32: UInt64]>([:])
    private let endedCount = Atomic(0)

    init(_ budget: Budget = Budget()) {
        self.budget = budget
    }

    /// Whether the router has to count.
    var isCounting: Bool { counting.load(ordering: .relaxed) }
    /// Connections that were ended.
    var ended: Int { endedCount.load(ordering: .relaxed) }

    /// The router has read a message.
    func note(_ frames: [[UInt8]], of descriptor: Int32) {
        let bytes = frames.reduce(0) { $0 + $1.count + Self.frameOverhead }
        read.withLock { $0[descriptor, default: 0] += UInt64(bytes) }
    }

    /// The router has found no whole message.
    func noteDrained() {
        drains.add(1, ordering: .relaxed)
    }

    /// Looks at the connections again and again, on a thread of its own.
    /// - Parameter report: what was ended, for the log.
    func watch(_ connections: TCPConnections, until hasEnded: StopFlag, _ report: @escaping @Sendable (String) -> Void)
    {
        if connections.isEmpty { return }
        SocketThread.start(name: "kip-unfinished") { [self] in
            var watch = Watch()
            while !hasEnded.isSet {
                usleep(Self.interval)
                let memory = ProcessMemory.bytes(of: getpid()) ?? 0
                if isCounting, memory < budget.watched / 8 * 7 {
                    counting.store(false, ordering: .relaxed)
                    watch = Watch()
                } else if isCounting {
                    look(&watch, connections, report)
                } else if memory >= budget.watched {
                    begin(&watch, connections)
                }
            }
        }
    }

    /// The state of the watching thread.
    private struct Watch {
        /// Bytes of each connection that do not count: those before the counting, and corrections.
        var base: [TCPConnections.Connection: Int64] = [:]
        /// Received at the last look, and how often the router had found no whole message by then.
        var sample: [TCPConnections.Connection: UInt64] = [:]
        var drains = 0
    }

    private func begin(_ watch: inout Watch, _ connections: TCPConnections) {
        read.withLock { $0 = [:] }
        watch = Watch()
        watch.sample = connections.received()
        watch.base = watch.sample.mapValues { Int64(clamping: $0) }
        watch.drains = drains.load(ordering: .relaxed)
        counting.store(true, ordering: .relaxed)
    }

    private func look(
        _ watch: inout Watch, _ connections: TCPConnections, _ report: @Sendable (String) -> Void
    ) {
        let isDrained = drains.load(ordering: .relaxed) > watch.drains
        // What was read before is part of what was received after it, and never more.
        let read = read.withLock { $0 }
        let received = connections.received()
        var unfinished: [(connection: TCPConnections.Connection, bytes: Int64)] = []
        for (connection, bytes) in received {
            let base = watch.base[connection] ?? 0
            let done = Int64(clamping: read[connection.descriptor] ?? 0)
            let unread = Int64(clamping: bytes) - base - done
            if watch.base[connection] == nil || unread < 0 {
                // It is new, or what the frames cost was counted too high.
                watch.base[connection] = Int64(clamping: bytes) - done
                continue
            }
            watch.base[connection] = base + Self.heartbeatBytes
            if unread > Int64(clamping: budget.unread) {
                end(connection, unread, connections, report)
            } else if isDrained, let before = watch.sample[connection] {
                let waiting = Int64(clamping: before) - base - done
                if waiting > 0 { unfinished.append((connection, waiting)) }
            }
        }
        // The largest first, until the rest is within the budget.
        unfinished.sort { $0.bytes > $1.bytes }
        var total = unfinished.reduce(0) { $0 + $1.bytes }
        for (connection, bytes) in unfinished
        where bytes > Int64(clamping: budget.unfinished) || total > Int64(clamping: budget.total) {
            end(connection, bytes, connections, report)
            total -= bytes
        }
        watch.base = watch.base.filter { received[$0.key] != nil }
        watch.sample = received
        // Only a drain that begins after the sample says that its whole messages were read.
        watch.drains = drains.load(ordering: .relaxed)
    }

    private func end(
        _ connection: TCPConnections.Connection, _ bytes: Int64, _ connections: TCPConnections,
        _ report: @Sendable (String) -> Void
    ) {
        connections.end(connection)
        endedCount.add(1, ordering: .relaxed)
        report(
            "a connection from port \(connection.peerPort) was ended: it has sent \(bytes >> 20) MiB of a message that has no end; a "
                + "message has \(Limits.messageBytes >> 20) MiB of payloads at the most")
    }
}
