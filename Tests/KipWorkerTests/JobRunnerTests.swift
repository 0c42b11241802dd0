import KipCore
import Synchronization
import Testing
import ZeroMQ

@testable import KipWorker

@Suite(.timeLimit(.minutes(15))) struct JobRunnerTests {
    private func work(_ id: JobID, _ attempt: Int32) -> LeasedWork {
        var words = LeasedWords(id: id, kind: "says", queue: "default")
        words.attempt = attempt
        return LeasedWork(words, payload: Array(#"{"word": "done"}"#.utf8), at: .now())
    }

    @Test("a newer attempt that comes in the very moment in which the older one begins is reported, every time")
    func replaced() async throws {
        let registry = JobRegistry(Says.self)
        let desk = EffectDesk(registry: registry) {}
        let reported = Mutex<Set<JobID>>([])
        let runner = JobRunner(
            registry: registry, concurrency: 8, desk: desk, handlers: HandlerDesk {}, logger: quiet
        ) { finished in
            if finished.attempt == 2 { _ = reported.withLock { $0.insert(finished.id) } }
        }
        // From a thread of its own, as in a worker: both threads of Swift Concurrency are free to begin.
        let ids = (0..<20_000).map { _ in JobID() }
        let pairs = ids.map { (work($0, 1), work($0, 2)) }
        await withCheckedContinuation { continuation in
            SocketThread.start(name: "transport") {
                for (older, newer) in pairs {
                    runner.accept([older])
                    // A moment, each time another one: some of them fall between the taking and the beginning.
                    let until = ContinuousClock.now + .microseconds(Int64(older.id.low % 40))
                    while ContinuousClock.now < until {}
                    runner.drop(older.id)
                    runner.accept([newer])
                }
                continuation.resume()
            }
        }
        while reported.withLock({ $0.count }) < ids.count { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test("handlers that never wait leave others their turn: a time limit ends while they go on")
    func turns() async throws {
        let registry = JobRegistry(Spins.self, Sleeps.self)
        let order = Mutex<[WireResult.Outcome]>([])
        let runner = JobRunner(
            registry: registry, concurrency: 4, prefetch: 1_000, desk: EffectDesk(registry: registry) {},
            handlers: HandlerDesk {}, logger: quiet
        ) { finished in order.withLock { $0.append(finished.outcome) } }
        var sleeping = LeasedWords(id: JobID(), kind: Sleeps.kind, queue: "default")
        (sleeping.attempt, sleeping.timeoutMs) = (1, 30)
        var works = [LeasedWork(sleeping, payload: [], at: .now())]
        for _ in 0..<400 {
            var spinning = LeasedWords(id: JobID(), kind: Spins.kind, queue: "default")
            spinning.attempt = 1
            works.append(LeasedWork(spinning, payload: [], at: .now()))
        }
        runner.accept(works)
        while order.withLock({ $0.count }) < works.count { try await Task.sleep(for: .milliseconds(10)) }
        let place = try #require(order.withLock { $0.firstIndex(of: .failed) })
        #expect(place < 390, "the time limit was heard after \(place) handlers")
    }
}

/// Works for some milliseconds without waiting for anything.
private struct Spins: Job {
    static let kind = "spins"

    func run(in context: JobContext) async throws -> Outcome {
        let until = ContinuousClock.now + .milliseconds(5)
        while ContinuousClock.now < until {}
        return .done
    }
}

/// Waits for what does not come.
private struct Sleeps: Job {
    static let kind = "sleeps"

    func run(in context: JobContext) async throws -> Outcome {
        try await Task.sleep(for: .seconds(60))
        return .done
    }
}
