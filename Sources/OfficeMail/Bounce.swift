/// A mail server's report on what became of a message (RFC 3464, or in words). It is a claim: anybody can send one. So it is something to
/// show to a person, not to act upon.
public struct Bounce: Sendable, Equatable {
    /// What became of the message for one recipient.
    public struct Recipient: Sendable, Equatable {
        /// The address. It stays out of logs.
        public var address: String
        /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`, in small letters.
        public var action: String
        /// `5.1.1`, say (RFC 3463): 5 is for good, 4 for now, 2 is delivered.
        public var status: String
        /// The words of the server that refused it; empty where there are none. They may hold the address.
        public var diagnostic: String

        /// The recipient does not get the message, and no server tries any more. (A delay is still being tried.)
        public var isFailure: Bool { action == "failed" }
    }

    /// The name of the file that it came in, without a Maildir's flags: it stays the same.
    public var file: String
    /// The Message-ID of the message that it is about, with the angle brackets; nil where it does not say.
    public var messageID: String?
    /// What the message was about, where it was one of ours: `MailMessage.key`.
    public var key: String? { messageID.flatMap(MessageID.key) }
    /// The same, of a message whose key was too long to be read back: which of some keys it is.
    public func key(among keys: some Sequence<String>) -> String? {
        messageID.flatMap { MessageID.key(of: $0, among: keys) }
    }
    /// It is about a message of this program, of this office or another.
    public var isOurs: Bool { messageID.map(MessageID.isOurs) ?? false }
    /// Its recipients, one or more.
    public var recipients: [Recipient]

    /// Reads a message.
    /// - Parameters:
    ///   - bytes: the message; its end may be missing.
    ///   - file: where it came from.
    /// - Returns: nil where it is no report on a delivery, or does not say what became of the message.
    public init?(_ bytes: [UInt8], file: String) {
        self.init(BounceMessage(bytes), file: file)
    }

    init?(_ message: BounceMessage, file: String) {
        guard let recipients = message.recipients, !recipients.isEmpty else { return nil }
        self.recipients = recipients
        self.file = file
        messageID = message.originalID
    }
}
