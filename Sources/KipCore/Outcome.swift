import Foundation

/// How an attempt went.
public enum Outcome: Sendable, Equatable {
    /// Done; the bytes, often JSON, are kept as the job's result.
    case succeeded(result: [UInt8])
    /// Not now: a failure that is tried again after a time of the handler's own choice.
    case retry(after: Duration, reason: String)
    /// It can never work: a dead letter at once.
    case discard(reason: String)
    /// The time has not come (a mailbox is full until tomorrow, a file is expected): again after a time of the handler's
    /// own choice, at most 30 days. It is no failure, costs no attempt, and may go on for ever.
    case snooze(for: Duration, reason: String)

    /// Done, without a result.
    public static var done: Outcome { .succeeded(result: []) }

    /// Done, with a result that is kept as JSON.
    /// - Throws: `EncodingError`.
    public static func done(_ result: some Encodable) throws -> Outcome {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return .succeeded(result: Array(try encoder.encode(result)))
    }
}

/// An outcome as an error, for code deep inside of a handler that cannot return one.
///
/// ```swift
/// guard let address else { throw JobSignal.discard(reason: "nobody lives there") }
/// ```
public enum JobSignal: Error, Sendable, Equatable {
    /// As `Outcome.retry`.
    case retry(after: Duration, reason: String)
    /// As `Outcome.discard`.
    case discard(reason: String)
    /// As `Outcome.snooze`.
    case snooze(for: Duration, reason: String)

    /// The outcome that it stands for.
    public var outcome: Outcome {
        switch self {
        case .retry(let after, let reason): .retry(after: after, reason: reason)
        case .discard(let reason): .discard(reason: reason)
        case .snooze(let duration, let reason): .snooze(for: duration, reason: reason)
        }
    }
}
