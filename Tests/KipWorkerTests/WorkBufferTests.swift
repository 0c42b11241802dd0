import KipClient
import KipCore
import Testing

@testable import KipWorker

/// What waits in a worker for a place.
@Suite struct WorkBufferTests {
    private func work() -> LeasedWork {
        LeasedWork(LeasedWords(id: JobID(), kind: "k", queue: "default"), payload: [], at: .now())
    }

    @Test("quick handlers are kept busy, slow ones keep nothing waiting, and the way back is short")
    func credit() {
        var buffer = WorkBuffer(places: 4, most: 8)
        #expect(buffer.credit == 12)
        buffer.ended(after: 5)
        #expect(buffer.credit == 12)
        for _ in 0..<20 { buffer.ended(after: 500) }
        #expect(buffer.credit == 6)
        for _ in 0..<20 { buffer.ended(after: 5_000) }
        #expect(buffer.credit == 4)
        for _ in 0..<20 { buffer.ended(after: 1) }
        #expect(buffer.credit == 12)
    }

    @Test("what has waited for half a second goes back, the rest stays, and nothing is wanted beside the places")
    func overdue() throws {
        var buffer = WorkBuffer(places: 2, most: 4)
        let first = work()
        buffer.append([first, work()])
        let now = first.receivedAt
        #expect(buffer.wait(at: now, busy: 2) == 500)
        #expect(buffer.takeOverdue(at: now.advanced(byMilliseconds: 400), busy: 2).isEmpty)
        // Where a place is free it is about to begin.
        let late = now.advanced(byMilliseconds: 1_000)
        #expect(buffer.takeOverdue(at: late, busy: 1).isEmpty)
        #expect(buffer.wait(at: late, busy: 1) == 100)
        #expect(buffer.wait(at: late, busy: 2) == 0)
        #expect(buffer.credit == 6)
        #expect(buffer.takeOverdue(at: late, busy: 2).count == 2)
        #expect(buffer.credit == 2)
        #expect(buffer.wait(at: now, busy: 2) == nil)
    }

    @Test("an idle worker has what waits in a busy one long before that is free, with a real broker")
    func shared() async throws {
        let broker = try LocalBroker()
        let journal = JobID().description
        let busy = try broker.worker(Slow.self, named: "busy", concurrency: 1, prefetch: 5, drain: .milliseconds(10))
        let long = try await broker.client.enqueue(Slow(journal: journal, milliseconds: 50_000))
        var quick: [EnqueuedJob] = []
        for _ in 0..<5 { quick.append(try await broker.client.enqueue(Slow(journal: journal, milliseconds: 1))) }
        try await Journal.shared.wait(for: 1, in: journal)
        let idle = try broker.worker(Slow.self, named: "idle", concurrency: 1)
        for job in quick { #expect(try await broker.end(of: job).job.state == "succeeded") }
        // The long one still runs.
        #expect(try await broker.client.job(long.id).job.state == "running")
        busy.cancel()
        idle.cancel()
        try await broker.stop()
    }

    @Test("what waits behind a handler that ignores its cancellation goes back, and its place is none")
    func stuck() async throws {
        let registry = JobRegistry(Stubborn.self)
        let runner = JobRunner(
            registry: registry, concurrency: 1, prefetch: 2, desk: EffectDesk(registry: registry) {},
            handlers: HandlerDesk {}, logger: quiet
        ) { _ in }
        let journal = JobID().description
        let (first, second) = (stubborn(journal), stubborn(journal))
        runner.accept([first, second])
        try await Journal.shared.wait(for: 1, in: journal)
        #expect(runner.credit == 3)
        // It is revoked, or its time is over: it runs on.
        runner.drop(first.id)
        #expect(runner.credit == 2)
        let late = second.receivedAt.advanced(byMilliseconds: 1_000)
        #expect(runner.takeOverdue(at: late).map(\.id) == [second.id])
        #expect(runner.credit == 0)
        Journal.shared.note("go", in: journal + "/go")
        while runner.credit == 0 { try await Task.sleep(for: .milliseconds(10)) }
    }

    private func stubborn(_ journal: String) -> LeasedWork {
        let words = LeasedWords(id: JobID(), kind: Stubborn.kind, queue: "default")
        return LeasedWork(words, payload: Array("{\"journal\": \"\(journal)\"}".utf8), at: .now())
    }
}

/// Runs until its journal says so, whatever its task is told.
private struct Stubborn: Job {
    static let kind = "stubborn"
    var journal: String

    func run(in context: JobContext) async throws -> Outcome {
        Journal.shared.note("begun", in: journal)
        let (journal, name) = (Journal.shared, journal + "/go")
        await Task.detached { while journal.read(name).isEmpty { try? await Task.sleep(for: .milliseconds(5)) } }.value
        return .done
    }
}
