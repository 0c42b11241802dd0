import KipCore
import Logging
import Synchronization
import ZeroMQ

/// Logs who was kept out, at most so many lines a minute: whoever knocks a thousand times fills no disk.
final class HandshakeLog: Sendable {
    private let logger: Logger
    private let limiter = Mutex(LineLimiter(lines: 10, every: 60_000))

    init(_ logger: Logger) { self.logger = logger }

    /// The authenticator does not know a key.
    func note(_ refused: Authenticator.Refused, at now: SteadyTime = .now()) {
        write(
            "a peer was kept out: its key is not known here, or was revoked",
            ["peer": "\(refused.address)", "key": "\(refused.publicKey ?? "none")"], at: now)
    }

    /// A handshake ended. What the authenticator refused it has noted itself.
    func note(_ event: HandshakeMonitor.Event, at now: SteadyTime = .now()) {
        let reason: String
        switch event.outcome {
        case .succeeded, .refused: return
        case .otherMechanism:
            reason = "a peer was kept out: it showed no key where one is needed, or one where none is asked for"
        case .brokenProtocol:
            reason =
                "a peer was kept out: its handshake cannot be read; it has another broker's key, or is no KIP/1 peer"
        case .cutOff:
            reason =
                "a peer went away in its handshake: it wants a key where none is asked for, say, or is no KIP/1 peer"
        }
        write(reason, ["peer": "\(event.peer ?? "not known")", "endpoint": "\(event.endpoint)"], at: now)
    }

    private func write(_ text: String, _ metadata: Logger.Metadata, at now: SteadyTime) {
        guard let omitted = limiter.withLock({ $0.admit(at: now) }) else { return }
        var metadata = metadata
        if omitted > 0 { metadata["not logged before"] = "\(omitted)" }
        logger.warning("\(text)", metadata: metadata)
    }
}
