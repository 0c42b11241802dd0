/// A key as records name it.
public struct Credential: Sendable, Equatable {
    /// Its name, which may be given anew after a revocation.
    public var name: String
    /// The public key, in Z85.
    public var publicKey: String

    /// A key.
    public init(name: String, publicKey: String) {
        self.name = name
        self.publicKey = publicKey
    }
}
