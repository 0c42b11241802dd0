/// Sends messages to a mail server, each once.
public struct SMTPMailer: Sendable {
    /// The way to the server.
    public let transport: SMTPTransport
    private let sender: String?
    private let record: SentRecord

    /// A mailer.
    /// - Parameters:
    ///   - server: the server.
    ///   - sender: the address to which bounces go; nil is each message's sender.
    ///   - record: a folder in which it notes what was sent; made where it is missing. All workers share it.
    public init(server: SMTPServer, sender: String? = nil, record: String) {
        transport = SMTPTransport(server: server)
        self.sender = sender
        self.record = SentRecord(folder: record)
    }

    /// Sends a message, unless one of that name was sent before; it blocks its thread until the server has answered.
    /// - Parameter name: what the message is known by here.
    /// - Returns: the server's answer, and whether it is new.
    /// - Throws: `MailError`; unless it is `.inDoubt`, nobody got the message.
    public func deliver(_ message: MailMessage, name: String) throws(MailError) -> MailReceipt {
        let bytes = try message.encoded()
        let envelope = try MailEnvelope(message, sender: sender)
        if let answer = record.answer(name) { return MailReceipt(place: answer, isNew: false) }
        try record.prepare(name)
        let reply: SMTPReply
        var mark: SendingMark?
        do {
            reply = try transport.send(bytes, in: envelope) { () throws(MailError) in
                mark = try record.begin(name)
            }
        } catch {
            if mark != nil, error.isUndone { record.withdraw(name) }
            throw error
        }
        let answer = "\(reply.code) \(reply.words)"
        withExtendedLifetime(mark) { record.finish(name, answer: answer) }
        return MailReceipt(place: answer, isNew: true)
    }

    /// Whether a message of that name was sent: `.inDoubt` only where the connection or the worker broke between the
    /// message's end and the server's answer.
    public func delivery(name: String) -> Delivery { record.delivery(name) }
}

/// What is known of a message that was delivered.
public struct MailReceipt: Sendable, Equatable, Codable {
    /// The file in the outbox, or the mail server's answer.
    public var place: String
    /// It was delivered now; otherwise before.
    public var isNew: Bool

    /// A receipt.
    public init(place: String, isNew: Bool) {
        self.place = place
        self.isNew = isNew
    }
}
