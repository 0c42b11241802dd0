import Synchronization

/// Decides who may connect (ZAP, rfc.zeromq.org/spec/27): libzmq asks it at each handshake of a context's CURVE sockets.
/// Make it before the first bind: without it, everybody who knows the server's public key would be let in.
public final class Authenticator: Sendable {
    /// A peer that was kept out.
    public struct Refused: Sendable, Equatable {
        /// Where it came from, without its port; empty if that is not known.
        public var address: String
        /// The key that it showed, in Z85; nil if it showed none.
        public var publicKey: String?
    }

    private let waker: Waker
    private let isStopped = Atomic(false)
    private let counted = Atomic(0)

    /// Starts the thread that answers.
    /// - Parameters:
    ///   - context: whose sockets ask it.
    ///   - everySecond: called on the thread, about once a second.
    ///   - refused: called on the thread for each peer that is kept out.
    ///   - judge: the user id that the messages of a public key (Z85) then carry; nil = keep its owner out.
    /// - Throws: `ZeroMQError` where the context has one already.
    public init(
        in context: Context, everySecond: @escaping @Sendable () -> Void = {},
        refused: @escaping @Sendable (Refused) -> Void = { _ in },
        judge: @escaping @Sendable (_ publicKey: String) -> String?
    ) throws(ZeroMQError) {
        waker = try Waker()
        let socket = try Socket(.rep, in: context)
        try socket.set(.linger(0))
        try socket.bind("inproc://zeromq.zap.01")
        SocketThread.start(name: "kip-zap", owning: socket) { [self] socket in
            serve(socket, everySecond, refused, judge)
        }
    }

    /// How many were kept out.
    public var refused: Int { counted.load(ordering: .relaxed) }

    /// Ends the thread; from then on nobody is let in.
    public func stop() {
        isStopped.store(true, ordering: .releasing)
        waker.wake()
    }

    private func serve(
        _ socket: consuming Socket, _ everySecond: () -> Void, _ refused: (Refused) -> Void,
        _ judge: (String) -> String?
    ) {
        var next = ContinuousClock.now
        var poller = Poller()
        let requests = poller.add(socket)
        _ = poller.add(fileDescriptor: waker.fileDescriptor)
        while !isStopped.load(ordering: .acquiring) {
            guard (try? poller.wait(milliseconds: 1_000)) != nil else { return }
            waker.drain()
            if ContinuousClock.now >= next {
                next = .now + .seconds(1)
                everySecond()
            }
            guard poller.isReadable(requests), let frames = try? socket.receiveFrames(wait: false, limit: 16) else {
                continue
            }
            try? socket.send(frames: answer(frames, refused, judge), wait: false)
        }
    }

    /// Version, sequence, domain, address, identity, mechanism, credentials.
    private func answer(
        _ frames: [[UInt8]], _ refused: (Refused) -> Void, _ judge: (String) -> String?
    ) -> [[UInt8]] {
        let version = Array("1.0".utf8)
        let sequence = frames.count > 1 ? frames[1] : []
        if frames.count >= 7, frames[0] == version, frames[5] == Array("CURVE".utf8),
            let key = CurveKeys.z85(frames[6]), let name = judge(key)
        {
            return [version, sequence, Array("200".utf8), Array("OK".utf8), Array(name.utf8), []]
        }
        counted.add(1, ordering: .relaxed)
        refused(
            Refused(
                address: frames.count > 3 ? String(decoding: frames[3].prefix(64), as: UTF8.self) : "",
                publicKey: frames.count > 6 ? CurveKeys.z85(frames[6]) : nil))
        return [version, sequence, Array("400".utf8), Array("this key is not known".utf8), [], []]
    }
}
