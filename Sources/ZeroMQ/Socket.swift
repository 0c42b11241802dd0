import CZeroMQ

/// A ZeroMQ socket with one owner. It is moved to the thread that uses it and never shared: libzmq's sockets are not
/// thread safe. It is closed when its owner lets go of it.
///
/// @unchecked Sendable: moved, never shared: it is noncopyable, so a thread that has it is the only one that has it.
public struct Socket: ~Copyable, @unchecked Sendable {
    /// The pattern that a socket plays (zmq_socket(3)).
    public enum Kind: Sendable, CaseIterable {
        /// Talks to many, each by its routing id.
        case router
        /// Talks to routers and dealers, without taking turns.
        case dealer
        /// Asks, then waits for the answer.
        case req
        /// Waits for a question, then answers.
        case rep
        /// Talks to one other pair.
        case pair
        /// Sends to all that subscribed.
        case pub
        /// Receives what it subscribed to (`SocketOption.subscribe`).
        case sub
        /// Hands out to pullers in turn.
        case push
        /// Takes from pushers in turn.
        case pull

        /// The same as `req`.
        public static var request: Kind { .req }
        /// The same as `rep`.
        public static var reply: Kind { .rep }

        fileprivate var type: Int32 {
            switch self {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .req: ZMQ_REQ
            case .rep: ZMQ_REP
            case .pair: ZMQ_PAIR
            case .pub: ZMQ_PUB
            case .sub: ZMQ_SUB
            case .push: ZMQ_PUSH
            case .pull: ZMQ_PULL
            }
        }
    }

    /// How long a socket's unsent messages outlive it by default, in milliseconds. libzmq's own default, for ever,
    /// would let a process with an unreachable peer never end.
    public static let defaultLinger = 1_000

    let handle: UnsafeMutableRawPointer
    private let context: Context

    /// A socket of a context, with a linger of `defaultLinger`.
    /// - Throws: `ZeroMQError` where the context is shut down or has too many sockets.
    public init(_ kind: Kind, in context: Context) throws(ZeroMQError) {
        guard let handle = zmq_socket(context.handle, kind.type) else { throw .last("make a \(kind) socket") }
        self.handle = handle
        self.context = context
        // Every Int32 is a valid linger, so that this cannot fail.
        var linger = Int32(Self.defaultLinger)
        zmq_setsockopt(handle, ZMQ_LINGER, &linger, MemoryLayout<Int32>.size)
    }

    deinit {
        zmq_close(handle)
    }

    /// Closes the socket now. What is unsent lives on for its linger.
    public consuming func close() {}

    /// Waits for connections at an endpoint, such as `tcp://127.0.0.1:7520`, `tcp://127.0.0.1:*` or `ipc:///run/kip`.
    /// - Throws: `.addressInUse` where another program has it; `.invalid` where it is no endpoint.
    public borrowing func bind(_ endpoint: String) throws(ZeroMQError) {
        try check(zmq_bind(handle, endpoint), "bind \(endpoint)")
    }

    /// Connects to an endpoint, now or as soon as it is there.
    /// - Throws: `.invalid` where it is no endpoint.
    public borrowing func connect(_ endpoint: String) throws(ZeroMQError) {
        try check(zmq_connect(handle, endpoint), "connect to \(endpoint)")
    }

    /// Ends a connection to an endpoint.
    public borrowing func disconnect(_ endpoint: String) throws(ZeroMQError) {
        try check(zmq_disconnect(handle, endpoint), "disconnect from \(endpoint)")
    }

    /// The endpoint of the last bind or connect, its port filled in; empty where there was none.
    public var lastEndpoint: String {
        var buffer = [CChar](repeating: 0, count: 512)
        var size = buffer.count
        guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0, size > 0 else { return "" }
        return String(decoding: buffer[..<(size - 1)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    borrowing func check(_ result: Int32, _ operation: @autoclosure () -> String) throws(ZeroMQError) {
        if result != 0 { throw .last(operation()) }
    }
}
