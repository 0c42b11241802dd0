/// Why a client has no connection, though somebody answers at the endpoint.
public enum AuthenticationFailure: Sendable, Equatable, CustomStringConvertible {
    /// The broker does not know the client's key, or it was revoked.
    case unknownKey
    /// The endpoint wants a key, and the client has none.
    case keyRequired
    /// The client has a key, and the endpoint asks for none, or is another broker than the one that the key is for.
    case otherServer

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .unknownKey:
            "this key is not known here: it was revoked, or made for another broker; ask whoever runs the broker for "
                + "one (“kip keys new”)"
        case .keyRequired:
            "the endpoint ends the connection of a client without a key: name the file of one (--credentials, "
                + "KIP_CREDENTIALS), or is it no Kịp broker?"
        case .otherServer:
            "the handshake with this key fails: the endpoint asks for no key, or belongs to another broker than the one "
                + "that made this key; compare the endpoint, and the “server” line of the key's file"
        }
    }
}

/// Tells from the handshakes of a client's socket why it has no connection.
public struct AuthenticationWatch: ~Copyable {
    /// A broker that is killed in a handshake cuts a client off, too, but not so often in a row.
    private static let cutOffs = 3

    private var monitor: HandshakeMonitor
    private let hasKey: Bool
    private var count = 0
    /// Why there is no connection; nil = there is one, or none was refused.
    public private(set) var failure: AuthenticationFailure?

    /// - Parameters:
    ///   - socket: not connected yet.
    ///   - hasKey: it has credentials.
    /// - Throws: `ZeroMQError` if there are too many sockets.
    public init(of socket: borrowing Socket, hasKey: Bool, in context: Context) throws(ZeroMQError) {
        monitor = try HandshakeMonitor(of: socket, isServer: false, in: context)
        self.hasKey = hasKey
    }

    /// Watches for events together with other things.
    public borrowing func add(to poller: inout Poller) { _ = poller.add(monitor.socket) }

    /// Takes in what has happened.
    /// - Returns: whether `failure` is another one than before.
    public mutating func update() -> Bool {
        let before = failure
        while let event = monitor.next() {
            switch event.outcome {
            case .succeeded: (failure, count) = (nil, 0)
            case .refused: failure = .unknownKey
            case .otherMechanism: failure = hasKey ? .otherServer : .keyRequired
            case .brokenProtocol, .cutOff:
                count += 1
                if count >= Self.cutOffs, failure == nil { failure = hasKey ? .otherServer : .keyRequired }
            }
        }
        return failure != before
    }
}
