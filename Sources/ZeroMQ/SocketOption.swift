import CZeroMQ

/// An option of a socket (zmq_setsockopt(3)). Durations are milliseconds. Most hold for the binds and connects that
/// come after.
public enum SocketOption: Sendable {
    /// How long unsent messages live after the socket is closed; -1 = for ever. Default `Socket.defaultLinger`.
    case linger(Int)
    /// Messages that may wait to be sent to one peer; 0 = no limit. libzmq's default: 1,000.
    case sendHighWaterMark(Int)
    /// Messages that may wait to be received from one peer; 0 = no limit. libzmq's default: 1,000.
    case receiveHighWaterMark(Int)
    /// A ROUTER says when it cannot send, instead of dropping the message.
    case routerMandatory(Bool)
    /// A new connection takes the routing id of an older one. Only where CURVE has told who it is.
    case routerHandover(Bool)
    /// Messages wait only for connections that are there.
    case immediate(Bool)
    /// IPv6 beside IPv4.
    case ipv6(Bool)
    /// Bytes of a frame; a larger one ends the connection. -1 = no limit, libzmq's default.
    case maxMessageSize(Int64)
    /// How often a connection is asked whether it lives; 0 = never, libzmq's default.
    case heartbeatInterval(Int)
    /// How long its answer may take before the connection is ended.
    case heartbeatTimeout(Int)
    /// How long the other side may wait for our questions before it ends the connection; at most 6,553,599.
    case heartbeatTTL(Int)
    /// The first wait before a connection is tried again. libzmq's default: 100.
    case reconnectInterval(Int)
    /// The longest such wait; each is twice the one before. 0 = they do not grow, libzmq's default.
    case reconnectIntervalMaximum(Int)
    /// How long a send may block; -1 = for ever, libzmq's default.
    case sendTimeout(Int)
    /// How long a receive may block; -1 = for ever, libzmq's default.
    case receiveTimeout(Int)
    /// How long a handshake may take. libzmq's default: 30,000.
    case handshakeInterval(Int)
    /// Connections that may wait to be accepted. libzmq's default: 100.
    case backlog(Int)
    /// TCP's own probes of a silent connection.
    case tcpKeepalive(Bool)
    /// Seconds of silence before TCP's first probe. The system's own default: 7,200.
    case tcpKeepaliveIdle(Int)
    /// Seconds between two of TCP's probes.
    case tcpKeepaliveInterval(Int)
    /// TCP's probes without an answer that end a connection.
    case tcpKeepaliveCount(Int)
    /// Milliseconds after which TCP ends a connection whose other side takes nothing of what is sent (`TCP_USER_TIMEOUT`).
    case tcpMaximumRetransmit(Int)
    /// Later binds speak CURVE; needs `curveSecretKey`.
    case curveServer(Bool)
    /// The socket's own secret key, in Z85.
    case curveSecretKey(String)
    /// The socket's own public key, in Z85: for clients.
    case curvePublicKey(String)
    /// The server's public key, in Z85: for clients.
    case curveServerKey(String)
    /// What the authenticator is told of later binds; those with a domain ask it.
    case authenticationDomain(String)
    /// A domain without an authenticator lets nobody in.
    case enforceAuthenticationDomain(Bool)
    /// What a ROUTER calls this socket: 1 to 255 bytes, the first not zero.
    case routingID([UInt8])
    /// A SUB receives messages that begin so; empty = all.
    case subscribe([UInt8])
}

extension Socket {
    /// An option of a socket.
    public typealias Option = SocketOption

    /// Sets an option.
    /// - Throws: `.invalid` where the value is out of its range.
    public borrowing func set(_ option: SocketOption) throws(ZeroMQError) {
        let (name, value) = option.setting
        let result =
            switch value {
            case .bytes(let bytes): zmq_setsockopt(handle, name, bytes, bytes.count)
            case .int32(let number): withUnsafeBytes(of: number) { set(name, $0) }
            case .int64(let number): withUnsafeBytes(of: number) { set(name, $0) }
            }
        try check(result, "set the option \(option.label)")
    }

