import KipCore

/// A connection: where an answer goes, in which form its owner speaks, and which key it has shown.
public struct Peer: Hashable, Sendable {
    /// ZeroMQ's name of the connection. It is no identity: it changes with a reconnect, and a peer may choose its own.
    public var routingID: [UInt8]
    /// A REQ socket: its empty delimiter is given back.
    public var delimited: Bool
    /// The encoding of its last message.
    public var encoding: WireEncoding
    /// The key that the connection authenticated with; nil = its endpoint asks for none.
    public var identity: PeerIdentity?

    /// A peer.
    public init(
        routingID: [UInt8], delimited: Bool, encoding: WireEncoding, identity: PeerIdentity? = nil
    ) {
        self.routingID = routingID
        self.delimited = delimited
        self.encoding = encoding
        self.identity = identity
    }

    /// Whether both are one connection. A peer that takes another's routing id has another key, or is on an endpoint
    /// where everybody may do everything.
    func isSameConnection(as other: Peer) -> Bool {
        routingID == other.routingID && isSameKey(as: other)
    }

    private func isSameKey(as other: Peer) -> Bool {
        identity === other.identity || identity?.publicKey == other.identity?.publicKey
    }

    /// Compares what is answered to: connection, form and key.
    public static func == (left: Peer, right: Peer) -> Bool {
        left.isSameConnection(as: right) && left.delimited == right.delimited && left.encoding == right.encoding
    }

    /// Hashes the connection.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(routingID)
    }
}
