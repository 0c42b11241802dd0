import KipCore
import KipWorker
import OfficeMail

extension JobContext {
    /// Sends a message once for an effect's key.
    ///
    /// What may succeed later is an error, and the job is tried again; what the server will never take makes a dead letter
    /// with its words; what nobody knows to have gone leaves the effect in doubt, and a person decides.
    /// - Parameters:
    ///   - name: what the message is known by where it is delivered.
    ///   - effect: the effect's key.
    /// - Returns: whether it went out now, and not before.
    func mail(
        _ message: MailMessage, named name: String, effect: String, by route: MailRoute
    ) async throws -> Bool {
        var isNew = false
        var refused: MailError?
        do {
            _ = try await once(effect) {
                do throws(MailError) {
                    isNew = try await route.deliver(message, name: name).isNew
                    return name
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
        return isNew
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
