import Dispatch

/// The way that the office's mail takes.
public enum MailRoute: Sendable {
    /// Into a folder, from where whoever sends the office's mail takes it. The default.
    case outbox(Outbox)
    /// To a mail server.
    case smtp(SMTPMailer)

    /// Delivers a message once for its name. A server is spoken to on a thread apart from Swift Concurrency's.
    /// - Parameters:
    ///   - message: the message.
    ///   - name: what it is known by here: the file's name without its ending.
    ///   - receipt: what is remembered of it; nil = the digest of its bytes.
    /// - Throws: `MailError`; unless it is `.inDoubt`, nobody got the message.
    public func deliver(
        _ message: MailMessage, name: String, receipt: DeliveryReceipt? = nil
    ) async throws(MailError) -> MailReceipt {
        switch self {
        case .outbox(let outbox):
            let delivered = try outbox.deliver(message, name: name, receipt: receipt)
            return MailReceipt(place: delivered.path, isNew: delivered.isNew, receipt: delivered.receipt)
        case .smtp(let mailer):
            let result = await withCheckedContinuation { continuation in
                Self.threads.async {
                    continuation.resume(
                        returning: Result { () throws(MailError) in
                            try mailer.deliver(message, name: name, receipt: receipt)
                        })
                }
            }
            return try result.get()
        }
    }

    /// Whether the message of a name was delivered, as far as it can be known here.
    public func delivery(name: String) -> Delivery {
        switch self {
        case .outbox(let outbox): outbox.delivery(name: name)
        case .smtp(let mailer): mailer.delivery(name: name)
        }
    }

    /// What is remembered of the message of a name that was delivered; nil = none was, or by a release before receipts.
    public func receipt(name: String) -> DeliveryReceipt? {
        switch self {
        case .outbox(let outbox): outbox.receipt(name: name)
        case .smtp(let mailer): mailer.receipt(name: name)
        }
    }

    private static let threads = DispatchQueue(label: "mail", attributes: .concurrent)
}
