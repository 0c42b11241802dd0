import KipCore
import Office
import OfficeMail

extension JobContext {
    /// Lays a document into the print tray, once for its key.
    /// - Parameters:
    ///   - bytes: what is laid there, where it is not the document as it was issued.
    ///   - sheet: a page that goes with it, and is there when the document is.
    func print(
        _ document: IssuedDocument, _ bytes: [UInt8]? = nil, with sheet: (name: String, bytes: [UInt8])? = nil,
        in tray: PrintTray
    ) async throws {
        _ = try await once("print/\(document.key)") {
            do throws(MailError) {
                if let sheet { try tray.put(sheet.bytes, name: sheet.name) }
                try tray.put(bytes ?? document.bytes, name: document.fileName)
                return document.fileName
            } catch {
                // A document is in the tray whole or not at all.
                throw EffectDidNotHappen("\(error)")
            }
        }
    }
}
