#if canImport(Glibc)
    import Glibc
#endif

/// An endpoint on which the broker cannot listen.
public struct BindError: Error, Equatable, CustomStringConvertible {
    /// The endpoint.
    public let endpoint: String
    /// Why not.
    public let reason: String

    /// What happened and what to do next.
    public var description: String {
        "cannot listen on \(endpoint): \(reason). Is another broker running there? Choose another with --bind."
    }
}

/// Where a broker may listen.
enum Endpoint {
    /// Whether it is of this machine alone: whoever reaches it may do everything. Any other speaks CURVE.
    /// - Throws: `BindError` where it is no endpoint.
    static func isLocal(_ endpoint: String) throws(BindError) -> Bool {
        if endpoint.hasPrefix("ipc://") {
            if endpoint.hasPrefix("ipc://@") {
                throw BindError(
                    endpoint: endpoint, reason: "an abstract name has no file whose mode could keep others out")
            }
            // sockaddr_un.sun_path holds 107 bytes and a zero.
            if endpoint.utf8.count - 6 > 107 {
                throw BindError(endpoint: endpoint, reason: "the path is over 107 bytes")
            }
            return true
        }
        let loopback = ["tcp://127.", "tcp://localhost:", "tcp://[::1]:"]
        if loopback.contains(where: endpoint.hasPrefix) { return true }
        guard endpoint.hasPrefix("tcp://") else {
            throw BindError(endpoint: endpoint, reason: "it is neither tcp://HOST:PORT nor ipc://PATH")
        }
        return false
    }

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
        if isServed(path) { throw BindError(endpoint: endpoint, reason: "another process serves it") }
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
