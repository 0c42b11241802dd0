import KipCore
import ZeroMQ

/// Where a broker listens: doors of this machine, open to whoever reaches them, and guarded ones, which speak CURVE.
struct Doors {
    private(set) var local: [String] = []
    private(set) var guarded: [String] = []
    private static let domain = "kip"
    private static let handshakeMilliseconds = 5_000
    /// A connection whose peer takes nothing, or is gone, ends after so long.
    private static let deafMilliseconds = 15_000

    /// - Parameter needsKeys: loopback, too, is guarded; ipc is its owner's alone by its file's mode.
    mutating func add(_ endpoint: String, needsKeys: Bool) throws(BindError) {
        let place = try Endpoint(endpoint)
        if place.isLocal, !needsKeys || endpoint.hasPrefix("ipc://") {
            local.append(place.address)
        } else {
            guarded.append(place.address)
        }
    }

    /// Opens all doors: a socket's options hold for the binds that come after them.
    /// - Returns: the endpoints, ports filled in.
    func open(_ socket: borrowing Socket, _ ring: KeyRing) throws -> [String] {
        try Self.prepare(socket)
        var bound: [String] = []
        for endpoint in local {
            // libzmq 4.3.4 would end each connection that speaks ZMTP 2.0 at that time: see `HalfOpenConnections`.
            try socket.set(.handshakeInterval(endpoint.hasPrefix("tcp://") ? 0 : Self.handshakeMilliseconds))
            let place = try Self.bind(socket, endpoint)
            // Before anybody is served: the caller closes the socket.
            guard Endpoint.isLoopback(bound: place) else {
                throw BindError(
                    endpoint: endpoint, reason: "it is bound as \(place), which others reach without a key")
            }
            bound.append(place)
        }
        if guarded.isEmpty { return bound }
        // Whoever has not shown a key by then has no connection.
        try socket.set(.handshakeInterval(Self.handshakeMilliseconds))
        let keys = try ring.serverKeys()
        try socket.set(.authenticationDomain(Self.domain))
        try socket.set(.enforceAuthenticationDomain(true))
        try socket.set(.curveServer(true))
        try socket.set(.curveSecretKey(keys.secretKey))
        for endpoint in guarded { bound.append(try Self.bind(socket, endpoint)) }
        return bound
    }

    private static func prepare(_ socket: borrowing Socket) throws(ZeroMQError) {
        try socket.set(.routerMandatory(true))
        try socket.set(.linger(500))
        try socket.set(.ipv6(true))
        try socket.set(.maxMessageSize(Int64(Limits.frameBytes)))
        try socket.set(.sendHighWaterMark(20_000))
        try socket.set(.backlog(1_024))
    }

    /// Sets the receive high-water mark and the detection of dead peers for the connections of an endpoint.
    ///
    /// libzmq 4.3.4 aborts the process if a connection has ZMTP heartbeats, its receive high-water mark is reached, and the peer
    /// then closes (assertion `!_io_error` in stream_engine_base.cpp, at the next heartbeat). TCP connections therefore have a low
    /// mark, which bounds the memory of a peer, and no heartbeats: TCP keepalive and `TCP_USER_TIMEOUT` end those whose peer is
    /// gone or does not read. A Unix socket has neither option, and its peers run as the broker's own user: it keeps heartbeats
    /// and a mark that is not reached.
    private static func prepareConnections(
        of endpoint: String, _ socket: borrowing Socket
    ) throws(ZeroMQError) {
        let isTCP = endpoint.hasPrefix("tcp://")
        try socket.set(.receiveHighWaterMark(isTCP ? Limits.messagesReadAhead : 20_000))
        try socket.set(.heartbeatInterval(isTCP ? 0 : 5_000))
        if !isTCP { return try socket.set(.heartbeatTimeout(deafMilliseconds)) }
        try socket.set(.tcpKeepalive(true))
        try socket.set(.tcpKeepaliveIdle(5))
        try socket.set(.tcpKeepaliveInterval(5))
        try socket.set(.tcpKeepaliveCount(3))
        try socket.set(.tcpMaximumRetransmit(deafMilliseconds))
    }

    private static func bind(_ socket: borrowing Socket, _ endpoint: String) throws(BindError) -> String {
        try Endpoint.checkFree(endpoint)
        do {
            try prepareConnections(of: endpoint, socket)
            try socket.bind(endpoint)
        } catch {
            throw BindError(endpoint: endpoint, reason: "\(error)", isInUse: error.code == .addressInUse)
        }
        Endpoint.makePrivate(socket.lastEndpoint)
        return socket.lastEndpoint
    }
}
