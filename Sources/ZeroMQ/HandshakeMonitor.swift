import CZeroMQ

#if canImport(Glibc)
    import Glibc
#endif

/// How a handshake of a connection ended.
public enum HandshakeOutcome: Sendable, Hashable {
    /// The connection is there.
    case succeeded
    /// The other side read our key, and does not let us in (the status of its authenticator, such as 400).
    case refused(status: Int)
    /// One side speaks CURVE and the other does not.
    case otherMechanism
    /// What came is not what the mechanism expects: on a server mostly a client that has another server's key.
    case brokenProtocol(code: Int)
    /// The connection ended within the handshake: the other side found one of the above.
    case cutOff
}

/// Hears how the handshakes of a socket's connections end (zmq_socket_monitor(3)): libzmq itself only tries again.
public struct HandshakeMonitor: ~Copyable {
    /// The end of a handshake.
    public struct Event: Sendable, Equatable {
        /// How it ended.
        public var outcome: HandshakeOutcome
        /// The endpoint of the socket that is monitored.
        public var endpoint: String
        /// The other side's address, if the socket is bound and that is known.
        public var peer: String?
    }

    /// What a poller watches, and `next` reads.
    public let socket: Socket
    /// Connections that were accepted, by their descriptors.
    private var peers: [UInt32: String] = [:]
    /// A failure whose connection is named by the event that follows.
    private var failed: Event?
    private let isServer: Bool

    /// Monitors a socket. To be made on the thread that has the socket; it may be moved to another, as it has a socket of
    /// its own.
    /// - Parameter isServer: the socket is bound: addresses of the other side are noted.
    /// - Throws: `ZeroMQError` if there are too many sockets.
    public init(of monitored: borrowing Socket, isServer: Bool, in context: Context) throws(ZeroMQError) {
        self.isServer = isServer
        let endpoint = "inproc://kip-handshakes-\(UInt.random(in: 0...UInt.max))"
        var events =
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
            | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
        if isServer { events |= ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED }
        guard zmq_socket_monitor(monitored.handle, endpoint, events) == 0 else { throw .last("monitor a socket") }
        let pair = try Socket(.pair, in: context)
        try pair.set(.linger(0))
        // libzmq's I/O thread writes here, and would wait for a reader.
        try pair.set(.receiveHighWaterMark(0))
        try pair.connect(endpoint)
        socket = pair
    }

    /// The next event that is here; nil = there is none.
    public mutating func next() -> Event? {
        while let frames = try? socket.receiveFrames(wait: false, limit: 2) {
            guard let first = frames.first, first.count >= 6 else { continue }
            let (kind, value) = first.withUnsafeBytes {
                (Int32($0.loadUnaligned(as: UInt16.self)), $0.loadUnaligned(fromByteOffset: 2, as: UInt32.self))
            }
            switch kind {
            case ZMQ_EVENT_ACCEPTED: peers[value] = Self.address(of: Int32(bitPattern: value))
            case ZMQ_EVENT_DISCONNECTED:
                // libzmq says it right after the failure, on the same thread.
                let peer = peers.removeValue(forKey: value)
                if var event = failed {
                    failed = nil
                    event.peer = peer
                    return event
                }
            default:
                let endpoint = frames.count > 1 ? String(decoding: frames[1].prefix(256), as: UTF8.self) : ""
                let event = Event(outcome: Self.outcome(kind, value), endpoint: endpoint)
                if !isServer || event.outcome == .succeeded { return event }
                let earlier = failed
                failed = event
                if let earlier { return earlier }
            }
        }
        return nil
    }

    private static func outcome(_ kind: Int32, _ value: UInt32) -> HandshakeOutcome {
        switch kind {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: .succeeded
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: .refused(status: Int(value))
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL where value == UInt32(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH):
            .otherMechanism
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: .brokenProtocol(code: Int(value))
        default: .cutOff
        }
    }

    /// The other side of a connection that was just accepted; nil if it is gone (another file may have its descriptor by then),
    /// or has no address (ipc).
    private static func address(of descriptor: Int32) -> String? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard getpeername(descriptor, address, &size) == 0,
                    [sa_family_t(AF_INET), sa_family_t(AF_INET6)].contains(address.pointee.sa_family)
                else { return nil }
                var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
                guard
                    getnameinfo(address, size, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
                else { return nil }
                let host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                return host.hasPrefix("::ffff:") ? String(host.dropFirst(7)) : host
            }
        }
    }
}
