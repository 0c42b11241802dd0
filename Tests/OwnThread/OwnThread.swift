import Foundation
public import Testing

/// Runs a suite's tests on threads of their own.
///
/// Tests that compute for seconds without a pause hold the threads of Swift Concurrency, of which there is one for each core:
/// handlers that another suite waits for would not begin meanwhile.
public struct OwnThread: SuiteTrait, TestTrait, TestScoping {
    /// It goes for each test of a suite.
    public let isRecursive = true

    /// Runs a test away from Swift Concurrency's threads.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(Threads.shared) { try await function() }
    }
}

extension Trait where Self == OwnThread {
    /// Runs the tests on threads of their own, beside those of Swift Concurrency.
    public static var ownThread: Self { OwnThread() }
}

/// As many threads as there may be tests that wait at once. Dispatch would make them when it sees that others are blocked, which
/// it looks for from time to time only.
private final class Threads: TaskExecutor, @unchecked Sendable {
    static let shared = Threads(count: 32)
    private let condition = NSCondition()
    // Safe: only touched between `lock` and `unlock`.
    private var jobs: [UnownedJob] = []

    private init(count: Int) {
        for _ in 0..<count {
            let thread = Thread { self.work() }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.withLock {
            jobs.append(job)
            condition.signal()
        }
    }

    private func work() {
        while true {
            let job = condition.withLock {
                while jobs.isEmpty { condition.wait() }
                return jobs.removeFirst()
            }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
