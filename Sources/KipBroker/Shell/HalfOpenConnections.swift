import ZeroMQ

#if canImport(Glibc)
    import Glibc
#endif

/// Ends TCP connections to endpoints without CURVE whose peers never finish ZMTP's greeting, so that each of them costs a
/// file descriptor for some seconds only.
///
/// libzmq has a timer for that (ZMQ_HANDSHAKE_IVL), but libzmq 4.3.4 does not stop it when a peer speaks ZMTP 1.0 or 2.0,
/// and so ends each such connection, in the middle of its work. CURVE wants ZMTP 3, and has the timer.
///
/// A greeting is 12 bytes at the least, and the peer's identity follows it with 2 or more.
struct HalfOpenConnections {
    /// Milliseconds between two looks. A connection that is half open in two of them is ended.
    static let interval = 5_000
    /// What a peer has sent at the least that has finished ZMTP 2.0's greeting and sent its identity.
    private static let greeting: UInt64 = 14

    private let connections: TCPConnections
    /// Connections that were half open at the last look and were not ended.
    private var seen: Set<TCPConnections.Connection> = []
    /// How many were ended.
    private(set) var ended = 0

    /// - Parameter endpoints: as they were bound, ports filled in; only those of TCP count.
    init(_ endpoints: some Sequence<String>) {
        connections = TCPConnections(endpoints)
    }

    /// Looks at the connections again and again, on a thread of its own.
    func watch(until hasEnded: StopFlag) {
        if connections.isEmpty { return }
        SocketThread.start(name: "kip-half-open") {
            var halfOpen = self
            while true {
                for _ in 0..<(Self.interval / 500) {
                    usleep(500_000)
                    if hasEnded.isSet { return }
                }
                halfOpen.look()
            }
        }
    }

    /// Looks at all connections, and ends those that were half open at the last look and still are.
    mutating func look() {
        let halfOpen = Set(connections.received().filter { $0.value < Self.greeting }.keys)
        let expired = halfOpen.intersection(seen)
        for connection in expired { connections.end(connection) }
        ended += expired.count
        seen = halfOpen.subtracting(expired)
    }
}
