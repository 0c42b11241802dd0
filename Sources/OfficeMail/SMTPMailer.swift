import HashChain

/// Sends messages to a mail server, each once.
public struct SMTPMailer: Sendable {
    /// The way to the server.
    public let transport: SMTPTransport
    private let sender: String?
    private let record: DeliveryRecord

    /// A mailer.
    /// - Parameters:
    ///   - server: the server.
    ///   - sender: the address to which bounces go; nil is each message's sender.
    ///   - record: a folder in which it notes what was sent; made where it is missing. All workers share it.
    public init(server: SMTPServer, sender: String? = nil, record: String) {
        transport = SMTPTransport(server: server)
        self.sender = sender
        self.record = Self.record(record)
    }

    /// Sends a message, unless one of that name was sent before; it blocks its thread until the server has answered.
    /// - Parameters:
    ///   - name: what the message is known by here.
    ///   - receipt: what is remembered of it; nil = the digest of its bytes.
    /// - Returns: the server's answer, whether it is new, and what is remembered of the message of that name.
    /// - Throws: `MailError`; unless it is `.inDoubt`, nobody got the message.
    public func deliver(
        _ message: MailMessage, name: String, receipt: DeliveryReceipt? = nil
    ) throws(MailError) -> MailReceipt {
        let bytes = try message.encoded()
        let envelope = try MailEnvelope(message, sender: sender)
        if let answer = record.answer(name) {
            return MailReceipt(place: answer, isNew: false, receipt: self.receipt(name: name) ?? .unnamed(file: name))
        }
        let digest = Digest.sha256(bytes)
        let receipt = receipt ?? .document(file: name, number: nil, sha256: digest)
        var mark = DeliveryRecord.Mark(receipt: receipt, bytes: digest)
        try record.prepare(name)
        let reply: SMTPReply
        var lock: DeliveryLock?
        do {
            reply = try transport.send(bytes, in: envelope) { [mark] () throws(MailError) in
                lock = try record.begin(name, mark)
            }
        } catch {
            if lock != nil, error.isUndone { record.withdraw(name) }
            throw error
        }
        let answer = "\(reply.code) \(reply.words)"
        mark.answer = answer
        withExtendedLifetime(lock) { record.finish(name, mark) }
        return MailReceipt(place: answer, isNew: true, receipt: receipt)
    }

    /// What a record of sent messages remembers of the message of a name; nil = it was not sent, or by a release before
    /// receipts.
    public static func receipt(name: String, in folder: String) -> DeliveryReceipt? {
        record(folder).mark(name)?.receipt
    }

    /// What a record of sent messages remembers, by the message's name.
    public static func receipts(in folder: String) -> [(name: String, receipt: DeliveryReceipt)] {
        record(folder).receipts
    }

    private static func record(_ folder: String) -> DeliveryRecord {
        DeliveryRecord(
            folder: folder,
            overtaken: .inDoubt(
                SMTPFailure(stage: .message, words: "another attempt has sent, or is sending, the same message")))
    }

    /// What is remembered of the message of a name; nil = it was not sent, or by a release before receipts.
    public func receipt(name: String) -> DeliveryReceipt? { record.mark(name)?.receipt }

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
    /// What is remembered of it.
    public var receipt: DeliveryReceipt

    /// A receipt.
    public init(place: String, isNew: Bool, receipt: DeliveryReceipt) {
        self.place = place
        self.isNew = isNew
        self.receipt = receipt
    }
}
