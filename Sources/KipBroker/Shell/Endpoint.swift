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

    /// A socket file is its owner's alone.
    static func makePrivate(_ endpoint: String) {
        if endpoint.hasPrefix("ipc://") { chmod(String(endpoint.dropFirst(6)), 0o600) }
    }
}
