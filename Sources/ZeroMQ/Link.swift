/// A client's connection to a broker, which says why there is none.
public struct Link: ~Copyable {
    /// The DEALER.
    public let socket: Socket
    /// What its handshakes say.
    public private(set) var authentication: AuthenticationWatch
    private let endpoint: String
    private var retryAt: ContinuousClock.Instant?

    /// A connection, made in the background, again and again.
    /// - Throws: `ZeroMQError` where the endpoint is not one.
    public init(endpoint: String, credentials: CurveCredentials?, linger: Int) throws(ZeroMQError) {
        let context = try Context()
        let socket = try Socket.dealer(connectedTo: nil, linger: linger, credentials: credentials, in: context)
        let authentication = try AuthenticationWatch(of: socket, hasKey: credentials != nil, in: context)
        try socket.connect(endpoint)
        self.socket = socket
        self.authentication = authentication
        self.endpoint = endpoint
    }

    /// Takes in what handshakes have said, and tries again where libzmq itself does not: a key may be made known at any time.
    /// - Returns: whether `authentication.failure` is another one than before.
    public mutating func update() -> Bool {
        let hasChanged = authentication.update()
        guard authentication.failure != nil else {
            retryAt = nil
            return hasChanged
        }
        let now = ContinuousClock.now
        if let retryAt, retryAt <= now {
            try? socket.disconnect(endpoint)
            try? socket.connect(endpoint)
            self.retryAt = now + .seconds(2)
        } else if retryAt == nil {
            retryAt = now + .seconds(2)
        }
        return hasChanged
    }
}
