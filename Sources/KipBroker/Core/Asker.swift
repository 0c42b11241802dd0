import KipCore

/// Whose questions and lists are counted together, and take turns with those of others: those of a key, however many
/// connections it has, or of a connection without keys.
enum Asker: Hashable, Sendable {
    /// The public key.
    case key(String)
    case connection([UInt8])

    init(_ peer: Peer) { self = peer.identity.map { .key($0.publicKey) } ?? .connection(peer.routingID) }
}
