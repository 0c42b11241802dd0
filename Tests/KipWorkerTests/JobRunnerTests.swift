import KipCore
import Synchronization
import Testing

@testable import KipWorker

@Suite(.timeLimit(.minutes(1))) struct JobRunnerTests {
    private func work(_ id: JobID, _ attempt: Int32) throws -> LeasedWork {
        var wire = WireLeasedJob()
        wire.id = id.description
        wire.kind = "says"
        wire.attempt = attempt
        return try #require(LeasedWork(wire, payload: Array(#"{"word": "done"}"#.utf8)))
    }

    @Test("a newer attempt that comes in the very moment in which the older one begins is reported, every time")
    func replaced() async throws {
        let registry = JobRegistry(Says.self)
        let desk = EffectDesk(registry: registry) {}
        let reported = Mutex<Set<JobID>>([])
        let runner = JobRunner(registry: registry, concurrency: 8, desk: desk, logger: quiet) { finished in
            if finished.wire.attempt == 2 { _ = reported.withLock { $0.insert(finished.id) } }
        }
        let ids = (0..<3_000).map { _ in JobID() }
        for id in ids {
            runner.accept([try work(id, 1)])
            if id.low % 3 == 0 { await Task.yield() }
            runner.drop(id)
            runner.accept([try work(id, 2)])
        }
        while reported.withLock({ $0.count }) < ids.count { try await Task.sleep(for: .milliseconds(10)) }
    }
}
