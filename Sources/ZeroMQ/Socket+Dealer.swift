extension Socket {
    /// A DEALER that goes on looking for its peer: it sends nothing to one that is not there, tries again at growing
    /// intervals (50 ms to 2 s), and notices within 15 s that a machine is gone.
    /// - Parameters:
    ///   - endpoint: of the peer.
    ///   - linger: milliseconds that unsent messages may take when it is closed.
    /// - Throws: `ZeroMQError` where the endpoint is not one.
    public static func dealer(
        connectedTo endpoint: String, linger: Int, in context: Context
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
        try socket.connect(endpoint)
        return socket
    }
}
