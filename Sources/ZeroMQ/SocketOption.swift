import CZeroMQ

/// An option of a socket (zmq_setsockopt(3)). Durations are milliseconds.
public enum SocketOption: Sendable {
    /// How long unsent messages live after the socket is closed.
    case linger(Int)
    /// Messages that may wait to be sent to one peer.
    case sendHighWaterMark(Int)
    /// Messages that may wait to be received from one peer.
    case receiveHighWaterMark(Int)
    /// A ROUTER says when it cannot send, instead of dropping the message.
    case routerMandatory(Bool)
    /// A new connection takes the routing id of an older one.
    case routerHandover(Bool)
    /// Messages wait only for connections that are there.
    case immediate(Bool)
    /// IPv6 beside IPv4.
    case ipv6(Bool)
    /// Bytes of a frame; a larger one ends the connection. -1 = no limit.
    case maxMessageSize(Int64)
    /// How often a connection is asked whether it lives.
    case heartbeatInterval(Int)
    /// How long its answer may take.
    case heartbeatTimeout(Int)
    /// The first wait before a connection is tried again.
    case reconnectInterval(Int)
    /// The longest such wait.
    case reconnectIntervalMaximum(Int)
    /// How long a send may block; -1 = for ever.
    case sendTimeout(Int)
    /// How long a receive may block; -1 = for ever.
    case receiveTimeout(Int)
    /// How long a handshake may take.
    case handshakeInterval(Int)
    /// Connections that may wait to be accepted.
    case backlog(Int)
    /// What a ROUTER calls this socket.
    case routingID([UInt8])
}

extension Socket {
    /// Sets an option.
    /// - Throws: `ZeroMQError` where the value is out of its range.
    public borrowing func set(_ option: SocketOption) throws(ZeroMQError) {
        switch option {
        case .linger(let value): try set(ZMQ_LINGER, Int32(clamping: value))
        case .sendHighWaterMark(let value): try set(ZMQ_SNDHWM, Int32(clamping: value))
        case .receiveHighWaterMark(let value): try set(ZMQ_RCVHWM, Int32(clamping: value))
        case .routerMandatory(let value): try set(ZMQ_ROUTER_MANDATORY, value ? 1 : 0)
        case .routerHandover(let value): try set(ZMQ_ROUTER_HANDOVER, value ? 1 : 0)
        case .immediate(let value): try set(ZMQ_IMMEDIATE, value ? 1 : 0)
        case .ipv6(let value): try set(ZMQ_IPV6, value ? 1 : 0)
        case .heartbeatInterval(let value): try set(ZMQ_HEARTBEAT_IVL, Int32(clamping: value))
        case .heartbeatTimeout(let value): try set(ZMQ_HEARTBEAT_TIMEOUT, Int32(clamping: value))
        case .reconnectInterval(let value): try set(ZMQ_RECONNECT_IVL, Int32(clamping: value))
        case .reconnectIntervalMaximum(let value): try set(ZMQ_RECONNECT_IVL_MAX, Int32(clamping: value))
        case .sendTimeout(let value): try set(ZMQ_SNDTIMEO, Int32(clamping: value))
        case .receiveTimeout(let value): try set(ZMQ_RCVTIMEO, Int32(clamping: value))
        case .handshakeInterval(let value): try set(ZMQ_HANDSHAKE_IVL, Int32(clamping: value))
        case .backlog(let value): try set(ZMQ_BACKLOG, Int32(clamping: value))
        case .maxMessageSize(let value):
            var value = value
            try check(zmq_setsockopt(handle, ZMQ_MAXMSGSIZE, &value, MemoryLayout<Int64>.size), "set an option")
        case .routingID(let value):
            try check(zmq_setsockopt(handle, ZMQ_ROUTING_ID, value, value.count), "set the routing id")
        }
    }

    private borrowing func set(_ name: Int32, _ value: Int32) throws(ZeroMQError) {
        var value = value
        try check(zmq_setsockopt(handle, name, &value, MemoryLayout<Int32>.size), "set option \(name) to \(value)")
    }

    borrowing func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(ZeroMQError) {
        if result != 0 { throw .last(operation()) }
    }
}
