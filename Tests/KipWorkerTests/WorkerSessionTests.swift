import Foundation
import KipCore
import KipWorker
import Testing
import ZeroMQ

/// A broker that follows a script, on a real socket: what a worker does where the network is slow.
@Suite(.timeLimit(.minutes(15))) struct WorkerSessionTests {
    @Test("the welcome to an earlier hello is void: what came with it has been given to others")
    func lateWelcome() async throws {
        let attempts = try await attempts(of: Flaky.self, until: 1) { broker in
            let first = broker.receive { if case .hello = $0 { true } else { false } }
            // The worker greets again after two seconds.
            let second = broker.receive { if case .hello = $0 { true } else { false } }
            broker.welcome(first, session: 1)
            broker.hand(JobID(), attempt: 1, payload: #"{"failures": 0}"#, kind: "flaky", session: 1)
            broker.welcome(second, session: 2)
            broker.hand(JobID(), attempt: 2, payload: #"{"failures": 0}"#, kind: "flaky", session: 2)
        }
        #expect(attempts == [2])
    }

    @Test("a newer attempt of a job that runs takes the place of the older one")
    func newerAttempt() async throws {
        let attempts = try await attempts(of: Slow.self, until: 1) { broker in
            broker.welcome(broker.receive { if case .hello = $0 { true } else { false } }, session: 1)
            let id = JobID()
            broker.hand(id, attempt: 1, payload: #"{"journal": "n", "milliseconds": 50000}"#, kind: "slow", session: 1)
            broker.hand(id, attempt: 2, payload: #"{"journal": "n", "milliseconds": 1}"#, kind: "slow", session: 1)
        }
        #expect(attempts == [2])
    }

    /// The attempts whose results a worker sends.
    private func attempts(
        of kind: any Job.Type, until count: Int, script: @escaping @Sendable (borrowing ScriptedBroker) -> Void
    ) async throws -> [Int32] {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString.prefix(8))")
        let broker = try ScriptedBroker(endpoint: "ipc://\(path.path)")
        let (stream, out) = AsyncStream<Int32>.makeStream()
        SocketThread.start(name: "scripted", owning: broker) { broker in
            script(broker)
            while case .results(let results) = broker.receive(where: { if case .results = $0 { true } else { false } })
                .header.body
            {
                for result in results.results { out.yield(result.attempt) }
            }
            out.finish()
        }
        var registry = JobRegistry()
        registry.register(kind)
        let worker = try KipWorker(
            endpoint: "ipc://\(path.path)", drainTimeout: .milliseconds(10), registry: registry, logger: quiet)
        let task = Task { try await worker.run() }
        var attempts: [Int32] = []
        for await attempt in stream {
            attempts.append(attempt)
            if attempts.count == count { break }
        }
        task.cancel()
        return attempts
    }
}

/// A ROUTER with one worker.
private struct ScriptedBroker: ~Copyable {
    private let socket: Socket
    private let patience = 50_000

    init(endpoint: String) throws {
        let socket = try Socket(.router, in: try Context())
        try socket.set(.linger(0))
        try socket.bind(endpoint)
        self.socket = socket
    }

    /// The next message of that sort; an empty one where none comes in time.
    func receive(where isWanted: (WireHeader.OneOf_Body?) -> Bool) -> WireMessage {
        let end = ContinuousClock.now + .milliseconds(patience)
        var poller = Poller()
        _ = poller.add(socket)
        while ContinuousClock.now < end {
            _ = try? poller.wait(milliseconds: 100)
            guard let frames = try? socket.receiveFrames(wait: false, limit: 10),
                let (message, _) = try? WireCodec.decode(Array(frames.dropFirst()))
            else { continue }
            peer.value = frames[0]
            if isWanted(message.header.body) { return message }
        }
        return WireMessage(.ping(WirePing()))
    }

    func welcome(_ hello: WireMessage, session: UInt64) {
        var welcome = WireWelcome()
        welcome.session = session
        welcome.heartbeatSeconds = 1
        welcome.leaseSeconds = 30
        send(WireMessage(.welcome(welcome), request: hello.header.request))
    }

    func hand(_ id: JobID, attempt: Int32, payload: String, kind: String, session: UInt64) {
        var job = WireLeasedJob()
        job.id = id.description
        job.kind = kind
        job.attempt = attempt
        var work = WireWork()
        work.session = session
        work.jobs = [job]
        send(WireMessage(.work(work), payloads: [Array(payload.utf8)]))
    }

    private final class Peer {
        var value: [UInt8] = []
    }

    private let peer = Peer()

    private func send(_ message: WireMessage) {
        guard let frames = try? WireCodec.encode(message, as: .protobuf) else { return }
        _ = try? socket.send(frames: [peer.value] + frames, wait: true)
    }
}
