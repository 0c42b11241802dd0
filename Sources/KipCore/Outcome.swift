import Foundation

/// How an attempt went.
public enum Outcome: Sendable, Equatable {
    /// Done; the bytes, often JSON, are kept as the job's result.
    case succeeded(result: [UInt8])
    /// Not now: a failure that is tried again after a time of the handler's own choice.
    case retry(after: Duration, reason: String)
    /// It can never work: a dead letter at once.
    case discard(reason: String)

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
