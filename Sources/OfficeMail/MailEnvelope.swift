/// What a mail server is told: who sends, to whom. The message's own headers are for its readers.
public struct MailEnvelope: Sendable, Equatable {
    /// The address to which bounces go.
    public let sender: String
    /// The recipients, each once.
    public let recipients: [String]

    /// An envelope.
    /// - Throws: `MailError.message` where an address is none, or there is no recipient.
    public init(sender: String, recipients: [String]) throws(MailError) {
        guard !recipients.isEmpty else { throw .message("it has no recipient") }
        try MailAddress.check(sender, "the sender")
        var each: [String] = []
        for address in recipients where !each.contains(address) {
            try MailAddress.check(address, "recipient \(each.count + 1)")
            each.append(address)
        }
        self.sender = sender
        self.recipients = each
    }

    /// The envelope of a message, for all that it names.
    /// - Parameter sender: to whom bounces go; nil is the message's sender.
    /// - Throws: as the other.
    public init(_ message: MailMessage, sender: String? = nil) throws(MailError) {
        try self.init(sender: sender ?? message.from, recipients: message.to + message.cc)
    }
}