    private borrowing func set(_ name: Int32, _ value: UnsafeRawBufferPointer) -> Int32 {
        zmq_setsockopt(handle, name, value.baseAddress, value.count)
    }
}

extension SocketOption {
    fileprivate enum Value {
        case int32(Int32)
        case int64(Int64)
        case bytes([UInt8])

        static func int(_ value: Int) -> Value { .int32(Int32(clamping: value)) }
        static func bool(_ value: Bool) -> Value { .int32(value ? 1 : 0) }
    }

    /// The option as errors name it: without a secret.
    fileprivate var label: String {
        if case .curveSecretKey = self { return "curveSecretKey" }
        return "\(self)"
    }

    fileprivate var setting: (name: Int32, value: Value) {
        switch self {
        case .linger(let value): (ZMQ_LINGER, .int(value))
        case .sendHighWaterMark(let value): (ZMQ_SNDHWM, .int(value))
        case .receiveHighWaterMark(let value): (ZMQ_RCVHWM, .int(value))
        case .routerMandatory(let value): (ZMQ_ROUTER_MANDATORY, .bool(value))
        case .routerHandover(let value): (ZMQ_ROUTER_HANDOVER, .bool(value))
        case .immediate(let value): (ZMQ_IMMEDIATE, .bool(value))
        case .ipv6(let value): (ZMQ_IPV6, .bool(value))
        case .maxMessageSize(let value): (ZMQ_MAXMSGSIZE, .int64(value))
        case .heartbeatInterval(let value): (ZMQ_HEARTBEAT_IVL, .int(value))
        case .heartbeatTimeout(let value): (ZMQ_HEARTBEAT_TIMEOUT, .int(value))
        case .heartbeatTTL(let value): (ZMQ_HEARTBEAT_TTL, .int(value))
        case .reconnectInterval(let value): (ZMQ_RECONNECT_IVL, .int(value))
        case .reconnectIntervalMaximum(let value): (ZMQ_RECONNECT_IVL_MAX, .int(value))
        case .sendTimeout(let value): (ZMQ_SNDTIMEO, .int(value))
        case .receiveTimeout(let value): (ZMQ_RCVTIMEO, .int(value))
        case .handshakeInterval(let value): (ZMQ_HANDSHAKE_IVL, .int(value))
        case .backlog(let value): (ZMQ_BACKLOG, .int(value))
        case .tcpKeepalive(let value): (ZMQ_TCP_KEEPALIVE, .bool(value))
        case .tcpKeepaliveIdle(let value): (ZMQ_TCP_KEEPALIVE_IDLE, .int(value))
        case .tcpKeepaliveInterval(let value): (ZMQ_TCP_KEEPALIVE_INTVL, .int(value))
        case .tcpKeepaliveCount(let value): (ZMQ_TCP_KEEPALIVE_CNT, .int(value))
        case .tcpMaximumRetransmit(let value): (ZMQ_TCP_MAXRT, .int(value))
        case .curveServer(let value): (ZMQ_CURVE_SERVER, .bool(value))
        case .curveSecretKey(let value): (ZMQ_CURVE_SECRETKEY, .bytes(Array(value.utf8)))
        case .curvePublicKey(let value): (ZMQ_CURVE_PUBLICKEY, .bytes(Array(value.utf8)))
        case .curveServerKey(let value): (ZMQ_CURVE_SERVERKEY, .bytes(Array(value.utf8)))
        case .authenticationDomain(let value): (ZMQ_ZAP_DOMAIN, .bytes(Array(value.utf8)))
        case .enforceAuthenticationDomain(let value): (ZMQ_ZAP_ENFORCE_DOMAIN, .bool(value))
        case .routingID(let value): (ZMQ_ROUTING_ID, .bytes(value))
        case .subscribe(let value): (ZMQ_SUBSCRIBE, .bytes(value))
        }
    }
}
