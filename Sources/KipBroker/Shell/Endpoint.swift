#if canImport(Glibc)
    import Glibc
#endif

/// An endpoint on which the broker cannot listen.
public struct BindError: Error, Equatable, CustomStringConvertible {
    /// The endpoint.
    public let endpoint: String
    /// Why not.
    public let reason: String
    /// Another process listens there.
    public let isInUse: Bool

    /// An error.
    /// - Parameter isInUse: another process listens there. Default false: the endpoint itself is at fault.
    public init(endpoint: String, reason: String, isInUse: Bool = false) {
        self.endpoint = endpoint
        self.reason = reason
        self.isInUse = isInUse
    }

    /// What happened and what to do next.
    public var description: String {
        let question = isInUse ? " Is another broker running there?" : ""
        return "cannot listen on \(endpoint): \(reason).\(question) Choose another with --bind."
    }
}

/// Where a broker may listen. libzmq is given numeric addresses only, so that what is judged is what is bound: it reads
/// more into an endpoint than its host and port (a second address behind a semicolon, names of interfaces).
struct Endpoint: Equatable {
    /// What libzmq is given.
    let address: String
    /// It is of this machine alone: whoever reaches it may do everything. Any other speaks CURVE.
    let isLocal: Bool

    /// Judges an endpoint.
    /// - Throws: `BindError` if it is none, or not a plain one.
    init(_ endpoint: String) throws(BindError) {
        func refuse(_ reason: String) -> BindError { BindError(endpoint: endpoint, reason: reason) }
        if endpoint.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: ";") }) {
            throw refuse("it holds a semicolon, a space or a control character; an endpoint is one address")
        }
        if endpoint.hasPrefix("ipc://") {
            try Self.checkPath(endpoint)
            (address, isLocal) = (endpoint, true)
            return
        }
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else {
            throw refuse("it is neither tcp://HOST:PORT nor ipc://PATH")
        }
        let host = endpoint[..<colon].dropFirst("tcp://".count)
        let port = String(endpoint[endpoint.index(after: colon)...])
        guard port == "*" || UInt16(port).map({ "\($0)" == port }) == true else {
            throw refuse("“\(port)” is no port; ports go from 1 to 65535, and 0 lets the system choose one")
        }
        if host == "*" {
            (address, isLocal) = (endpoint, false)
            return
        }
        guard let numeric = Self.numeric(host) else {
            throw refuse(
                "“\(host)” is no address and no network interface of this machine; give a numeric address, such as "
                    + "127.0.0.1 or [::1]")
        }
        address = "tcp://\(numeric.text):\(port)"
        isLocal = numeric.isLoopback
    }

    /// Whether what libzmq says that it has bound is of this machine alone.
    static func isLoopback(bound endpoint: String) -> Bool {
        if endpoint.hasPrefix("ipc://") { return true }
        guard endpoint.hasPrefix("tcp://"), let colon = endpoint.lastIndex(of: ":") else { return false }
        return literal(endpoint[..<colon].dropFirst("tcp://".count))?.isLoopback ?? false
    }

    private static func checkPath(_ endpoint: String) throws(BindError) {
        if endpoint.hasPrefix("ipc://@") {
            throw BindError(
                endpoint: endpoint, reason: "an abstract name has no file whose mode could keep others out")
        }
        // sockaddr_un.sun_path holds 107 bytes and a zero.
        if endpoint.utf8.count - 6 > 107 {
            throw BindError(endpoint: endpoint, reason: "the path is over 107 bytes")
        }
        if endpoint.utf8.count == 6 { throw BindError(endpoint: endpoint, reason: "there is no path behind ipc://") }
    }

    private typealias Numeric = (text: String, isLoopback: Bool)

    /// A host as a number: an address is one, “localhost” is 127.0.0.1 whatever the machine's tables say, and an interface
    /// has its first address.
    private static func numeric(_ host: Substring) -> Numeric? {
        if let literal = literal(host) { return literal }
        if host == "localhost" { return ("127.0.0.1", true) }
        return addressOfInterface(String(host))
    }

    /// An IPv4 address in its four numbers, or an IPv6 address in brackets or without.
    private static func literal(_ host: Substring) -> Numeric? {
        var four = in_addr()
        if inet_pton(AF_INET, String(host), &four) == 1 {
            return (String(host), UInt32(bigEndian: four.s_addr) >> 24 == 127)
        }
        var inner = host
        if host.hasPrefix("["), host.hasSuffix("]") { inner = host.dropFirst().dropLast() }
        let parts = inner.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, parts[1].isEmpty || !parts[1].utf8.allSatisfy(isPlain) { return nil }
        var six = in6_addr()
        guard let first = parts.first, inet_pton(AF_INET6, String(first), &six) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: six) { Array($0) }
        let isOne = bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1
        // An IPv4 address in the clothes of IPv6 (RFC 4291, 2.5.5.2).
        let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return ("[\(inner)]", isOne || (isMapped && bytes[12] == 127))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }

    /// The first IPv4 address of an interface of this machine, or its first IPv6 address if it has none.
    private static func addressOfInterface(_ name: String) -> Numeric? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return nil }
        defer { freeifaddrs(list) }
        var found: [Int32: Numeric] = [:]
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr, String(cString: entry.ifa_name) == name else { continue }
            let family = Int32(address.pointee.sa_family)
            guard family == AF_INET || family == AF_INET6, found[family] == nil else { continue }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let size = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
            guard
                getnameinfo(
                    address, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { continue }
            let host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            found[family] = literal(host[...])
        }
        return found[AF_INET] ?? found[AF_INET6]
    }

    // MARK: Files of ipc endpoints

    /// ZeroMQ takes the file of an ipc endpoint away before it listens there, whatever it is: a socket that somebody serves,
    /// whose clients would come here from then on, or a file of another kind.
    /// - Throws: `BindError` where it is one of these.
    static func checkFree(_ endpoint: String) throws(BindError) {
        guard endpoint.hasPrefix("ipc://") else { return }
        let path = String(endpoint.dropFirst(6))
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw BindError(endpoint: endpoint, reason: "there is a file that is no socket, and it is left alone")
        }
        if isServed(path) {
            throw BindError(endpoint: endpoint, reason: "another process serves it", isInUse: true)
        }
    }

    /// Whether somebody takes connections there: a process that was killed leaves its file behind.
    private static func isServed(_ path: String) -> Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return true }
        defer { close(descriptor) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            bytes.copyBytes(from: path.utf8.prefix(bytes.count - 1))
        }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // A file that is gone by now was that of a process that has just ended.
        return result == 0 || (errno != ECONNREFUSED && errno != ENOENT)
    }

    /// A socket file is its owner's alone.
    static func makePrivate(_ endpoint: String) {
        if endpoint.hasPrefix("ipc://") { chmod(String(endpoint.dropFirst(6)), 0o600) }
    }
}
