import KipCore
import Office
import OfficeMail

extension JobContext {
    /// Lays a document into the print tray, once for an effect's key.
    /// - Parameters:
    ///   - bytes: what is laid there, where it is not the document as it was issued.
    ///   - sheet: a page that goes with it: both are laid there, or neither.
    ///   - effect: the effect's key.
    /// - Returns: what went out under that key, now or before.
    @discardableResult
    func print(
        _ document: IssuedDocument, _ bytes: [UInt8]? = nil, with sheet: (name: String, bytes: [UInt8])? = nil,
        effect: String, in tray: PrintTray
    ) async throws -> DeliveryReceipt {
        try await once(effect) {
            do throws(MailError) {
                return try tray.put(
                    bytes ?? document.bytes, name: document.fileName, with: sheet,
                    receipt: .document(file: document.fileName, number: document.number, sha256: document.sha256)
                ).receipt
            } catch {
                guard error.isUndone else { throw error }
                // A document is in the tray whole or not at all.
                throw EffectDidNotHappen("\(error)")
            }
        }
    }
}
