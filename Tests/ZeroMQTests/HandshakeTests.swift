import Foundation
import Synchronization
import Testing

@testable import ZeroMQ

/// What both sides hear of a handshake that fails, over real connections.
@Suite struct HandshakeTests {
    /// A ROUTER with CURVE that lets one key in, or without.
    private struct Server: ~Copyable {
        let socket: Socket
        var monitor: HandshakeMonitor
        let endpoint: String
        let keys: CurveKeys
        let refused: RefusedPeers
        private let authenticator: Authenticator?

        final class RefusedPeers: Sendable {
            private let list = Mutex<[Authenticator.Refused]>([])
            var all: [Authenticator.Refused] { list.withLock { $0 } }
            func add(_ peer: Authenticator.Refused) { list.withLock { $0.append(peer) } }
        }

        init(speaksCurve: Bool, known: CurveKeys? = nil) throws {
            let keys = try CurveKeys.generate()
            let context = try Context()
            let socket = try Socket(.router, in: context)
            let list = RefusedPeers()
            let name = known?.publicKey
            let authenticator =
                speaksCurve
                ? try Authenticator(in: context, refused: { list.add($0) }, judge: { $0 == name ? $0 : nil }) : nil
            if speaksCurve {
                try socket.set(.authenticationDomain("test"))
                try socket.set(.enforceAuthenticationDomain(true))
                try socket.set(.curveServer(true))
                try socket.set(.curveSecretKey(keys.secretKey))
            }
            let monitor = try HandshakeMonitor(of: socket, isServer: true, in: context)
            try socket.bind("tcp://127.0.0.1:*")
            endpoint = socket.lastEndpoint
            self.socket = socket
            self.monitor = monitor
            self.keys = keys
            self.authenticator = authenticator
            refused = list
        }

        deinit { authenticator?.stop() }
    }

    private func first(_ monitor: inout HandshakeMonitor) throws -> HandshakeMonitor.Event? {
        var poller = Poller()
        _ = poller.add(monitor.socket)
        let end = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < end {
            _ = try poller.wait(milliseconds: 100)
            if let event = monitor.next() { return event }
        }
        return nil
    }

    private func outcomes(
        _ server: inout Server, _ credentials: CurveCredentials?
    ) throws -> (client: HandshakeMonitor.Event?, server: HandshakeMonitor.Event?) {
        let context = try Context()
        let client = try Socket.dealer(
            connectedTo: nil, linger: 0, credentials: credentials, in: context)
        var monitor = try HandshakeMonitor(of: client, isServer: false, in: context)
        try client.connect(server.endpoint)
        return (try first(&monitor), try first(&server.monitor))
    }

    @Test("a key that is not known is refused with the authenticator's status, and the server hears which key it was")
    func unknownKey() throws {
        var server = try Server(speaksCurve: true)
        let keys = try CurveKeys.generate()
        let found = try outcomes(&server, CurveCredentials(keys: keys, serverKey: server.keys.publicKey))
        #expect(found.client?.outcome == .refused(status: 400))
        #expect(server.refused.all.first == Authenticator.Refused(address: "127.0.0.1", publicKey: keys.publicKey))
    }

    @Test("a known key succeeds on both sides")
    func knownKey() throws {
        let keys = try CurveKeys.generate()
        var server = try Server(speaksCurve: true, known: keys)
        let found = try outcomes(&server, CurveCredentials(keys: keys, serverKey: server.keys.publicKey))
        #expect(found.client?.outcome == .succeeded)
        #expect(found.server?.outcome == .succeeded)
    }

    @Test("a peer without a key on an endpoint that wants one, and one with a key where none is wanted")
    func otherMechanism() throws {
        var guarded = try Server(speaksCurve: true)
        let found = try outcomes(&guarded, nil)
        // Whichever side sees it first cuts the other off.
        #expect(found.client?.outcome == .otherMechanism || found.server?.outcome == .otherMechanism)
        #expect(Set([.otherMechanism, .cutOff]).isSuperset(of: [found.client?.outcome, found.server?.outcome]))
        // A connection that is gone by then has no address any more.
        #expect(["127.0.0.1", nil].contains(found.server?.peer))
        var open = try Server(speaksCurve: false)
        let keys = try CurveKeys.generate()
        let other = try outcomes(
            &open, CurveCredentials(keys: keys, serverKey: open.keys.publicKey))
        #expect(other.client?.outcome == .otherMechanism || other.server?.outcome == .otherMechanism)
    }

    @Test("another server's key: the server cannot read it, and cuts the client off")
    func otherServer() throws {
        let keys = try CurveKeys.generate()
        var server = try Server(speaksCurve: true, known: keys)
        let found = try outcomes(
            &server, CurveCredentials(keys: keys, serverKey: try CurveKeys.generate().publicKey))
        #expect(found.client?.outcome == .cutOff)
        guard case .brokenProtocol = found.server?.outcome else {
            Issue.record("\(String(describing: found.server))")
            return
        }
    }
}
