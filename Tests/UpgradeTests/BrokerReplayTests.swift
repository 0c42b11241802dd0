import KipClient
import KipCore
import Testing

/// What peers of an earlier version said is said to a broker of today: it answers as that version's broker did, as far as
/// that version reads its answers.
@Suite(.serialized, .timeLimit(.minutes(15))) struct BrokerReplayTests {
    @Test(
        "a worker, a producer and an operator of an earlier version hear what they heard",
        arguments: ["client", "worker", "children", "scripts"])
    func replay(_ name: String) async throws {
        var talk = try Replay(name)
        try await talk.run()
    }
}

private struct Replay {
    private let lines: [Corpus.Line]
    private let reader: EarlierReader
    private let house: ReplayHouse
    private var peers: [Int: RawPeer] = [:]
    private var enqueued: Set<String> = []
    /// Jobs that failed for good.
    private var failed: Set<String> = []
    /// Ids that the recorded peers made: they are the same today.
    private var said: Set<String> = []

    init(_ name: String) throws {
        lines = try Corpus.talk(name)
        reader = try EarlierReader()
        house = try ReplayHouse()
        for line in lines {
            guard case .results(let results) = try WireCodec.decode(line.frames).0.header.body else { continue }
            failed.formUnion(results.results.filter { $0.outcome == .failed }.map(\.id))
        }
        for line in lines where !line.isOfBroker || line.what == "work" {
            said.formUnion(try RawPeer.read(line.frames, reader).fields.values)
        }
    }

    mutating func run() async throws {
        for line in lines {
            if line.isOfBroker { try await hear(line) } else { try peer(line.peer).say(line) }
        }
    }

    private mutating func peer(_ number: Int) throws -> RawPeer {
        if let peer = peers[number] { return peer }
        let peer = try RawPeer(to: house.endpoint, reader)
        peers[number] = peer
        return peer
    }

    /// The broker had been started again, and did not know the worker.
    private static func isForgotten(_ line: Corpus.Line, _ recorded: EarlierReader.Reading) -> Bool {
        line.file == "worker" && recorded.fields["error.code"] == "unknown-session"
    }

    private mutating func hear(_ line: Corpus.Line) async throws {
        let recorded = try RawPeer.read(line.frames, reader)
        let peer = try peer(line.peer)
        try await prepare(line)
        if Self.isForgotten(line, recorded) { try await house.restart() }
        let body = try #require(recorded.body)
        if let today = Self.changed["\(line.file) \(line.number)"] {
            _ = try await peer.hear(today)
            return
        }
        let sign = lines.first { $0.peer == line.peer && $0.what.hasPrefix("heartbeat") }
        let (said, wanted) = (said, Self.lasting(recorded, said))
        // Work can come in another order, and an effect be asked after twice; all else comes when it is due.
        let isOne = ["work", "reconcile_effect"].contains(body)
        let heard = try await peer.hear(body, whileWaiting: { if let sign { try peer.say(sign) } }) { reading in
            !isOne || Self.lasting(reading, said) == wanted
        }
        #expect(Self.lasting(heard, said) == wanted, "\(line.testDescription)")
        #expect(heard.unknown.allSatisfy { !$0.contains("=") }, "an enum value that it does not know: \(heard.unknown)")
        if let now = heard.fields["welcome.session"].flatMap(UInt64.init),
            let then = recorded.fields["welcome.session"].flatMap(UInt64.init)
        {
            peer.session = (then, now)
        }
    }

    /// What happened beside the recorded talk: the jobs that a worker gets were enqueued, one of them was cancelled.
    private mutating func prepare(_ line: Corpus.Line) async throws {
        let message = try WireCodec.decode(line.frames).0
        switch message.header.body {
        case .work(let work):
            for (job, payload) in zip(work.jobs, message.payloads) where enqueued.insert(job.id).inserted {
                var request = JobRequest(
                    kind: job.kind, payload: payload, options: JobOptions(queue: job.queue),
                    id: try #require(JobID(job.id)))
                request.wire.timeoutMs = job.timeoutMs
                if failed.contains(job.id) { request.wire.maxAttempts = 1 }
                try await house.client.enqueue(request)
            }
        case .revoked(let revoked): _ = try await house.client.cancel(revoked.jobs.compactMap { JobID($0.id) })
        default: break
        }
    }

    /// Answers that are others today, and may be.
    private static let changed = [
        // A schedule that was triggered by hand has that in its history.
        "client 22": "schedule_firings",
        // The recorded house had queues of other talks.
        "scripts 14": "queue_list",
    ]

    /// What of an answer is the same whenever and wherever it is given.
    private static func lasting(_ reading: EarlierReader.Reading, _ said: Set<String>) -> [String: String] {
        reading.fields.filter { path, value in
            let name = path.split(separator: ".").last { Int($0) == nil } ?? ""
            if name.hasSuffix("at_ms") || name.hasSuffix("nominal_ms") { return false }
            // The leases of this broker are longer, so that a busy machine ends none.
            if name.hasSuffix("_seconds") { return false }
            if ["oldest_available_ms", "uptime_ms", "session", "message", "request"].contains(name) { return false }
            return JobID(value) == nil || said.contains(value)
        }
    }
}
