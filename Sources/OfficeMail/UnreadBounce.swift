/// A report of a mail server that says too little for this program, so that a person must read it. It names no address.
public struct UnreadBounce: Sendable, Equatable {
    /// What is missing.
    public enum Reason: String, Sendable, Codable, CaseIterable {
        /// It does not say what became of the message.
        case noStatus
        /// It does not say which message it is about.
        case noMessage
    }

    /// The name of the file that it came in, without a Maildir's flags.
    public var file: String
    /// What is missing.
    public var reason: Reason
    /// What the message was about, where that is known and it was one of ours.
    public var key: String?
}

/// What a message in the folder of bounces turned out to be.
public enum BounceReading: Sendable, Equatable {
    /// A report that says which message and what became of it.
    case report(Bounce)
    /// A report that a person must read.
    case unread(UnreadBounce)

    /// Reads a message.
    /// - Returns: nil where it is no mail server's report.
    public init?(_ bytes: [UInt8], file: String) {
        let message = BounceMessage(bytes)
        if let bounce = Bounce(message, file: file) {
            // A delay is still being tried; only what failed for good needs somebody.
            if bounce.messageID == nil, bounce.recipients.contains(where: \.isFailure) {
                self = .unread(UnreadBounce(file: file, reason: .noMessage, key: nil))
            } else {
                self = .report(bounce)
            }
        } else if message.needsReader {
            let key = message.originalID.flatMap(MessageID.key)
            self = .unread(UnreadBounce(file: file, reason: .noStatus, key: key))
        } else {
            return nil
        }
    }
}
