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
/// The kernel counts the bytes that a connection has received (TCP_INFO, tcpi_bytes_received, Linux 4.1). A greeting is 12
/// bytes at the least, and the peer's identity follows it with 2 or more. The descriptors are libzmq's: nothing is done to
/// them but shutdown(2), at which libzmq reads the end of the connection and closes it. One that libzmq has closed and
/// opened anew in the meantime is told from the old one by its peer's port.
struct HalfOpenConnections {
    /// Milliseconds between two looks. A connection that is half open in two of them is ended.
    static let interval = 5_000
    /// What a peer has sent at the least that has finished ZMTP 2.0's greeting and sent its identity.
    private static let greeting: UInt64 = 14
    private static let tcpInfo: Int32 = 11
    private static let receivedOffset = 128

    /// The ports of the endpoints.
    private let ports: Set<UInt16>
    /// What was half open at the last look: the descriptors, and the ports of their peers.
    private var seen: [Int32: UInt16] = [:]
    /// How many were ended.
    private(set) var ended = 0

    /// - Parameter endpoints: as they were bound, ports filled in; only those of TCP count.
    init(_ endpoints: some Sequence<String>) {
        ports = Set(
            endpoints.compactMap { endpoint in
                guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return nil }
                return UInt16(endpoint[endpoint.index(after: colon)...])
            })
    }

    /// Looks at the connections again and again, on a thread of its own.
    func watch(until hasEnded: StopFlag) {
        if ports.isEmpty { return }
        SocketThread.start(name: "kip-half-open") {
            var connections = self
            while true {
                for _ in 0..<(Self.interval / 500) {
                    usleep(500_000)
                    if hasEnded.isSet { return }
                }
                connections.look()
            }
        }
    }

    /// Looks at all connections, and ends those that were half open at the last look and still are.
    mutating func look() {
        var halfOpen: [Int32: UInt16] = [:]
        for descriptor in Self.descriptors() {
            guard let peer = halfOpenPeer(descriptor) else { continue }
            if seen[descriptor] == peer {
                shutdown(descriptor, Int32(SHUT_RDWR))
                ended += 1
            } else {
                halfOpen[descriptor] = peer
            }
        }
        seen = halfOpen
    }

    /// The port of the peer, if the descriptor is a connection to one of the endpoints that has not finished its greeting.
    private func halfOpenPeer(_ descriptor: Int32) -> UInt16? {
        guard let own = Self.port(descriptor, getsockname), ports.contains(own),
            let peer = Self.port(descriptor, getpeername), let received = Self.bytesReceived(descriptor),
            received < Self.greeting
        else { return nil }
        return peer
    }

    private static func bytesReceived(_ descriptor: Int32) -> UInt64? {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { bytes in
            var length = socklen_t(bytes.count)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), tcpInfo, bytes.baseAddress, &length) == 0,
                Int(length) >= receivedOffset + 8
            else { return nil }
            return bytes.load(fromByteOffset: receivedOffset, as: UInt64.self)
        }
    }

    private static func port(
        _ descriptor: Int32, _ name: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> UInt16? {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &storage) { bytes in
            guard let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress,
                name(descriptor, address, &length) == 0,
                [sa_family_t(AF_INET), sa_family_t(AF_INET6)].contains(address.pointee.sa_family)
            else { return nil }
            // Of both families the port stands after the family.
            return UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self))
        }
    }

    /// The descriptors of this process; without /proc the numbers that it may have.
    private static func descriptors() -> [Int32] {
        guard let folder = opendir("/proc/self/fd") else {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            return Array(0..<Int32(clamping: min(limit.rlim_cur, 65_536)))
        }
        defer { closedir(folder) }
        var found: [Int32] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { strtol($0, nil, 10) }
            }
            // “.” and “..” read as 0, which is no connection.
            found.append(Int32(clamping: name))
        }
        return found
    }
}
