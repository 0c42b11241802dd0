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
    /// Loopback and ipc only: whoever reaches the endpoint may enqueue and take jobs.
    static func check(_ endpoint: String) throws(BindError) {
        if endpoint.hasPrefix("ipc://") {
            // sockaddr_un.sun_path holds 107 bytes and a zero.
            if endpoint.utf8.count - 6 > 107 {
                throw BindError(endpoint: endpoint, reason: "the path is over 107 bytes")
            }
            return
        }
        let loopback = ["tcp://127.", "tcp://localhost:", "tcp://[::1]:"]
        guard loopback.contains(where: endpoint.hasPrefix) else {
            throw BindError(
                endpoint: endpoint,
                reason: "only loopback (tcp://127.0.0.1:PORT) and ipc:// are served; other addresses need encryption")
        }
    }

    /// A socket file is its owner's alone.
    static func makePrivate(_ endpoint: String) {
        if endpoint.hasPrefix("ipc://"), !endpoint.hasPrefix("ipc://@") { chmod(String(endpoint.dropFirst(6)), 0o600) }
    }
}
