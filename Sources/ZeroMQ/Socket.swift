import CZeroMQ

/// A ZeroMQ socket with one owner. It is moved to the thread that uses it and never shared: libzmq's sockets are not
/// thread safe. It is closed when its owner lets go of it.
///
/// @unchecked Sendable: it is noncopyable, so a thread that has it is the only one that has it.
public struct Socket: ~Copyable, @unchecked Sendable {
    /// The pattern that a socket plays (zmq_socket(3)).
    public enum Kind: Sendable {
        /// Talks to many, each by its routing id.
        case router
        /// Talks to routers and dealers, without taking turns.
        case dealer
        /// Asks, then waits for the answer.
        case request
        /// Waits for a question, then answers.
        case reply
        /// Talks to one other pair.
        case pair
    }

    let handle: UnsafeMutableRawPointer
    private let context: Context

    /// A socket of a context.
    /// - Throws: `ZeroMQError` where the context is shut down or has too many sockets.
    public init(_ kind: Kind, in context: Context) throws(ZeroMQError) {
        let type =
            switch kind {
            case .router: ZMQ_ROUTER
            case .dealer: ZMQ_DEALER
            case .request: ZMQ_REQ
            case .reply: ZMQ_REP
            case .pair: ZMQ_PAIR
            }
        guard let handle = zmq_socket(context.handle, type) else { throw .last("make a socket") }
        self.handle = handle
        self.context = context
    }

    deinit {
        zmq_close(handle)
    }

    /// Waits for connections at an endpoint, such as `tcp://127.0.0.1:7520`, `tcp://127.0.0.1:*` or `ipc:///run/kip`.
    public borrowing func bind(_ endpoint: String) throws(ZeroMQError) {
        try check(zmq_bind(handle, endpoint), "bind \(endpoint)")
    }

    /// Connects to an endpoint, now or as soon as it is there.
    public borrowing func connect(_ endpoint: String) throws(ZeroMQError) {
        try check(zmq_connect(handle, endpoint), "connect to \(endpoint)")
    }

    /// The endpoint of the last bind, its port filled in.
    public var lastEndpoint: String {
        var buffer = [CChar](repeating: 0, count: 512)
        var size = buffer.count
        guard zmq_getsockopt(handle, ZMQ_LAST_ENDPOINT, &buffer, &size) == 0, size > 0 else { return "" }
        return String(decoding: buffer[..<(size - 1)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// Sends a frame, with one copy of its bytes.
    /// - Parameters:
    ///   - more: frames of the same message follow.
    ///   - wait: block where the peer's queue is full; otherwise `.again` is thrown.
    public borrowing func send(_ bytes: [UInt8], more: Bool = false, wait: Bool = true) throws(ZeroMQError) {
        let flags = (more ? ZMQ_SNDMORE : 0) | (wait ? 0 : ZMQ_DONTWAIT)
        while true {
            let sent = bytes.withUnsafeBytes { zmq_send(handle, $0.baseAddress, $0.count, flags) }
            if sent >= 0 { return }
            if zmq_errno() != EINTR { throw .last("send") }
        }
    }

    /// Sends a frame without a copy; its bytes now belong to libzmq.
    public borrowing func send(
        _ message: consuming Message, more: Bool = false, wait: Bool = true
    ) throws(ZeroMQError) {
        let flags = (more ? ZMQ_SNDMORE : 0) | (wait ? 0 : ZMQ_DONTWAIT)
        while zmq_msg_send(message.handle, handle, flags) < 0 {
            if zmq_errno() != EINTR { throw .last("send") }
        }
    }

    /// Sends a message of several frames. libzmq takes all of them or, where the first is refused, none.
    public borrowing func send(frames: [[UInt8]], wait: Bool = true) throws(ZeroMQError) {
        for (index, frame) in frames.enumerated() {
            try send(frame, more: index < frames.count - 1, wait: wait)
        }
    }

    /// Receives a frame into a message, whose memory is used again.
    /// - Returns: false where none is there and `wait` is false.
    public borrowing func receive(into message: inout Message, wait: Bool = true) throws(ZeroMQError) -> Bool {
        while zmq_msg_recv(message.handle, handle, wait ? 0 : ZMQ_DONTWAIT) < 0 {
            if zmq_errno() == EINTR { continue }
            if zmq_errno() == EAGAIN { return false }
            throw .last("receive")
        }
        return true
    }

    /// Receives all frames of a message.
    /// - Parameters:
    ///   - wait: block until one comes.
    ///   - limit: how many frames it may have.
    /// - Returns: nil where none is there and `wait` is false, or the receive timeout has passed.
    /// - Throws: `.tooManyParts` for a message with more frames than `limit`; it is taken off the socket.
    public borrowing func receiveFrames(wait: Bool = true, limit: Int = 1_024) throws(ZeroMQError) -> [[UInt8]]? {
        var message = Message()
        guard try receive(into: &message, wait: wait) else { return nil }
        var frames = [message.bytes]
        var parts = 1
        while message.hasMore {
            guard try receive(into: &message) else { break }
            parts += 1
            if parts <= limit { frames.append(message.bytes) }
        }
        if parts > limit { throw ZeroMQError(.tooManyParts, "receive a message of \(parts) parts") }
        return frames
    }
}
