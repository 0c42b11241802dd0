import KipWorker

/// Notes its attempt, waits, notes its end.
struct Slow: Job {
    static let kind = "slow"
    var journal: String
    var milliseconds: Int

    func run(in context: JobContext) async throws -> Outcome {
        Journal.shared.note("start \(context.attempt)", in: journal)
        do {
            try await Task.sleep(for: .milliseconds(milliseconds))
        } catch {
            Journal.shared.note("cancelled", in: journal)
            throw error
        }
        Journal.shared.note("end", in: journal)
        return try .done(["attempt": context.attempt])
    }
}

/// Fails so many times, then succeeds.
struct Flaky: Job {
    struct Trouble: Error, CustomStringConvertible { let description: String }

    static let kind = "flaky"
    static let options = JobOptions(maxAttempts: 3, retry: RetryPolicy(baseMilliseconds: 1, capMilliseconds: 5))
    var failures: Int

    func run(in context: JobContext) async throws -> Outcome {
        if context.failures < failures { throw Trouble(description: "trouble \(context.failures + 1)") }
        return try .done("after \(context.failures)")
    }
}

/// Says an outcome.
struct Says: Job {
    static let kind = "says"
    static let options = JobOptions(maxAttempts: 2)
    var word: String

    func run(in context: JobContext) async throws -> Outcome {
        switch word {
        case "discard": .discard(reason: "no use")
        case "snooze": context.attempt < 4 ? .snooze(for: .milliseconds(1), reason: "not open yet") : .done
        case "again": context.failures == 0 ? .retry(after: .milliseconds(1), reason: "not yet") : .done
        case "long error": .retry(after: .milliseconds(1), reason: String(repeating: "ệ", count: 20 << 20))
        case "too much": .succeeded(result: [UInt8](repeating: 0x30, count: Limits.payloadBytes + 1))
        default: .done
        }
    }
}

/// Throws what decides, and knows itself when to try again.
struct Throws: Job {
    struct Busy: Error {}

    static let kind = "throws"
    static let options = JobOptions(maxAttempts: 2, retry: RetryPolicy(baseMilliseconds: 3_600_000))
    var word: String

    func run(in context: JobContext) async throws -> Outcome {
        switch word {
        case "discard": throw JobSignal.discard(reason: "thrown away")
        case "snooze" where context.attempt < 3: throw JobSignal.snooze(for: .milliseconds(1), reason: "later")
        case "busy" where context.failures == 0: throw Busy()
        default: return .done
        }
    }

    /// The policy would wait an hour.
    func delay(afterFailure number: Int, _ error: any Error) -> Duration? {
        error is Busy ? .milliseconds(number) : nil
    }
}

/// Makes children, then fails or succeeds.
struct Parent: Job {
    static let kind = "parent"
    static let options = JobOptions(maxAttempts: 1)
    var journal: String
    var children: Int
    var fails: Bool

    func run(in context: JobContext) async throws -> Outcome {
        for _ in 0..<children {
            try context.enqueue(Slow(journal: journal, milliseconds: 0))
        }
        return fails ? .discard(reason: "after the children") : .done
    }
}

/// Makes as many children as asked, all in one go.
struct Broad: Job {
    static let kind = "broad"
    static let options = JobOptions(maxAttempts: 1)
    var children: Int

    func run(in context: JobContext) async throws -> Outcome {
        for _ in 0..<children { try context.enqueue(Says(word: "done")) }
        return .done
    }
}
