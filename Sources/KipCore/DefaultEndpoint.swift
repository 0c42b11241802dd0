#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where a broker is looked for when nobody says where.
public enum DefaultEndpoint {
    /// Where a broker listens by default: `tcp://127.0.0.1:7520`.
    public static let address = "tcp://127.0.0.1:7520"

    /// The file of credentials that the variable `KIP_CREDENTIALS` names; nil = none.
    public static var credentialsOfEnvironment: String? {
        getenv("KIP_CREDENTIALS").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What the variable `KIP_BROKER` says, or `tcp://127.0.0.1:7520`.
    public static var ofEnvironment: String {
        guard let value = getenv("KIP_BROKER").map({ String(cString: $0) }), !value.isEmpty else { return address }
        return value
    }
}
