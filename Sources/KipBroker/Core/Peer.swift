import KipCore

/// Where an answer goes: a connection, and the form in which its owner speaks.
public struct Peer: Hashable, Sendable {
    /// ZeroMQ's name of the connection. It is no identity: it changes with a reconnect.
    public var routingID: [UInt8]
    /// A REQ socket: its empty delimiter is given back.
    public var delimited: Bool
    /// The encoding of its last message.
    public var encoding: WireEncoding

    /// A peer.
    public init(routingID: [UInt8], delimited: Bool, encoding: WireEncoding) {
        self.routingID = routingID
        self.delimited = delimited
        self.encoding = encoding
    }
}
