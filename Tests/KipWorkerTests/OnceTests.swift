import Foundation
import KipClient
import KipWorker
import Testing

/// Says in its payload how its effect goes.
struct Effectful: Job {
    struct Trouble: Error {}

    static let kind = "effectful"
    static let options = JobOptions(maxAttempts: 3, retry: RetryPolicy(baseMilliseconds: 1, capMilliseconds: 5))
    var journal: String
    var key: String
    var trouble = ""

    func run(in context: JobContext) async throws -> Outcome {
        let receipt = try await context.once(key) {
            Journal.shared.note("block \(context.attempt)", in: journal)
            if trouble == "nothing happened", context.failures == 0 { throw EffectDidNotHappen("no line") }
            if trouble == "nobody knows", context.attempt == 1 { throw Trouble() }
            return "receipt of attempt \(context.attempt)"
        }
        if trouble == "late", context.failures == 0 { throw Trouble() }
        return try .done(receipt)
    }
}

/// Begins the same effect twice at once.
struct Twice: Job {
    static let kind = "twice"
    static let options = JobOptions(maxAttempts: 1)
    var journal: String

    func run(in context: JobContext) async throws -> Outcome {
        func act(_ context: JobContext) async throws -> String {
            try await context.once("twice/1") {
                Journal.shared.note("block", in: journal)
                try await Task.sleep(for: .milliseconds(100))
                return "\(Journal.shared.read(journal).count)"
            }
        }
        async let first = act(context)
        // The same attempt with more in its logger.
        async let second = act(context.logging(["step": "2"]))
        return try .done([try await first, try await second])
    }
}

@Suite(.timeLimit(.minutes(15))) struct OnceTests {
    private func result(_ detail: JobDetail) -> String { String(decoding: detail.result, as: UTF8.self) }

    @Test("a block runs once for its key: later attempts and jobs get the receipt")
    func once() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Effectful.self)
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let first = try await broker.end(
            of: broker.client.enqueue(Effectful(journal: journal, key: "mail/1", trouble: "late")))
        #expect(first.job.failures == 1)
        #expect(result(first) == #""receipt of attempt 1""#)
        let second = try await broker.end(of: broker.client.enqueue(Effectful(journal: journal, key: "mail/1")))
        #expect(result(second) == #""receipt of attempt 1""#)
        #expect(Journal.shared.read(journal) == ["block 1"])
        let effect = try #require(try await broker.client.effect("mail/1"))
        #expect(effect.state == "done")
        #expect(effect.settledBy == "handler")
        #expect(effect.job == first.job.id.description)
    }

    @Test("a block that knows that nothing happened fails as any other, and is run again")
    func didNotHappen() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Effectful.self)
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let detail = try await broker.end(
            of: broker.client.enqueue(Effectful(journal: journal, key: "mail/2", trouble: "nothing happened")))
        #expect(detail.job.state == "succeeded")
        #expect(detail.job.failures == 1)
        #expect(Journal.shared.read(journal) == ["block 1", "block 2"])
    }

    @Test("a block that throws anything else leaves an uncertain job, and a person decides", arguments: [true, false])
    func uncertain(happened: Bool) async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Effectful.self)
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let detail = try await broker.end(
            of: broker.client.enqueue(Effectful(journal: journal, key: "mail/3", trouble: "nobody knows")))
        #expect(detail.job.state == "uncertain")
        #expect(try await broker.client.retry([detail.job.id]).isEmpty)
        let effects = try await broker.client.effects(state: .uncertain, prefix: "mail/").effects
        #expect(effects.map(\.key) == ["mail/3"])
        let effect = try await broker.client.resolve(
            effect: "mail/3", receipt: happened ? Array(#""seen by Lan""#.utf8) : nil, by: "Lan")
        #expect(effect.settledBy == "Lan")
        try await broker.client.wait([detail.job.id], timeout: .seconds(200))
        let ended = try await broker.client.job(detail.job.id)
        #expect(ended.job.state == "succeeded")
        #expect(result(ended) == (happened ? #""seen by Lan""# : #""receipt of attempt 2""#))
        #expect(Journal.shared.read(journal) == (happened ? ["block 1"] : ["block 1", "block 2"]))
    }

    @Test("a reconciler that is registered for the prefix decides, without a person")
    func reconciles() async throws {
        let broker = try LocalBroker()
        var registry = JobRegistry(Effectful.self)
        registry.reconcile(prefix: "mail/") { key in try .done("found \(key)") }
        let worker = try KipWorker(endpoint: broker.endpoint, registry: registry, logger: quiet)
        let task = Task { try await worker.run() }
        defer { task.cancel() }
        let job = try await broker.client.enqueue(
            Effectful(journal: UUID().uuidString, key: "mail/4", trouble: "nobody knows"))
        while try await broker.client.states([job.id]) != [.succeeded] { try await Task.sleep(for: .milliseconds(20)) }
        #expect(result(try await broker.client.job(job.id)) == #""found mail/4""#)
        #expect(try await broker.client.effect("mail/4")?.settledBy == "reconciler")
    }

    @Test("once, called twice at the same time in one attempt: the block runs once, and both have its receipt")
    func sameAttempt() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Twice.self)
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let detail = try await broker.end(of: broker.client.enqueue(Twice(journal: journal)))
        #expect(Journal.shared.read(journal) == ["block"])
        #expect(result(detail) == #"["1","1"]"#)
    }

    @Test("a broker that is gone while a handler acts has the receipt when it is back")
    func brokerGone() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Effectful.self)
        defer { worker.cancel() }
        for number in 0..<20 {
            try await broker.client.enqueue(Effectful(journal: "gone", key: "gone/\(number)"))
        }
        try await broker.stop()
        try broker.start()
        while try await broker.client.effects(state: .done, prefix: "gone/").effects.count < 20 {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(Journal.shared.read("gone").count == 20)
    }
}
