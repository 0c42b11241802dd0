import Foundation
import KipBroker
import KipClient
import KipCore
import KipWorker
import Logging
import Synchronization
import Testing
import ZeroMQ

/// Several keys on real CURVE connections: nobody speaks for another, also after the broker has started again.
@Suite(.serialized) struct CurveRightsTests {
    /// A peer that says whatever a test wants.
    private final class RawPeer {
        private let socket: Socket

        init(_ endpoint: String, _ credentials: String) throws {
            socket = try Socket.dealer(
                connectedTo: endpoint, linger: 0, credentials: try CurveCredentials(path: credentials),
                in: try Context())
            try socket.set(.sendTimeout(10_000))
            try socket.set(.receiveTimeout(10_000))
        }

        /// - Returns: the answer to it.
        func ask(_ body: WireHeader.OneOf_Body, payloads: [[UInt8]] = [], number: UInt64 = 1) throws -> WireMessage {
            try say(body, payloads: payloads, number: number)
            while true {
                let message = try next()
                if message.request == number { return message }
            }
        }

        func say(_ body: WireHeader.OneOf_Body, payloads: [[UInt8]] = [], number: UInt64 = 0) throws {
            try socket.send(
                frames: try WireCodec.encode(WireMessage(body, request: number, payloads: payloads), as: .protobuf))
        }

        func next() throws -> WireMessage {
            let frames = try #require(try socket.receiveFrames())
            return try WireCodec.decode(frames).0
        }
    }

    private final class GuardedBroker: Sendable {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "kip-c-\(UUID().uuidString.prefix(8))")
        let endpoint = "tcp://127.0.0.1:\(Int.random(in: 20_000...60_000))"
        let lines = LogLines()
        private let running: RunningBroker
        var data: String { folder.appendingPathComponent("data").path }

        init() throws {
            running = try RunningBroker(in: folder)
            try start()
        }

        func start() throws {
            var settings = BrokerSettings()
            settings.curveEverywhere = true
            let lines = lines
            let broker = try Broker(
                directory: data, endpoints: [endpoint], settings: settings,
                logger: Logger(label: "test", factory: { _ in LineHandler(lines: lines) }))
            running.start(broker)
        }

        func stop() async throws { try await running.stop() }

