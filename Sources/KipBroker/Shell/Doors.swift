import KipCore
import ZeroMQ

/// Where a broker listens: doors of this machine, open to whoever reaches them, and guarded ones, which speak CURVE.
struct Doors {
    private(set) var local: [String] = []
    private(set) var guarded: [String] = []
    private static let domain = "kip"

    /// - Parameter needsKeys: loopback, too, is guarded; ipc is its owner's alone by its file's mode.
    mutating func add(_ endpoint: String, needsKeys: Bool) throws(BindError) {
        let isLocal = try Endpoint.isLocal(endpoint)
        if isLocal, !needsKeys || endpoint.hasPrefix("ipc://") {
            local.append(endpoint)
        } else {
            guarded.append(endpoint)
        }
    }

    /// Opens all doors: a socket's options hold for the binds that come after them.
    /// - Returns: the endpoints, ports filled in.
    func open(_ socket: borrowing Socket, _ ring: KeyRing) throws -> [String] {
        try prepare(socket)
        var bound: [String] = []
        for endpoint in local { bound.append(try Self.bind(socket, endpoint)) }
        if guarded.isEmpty { return bound }
        let keys = try ring.serverKeys()
        try socket.set(.authenticationDomain(Self.domain))
        try socket.set(.enforceAuthenticationDomain(true))
        try socket.set(.curveServer(true))
        try socket.set(.curveSecretKey(keys.secretKey))
        for endpoint in guarded { bound.append(try Self.bind(socket, endpoint)) }
        return bound
    }

    private func prepare(_ socket: borrowing Socket) throws(ZeroMQError) {
        try socket.set(.routerMandatory(true))
        try socket.set(.linger(500))
        try socket.set(.ipv6(true))
        try socket.set(.maxMessageSize(Int64(Limits.frameBytes)))
        try socket.set(.sendHighWaterMark(20_000))
        try socket.set(.receiveHighWaterMark(20_000))
        try socket.set(.heartbeatInterval(5_000))
        try socket.set(.heartbeatTimeout(15_000))
        // Whoever has not shown a key by then has no connection.
        try socket.set(.handshakeInterval(5_000))
        try socket.set(.backlog(1_024))
    }

    private static func bind(_ socket: borrowing Socket, _ endpoint: String) throws(BindError) -> String {
        try Endpoint.checkFree(endpoint)
        do {
            try socket.bind(endpoint)
        } catch {
            throw BindError(endpoint: endpoint, reason: "\(error)")
        }
        Endpoint.makePrivate(socket.lastEndpoint)
        return socket.lastEndpoint
    }
}
