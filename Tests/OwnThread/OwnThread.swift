import Dispatch
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

/// One queue of Dispatch, whose threads are its own.
private final class Threads: TaskExecutor {
    static let shared = Threads()
    private let queue = DispatchQueue(label: "tests that compute", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