        func key(_ name: String, _ role: Rights.Role, kinds: [String] = [], effects: [String]? = nil) throws -> String {
            let credentials = try KeyRing(directory: data).add(
                name: name, role: role, kinds: kinds, queues: [], effects: effects, by: "test")
            let path = folder.appendingPathComponent("\(name).key").path
            try KeyRing.write(credentials.text, to: path)
            return path
        }
    }

    private final class LogLines: Sendable {
        private let list = Mutex<[String]>([])
        var all: [String] { list.withLock { $0 } }
        func add(_ line: String) { list.withLock { $0.append(line) } }
    }

    private struct LineHandler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .info
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            lines.add("\(event.message) \(event.metadata ?? [:])")
        }
    }

    private func hello(_ kind: String) -> WireHello {
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = [kind]
        hello.credit = 5
        return hello
    }

    private func enqueue(_ kind: String) -> WireHeader.OneOf_Body {
        var job = WireNewJob()
        job.kind = kind
        var enqueue = WireEnqueue()
        enqueue.jobs = [job]
        return .enqueue(enqueue)
    }

    private func welcome(_ peer: RawPeer, _ hello: WireHello) throws -> UInt64 {
        guard case .welcome(let welcome)? = try peer.ask(.hello(hello), number: 7).header.body else { return 0 }
        return welcome.session
    }

    private func work(_ peer: RawPeer) throws -> WireLeasedJob {
        while true {
            if case .work(let work)? = try peer.next().header.body { return try #require(work.jobs.first) }
        }
    }

    private func begin(_ job: WireLeasedJob, _ hello: WireHello, _ session: UInt64) -> WireHeader.OneOf_Body {
        var begin = WireBeginEffect()
        begin.workerID = hello.workerID
        begin.session = session
        begin.jobID = job.id
        begin.attempt = job.attempt
        begin.key = "mail/1"
        return .beginEffect(begin)
    }

    private func settle(
        _ job: WireLeasedJob, _ hello: WireHello, _ session: UInt64, _ settlement: WireSettleEffect.Settlement
    ) -> WireHeader.OneOf_Body {
        var settle = WireSettleEffect()
        settle.workerID = hello.workerID
        settle.session = session
        settle.jobID = job.id
        settle.attempt = job.attempt
        settle.key = "mail/1"
        settle.settlement = settlement
        return .settleEffect(settle)
    }

    private func standing(_ message: WireMessage) -> WireEffectStanding.Standing? {
        if case .effectStanding(let standing)? = message.header.body { standing.standing } else { nil }
    }

    @Test(
        "another key's worker neither learns of an effect nor settles it, nor takes the worker's id, nor says its goodbye"
    )
    func otherWorker() async throws {
        let broker = try GuardedBroker()
        let (first, second) = (
            try broker.key("mailer", .worker, kinds: ["mail"], effects: ["mail/"]),
            try broker.key("evil", .worker, kinds: ["x"], effects: ["mail/"])
        )
        let producer = try RawPeer(broker.endpoint, try broker.key("desk", .producer))
        let (mailer, evil) = (try RawPeer(broker.endpoint, first), try RawPeer(broker.endpoint, second))
        let (mine, theirs) = (hello("mail"), hello("x"))
        let session = try welcome(mailer, mine)
        let other = try welcome(evil, theirs)
        _ = try producer.ask(enqueue("mail"))
        _ = try producer.ask(enqueue("x"))
        let (letter, own) = (try work(mailer), try work(evil))
        #expect(standing(try mailer.ask(begin(letter, mine, session), number: 8)) == .begun)
        let answer = try evil.ask(begin(own, theirs, other), number: 8)
        guard case .effectStanding(let doubt)? = answer.header.body else {
            Issue.record("\(answer)")
            return
        }
        #expect(doubt.standing == .inDoubt && doubt.jobID.isEmpty)
        // It has learned the id somewhere all the same.
        #expect(standing(try evil.ask(settle(letter, theirs, other, .undone), number: 9)) == .void)
        for word in [settle(letter, mine, session, .undone), begin(letter, mine, session)] {
            guard case .error(let refused)? = try evil.ask(word, number: 10).header.body else {
                Issue.record("it is not refused")
                return
            }
            #expect(refused.code == "unknown-session")
        }
        var goodbye = WireGoodbye()
        goodbye.workerID = mine.workerID
        goodbye.session = session
        try evil.say(.goodbye(goodbye))
        guard case .error(let refused)? = try evil.ask(.hello(mine), number: 11).header.body else {
            Issue.record("it has taken the worker's id")
            return
        }
        #expect(refused.code == "forbidden")
        // The lease and the effect are what they were.
        #expect(standing(try mailer.ask(settle(letter, mine, session, .done), payloads: [[1]], number: 12)) == .settled)
        try await broker.stop()
    }

    @Test("a handler hears that its key has no right to an effect, and what to do")
    func noRightToEffect() async throws {
        let broker = try GuardedBroker()
        let key = try broker.key("pool", .worker, kinds: [Effectful.kind], effects: ["letter/"])
        let client = try KipClient(
            endpoint: broker.endpoint, credentials: try broker.key("desk", .producer), timeout: .seconds(30))
        let worker = try KipWorker(
            endpoint: broker.endpoint, credentials: key, registry: JobRegistry(Effectful.self), logger: quiet)
        let running = Task { try await worker.run() }
        let journal = UUID().uuidString
        let job = try await client.enqueue(Effectful(journal: journal, key: "mail/1"))
        try await client.wait([job.id], timeout: .seconds(200))
        let error = try #require(try await client.job(job.id).job.error)
        #expect(error.contains("“pool” has no right to the effect “mail/1”") && error.contains("--effects"), "\(error)")
        #expect(Journal.shared.read(journal).isEmpty)
        running.cancel()
        _ = await running.result
        try await broker.stop()
    }

    @Test("after a restart a worker's id belongs to its key, and so does the effect that it began")
    func restart() async throws {
        let broker = try GuardedBroker()
        let (first, second) = (try broker.key("mailer", .worker), try broker.key("evil", .worker))
        let producer = try RawPeer(broker.endpoint, try broker.key("desk", .producer))
        let mine = hello("mail")
        let letter: WireLeasedJob
        do {
            let mailer = try RawPeer(broker.endpoint, first)
            let session = try welcome(mailer, mine)
            _ = try producer.ask(enqueue("mail"))
            letter = try work(mailer)
            #expect(standing(try mailer.ask(begin(letter, mine, session), number: 8)) == .begun)
        }
        try await broker.stop()
        try broker.start()
        let evil = try RawPeer(broker.endpoint, second)
        guard case .error(let refused)? = try evil.ask(.hello(mine), number: 3).header.body else {
            Issue.record("it has taken the worker's id")
            return
        }
        #expect(refused.code == "forbidden")
        let mailer = try RawPeer(broker.endpoint, first)
        var again = mine
        var held = WireHeld()
        held.id = letter.id
        held.attempt = letter.attempt
        again.holding = [held]
        let session = try welcome(mailer, again)
        #expect(standing(try mailer.ask(settle(letter, mine, session, .done), payloads: [[1]], number: 4)) == .settled)
        try await broker.stop()
    }

    @Test(
        "a key that is not known, none, or one of another broker: the client hears it at once, and the broker logs whose"
    )
    func handshakes() async throws {
        let broker = try GuardedBroker()
        let key = try broker.key("desk", .producer)
        let other = try GuardedBroker()
        let stranger = try other.key("stranger", .producer)
        // Their key, this broker's server key.
        let server = try CurveCredentials(path: key).serverKey
        let forged = CurveCredentials(keys: try CurveCredentials(path: stranger).keys, serverKey: server)
        let path = broker.folder.appendingPathComponent("forged.key").path
        try KeyRing.write(forged.text, to: path)
        for (credentials, words) in [(path, "not known here"), (nil, "without a key"), (stranger, "another broker")] {
            let client = try KipClient(endpoint: broker.endpoint, credentials: credentials, timeout: .seconds(60))
            let error = await #expect(throws: KipClientError.self) {
                try await client.enqueue(JobRequest(kind: "k", payload: []))
            }
            guard case .notAuthenticated(broker.endpoint, let reason)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(reason.contains(words), "\(reason)")
        }
        let log = broker.lines.all.joined(separator: "\n")
        #expect(log.contains(forged.keys.publicKey) && log.contains("127.0.0.1"))
        #expect(log.contains("its key is not known here"))
        try await broker.stop()
    }

    @Test("a key that becomes known lets in a client that was refused before")
    func becomesKnown() async throws {
        let broker = try GuardedBroker()
        let key = try broker.key("desk", .producer)
        let file = broker.data + "/keys/desk.json"
        let rights = try Data(contentsOf: URL(fileURLWithPath: file))
        try KeyRing(directory: broker.data).revoke(name: "desk", by: "test")
        let client = try KipClient(endpoint: broker.endpoint, credentials: key, timeout: .seconds(60))
        await #expect(throws: KipClientError.self) { try await client.enqueue(JobRequest(kind: "k", payload: [])) }
        try rights.write(to: URL(fileURLWithPath: file))
        var isIn = false
        for _ in 0..<200 where !isIn {
            isIn = (try? await client.enqueue(JobRequest(kind: "k", payload: []))) != nil
            if !isIn { try await Task.sleep(for: .milliseconds(100)) }
        }
        #expect(isIn)
        try await broker.stop()
    }

    @Test("the broker logs at most so many lines of those whom it keeps out, and a key's file that it cannot read")
    func bounded() async throws {
        let broker = try GuardedBroker()
        let key = try broker.key("desk", .producer)
        let server = try CurveCredentials(path: key).serverKey
        for _ in 0..<60 {
            let socket = try Socket.dealer(
                connectedTo: nil, linger: 0,
                credentials: CurveCredentials(keys: try CurveKeys.generate(), serverKey: server), in: try Context())
            try socket.connect(broker.endpoint)
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(broker.lines.all.count { $0.contains("kept out") } == 10)
        try Data("nothing".utf8).write(to: URL(fileURLWithPath: broker.data + "/keys/broken.json"))
        for _ in 0..<100 where !broker.lines.all.contains(where: { $0.contains("broken.json") }) {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(broker.lines.all.count { $0.contains("broken.json") } == 1)
        try await broker.stop()
    }
}
