import KipCore
import KipWorker
import Office
import OfficeMail

extension JobContext {
    /// Sends a message once for an effect's key.
    ///
    /// What may succeed later is an error, and the job is tried again; what the server will never take makes a dead letter
    /// with its words; what nobody knows to have gone leaves the effect in doubt, and a person decides.
    /// - Parameters:
    ///   - name: what the message is known by where it is delivered.
    ///   - effect: the effect's key.
    ///   - document: what it carries, for the receipt; nil = the receipt is about the message.
    /// - Returns: whether it went out now, and not before; what went out under that key.
    func mail(
        _ message: MailMessage, named name: String, effect: String, carrying document: IssuedDocument? = nil,
        by route: MailRoute
    ) async throws -> (isNew: Bool, receipt: DeliveryReceipt) {
        var isNew = false
        var refused: MailError?
        let receipt: DeliveryReceipt
        do {
            receipt = try await once(effect) {
                do throws(MailError) {
                    let delivered = try await route.deliver(
                        message, name: name,
                        receipt: document.map { .document(file: name, number: $0.number, sha256: $0.sha256) })
                    isNew = delivered.isNew
                    return delivered.receipt
                } catch {
                    guard error.isUndone else { throw error }
                    if !error.mayPass { refused = error }
                    throw EffectDidNotHappen("\(error)")
                }
            }
        } catch {
            if let refused { throw JobSignal.discard(reason: "\(refused)") }
            throw error
        }
        return (isNew, receipt)
    }
}

extension MailError {
    /// Whether the same message may go through later: a server that does not let the office in has its settings or the
    /// office's password wrong, which a person mends, and a day's mail should not be dead for it.
    fileprivate var mayPass: Bool {
        if case .refused(let failure) = self { return [.connection, .encryption, .login].contains(failure.stage) }
        if case .settings = self { return true }
        return isTemporary
    }
}
