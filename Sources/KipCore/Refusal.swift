/// A request that was refused and changed nothing: what the broker answers as `{"error": …}`.
public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The reason for programs.
    public enum Code: String, Sendable {
        /// The message is not KIP/1.
        case malformed
        /// A value is out of its range or missing.
        case invalid
        /// More than a limit allows.
        case tooLarge = "too-large"
        /// The sender's key does not allow it.
        case forbidden
        /// The unique key belongs to a job with another payload.
        case keyTaken = "key-taken"
        /// What is asked does not go with how the thing stands.
        case conflict
        /// No such job, schedule or worker.
        case notFound = "not-found"
        /// The worker must say hello again.
        case unknownSession = "unknown-session"
        /// The broker could not write; nothing was stored.
        case storage
        /// The broker does not know whether it has stored it; the same message, sent again with the same ids, does no harm.
        case unknown
        /// Too much is waiting for the disk; try again.
        case busy
    }

    /// The reason for programs.
    public let code: Code
    /// The reason for people: what, where, and what to do.
    public let message: String

    /// A refusal. Its text is truncated to `Limits.errorBytes`, as it may repeat what was sent.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = Self.clipped(message)
    }

    /// An error's text, at most so long as it is kept.
    public static func clipped(_ text: String) -> String {
        text.clipped(toBytes: Limits.errorBytes)
    }

    /// Code and message.
    public var description: String { "\(code.rawValue): \(message)" }

    /// The answer on the wire.
    public var wire: WireHeader.OneOf_Body {
        var error = WireRefused()
        error.code = code.rawValue
        error.message = message
        return .error(error)
    }
}

extension Refusal {
    /// Whether a code blames what the message says: it will be refused again however often it is said, and where it names
    /// many things one of them may be at fault for all.
    package static func blamesContent(_ code: String) -> Bool {
        [Code.invalid, .tooLarge, .malformed, .keyTaken].contains { $0.rawValue == code }
    }
}
