extension Socket {
    /// A DEALER that goes on looking for its peer: it sends nothing to one that is not there, tries again at growing
    /// intervals (50 ms to 2 s), and notices within 15 s that a machine is gone.
    /// - Parameters:
    ///   - endpoint: of the peer; nil = it is connected later.
    ///   - credentials: for a peer that speaks CURVE.
    ///   - linger: milliseconds that unsent messages may take when it is closed.
    /// - Throws: `ZeroMQError` where the endpoint is not one.
    public static func dealer(
        connectedTo endpoint: String?, linger: Int, credentials: CurveCredentials? = nil, in context: Context
    ) throws(ZeroMQError) -> Socket {
        let socket = try Socket(.dealer, in: context)
        try socket.set(.linger(linger))
        try socket.set(.ipv6(true))
        try socket.set(.immediate(true))
        try socket.set(.sendHighWaterMark(20_000))
        try socket.set(.receiveHighWaterMark(20_000))
        try socket.set(.reconnectInterval(50))
        try socket.set(.reconnectIntervalMaximum(2_000))
        try socket.set(.heartbeatInterval(5_000))
        try socket.set(.heartbeatTimeout(15_000))
        if let credentials {
            try socket.set(.curveSecretKey(credentials.keys.secretKey))
            try socket.set(.curvePublicKey(credentials.keys.publicKey))
            try socket.set(.curveServerKey(credentials.serverKey))
        }
        if let endpoint { try socket.connect(endpoint) }
        return socket
    }
}
