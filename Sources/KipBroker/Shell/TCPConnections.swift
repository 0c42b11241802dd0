#if canImport(Glibc)
    import Glibc
#endif

/// The TCP connections to a broker's endpoints, as the kernel has them. The descriptors are libzmq's: nothing is done to them but
/// shutdown(2), at which libzmq reads the end of the connection and closes it.
struct TCPConnections {
    /// A connection. The peer's port distinguishes it from an earlier connection with the same descriptor.
    struct Connection: Hashable {
        let descriptor: Int32
        let peerPort: UInt16
    }

    private static let tcpInfo: Int32 = 11
    private static let receivedOffset = 128

    /// The ports of the endpoints.
    private let ports: Set<UInt16>

    /// - Parameter endpoints: as they were bound, ports filled in; only those of TCP count.
    init(_ endpoints: some Sequence<String>) {
        ports = Set(
            endpoints.compactMap { endpoint in
                guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return nil }
                return UInt16(endpoint[endpoint.index(after: colon)...])
            })
    }

    /// None of the endpoints is of TCP.
    var isEmpty: Bool { ports.isEmpty }

    /// Bytes that each of them has received (TCP_INFO, tcpi_bytes_received, Linux 4.1).
    func received() -> [Connection: UInt64] {
        var found: [Connection: UInt64] = [:]
        for descriptor in Self.descriptors() {
            guard let own = Self.port(descriptor, getsockname), ports.contains(own),
                let peer = Self.port(descriptor, getpeername), let bytes = Self.bytesReceived(descriptor)
            else { continue }
            found[Connection(descriptor: descriptor, peerPort: peer)] = bytes
        }
        return found
    }

    /// Ends one.
    func end(_ connection: Connection) {
        shutdown(connection.descriptor, Int32(SHUT_RDWR))
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
