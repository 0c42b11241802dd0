import Foundation
import HashChain

/// A folder of documents that are to be printed, one PDF each: the desk, or a print server that watches the folder, takes
/// them from there.
public struct PrintTray: Sendable {
    private let folder: DropFolder

    /// A tray; its folder is made where it is missing.
    public init(folder: String) {
        self.folder = DropFolder(path: folder)
    }

    /// Puts a document in, whole and once: the file of a name that is there stays as it is.
    /// - Parameters:
    ///   - name: the file's name, with its ending.
    ///   - sheet: a page that goes with it, as for its envelope: both are put in, or neither.
    ///   - receipt: what is remembered of it; nil = the digest of its bytes.
    /// - Returns: the file's path, whether it is new, and what is remembered of what was put in under that name.
    /// - Throws: `MailError.folder`: nothing was put in. `MailError.uncertainFile`: a person must look.
    @discardableResult
    public func put(
        _ document: [UInt8], name: String, with sheet: (name: String, bytes: [UInt8])? = nil,
        receipt: DeliveryReceipt? = nil
    ) throws(MailError) -> (path: String, isNew: Bool, receipt: DeliveryReceipt) {
        try folder.put(
            DropFolder.File(name: name, bytes: document),
            with: sheet.map { DropFolder.File(name: $0.name, bytes: $0.bytes) },
            receipt: receipt ?? .document(file: name, number: nil, sha256: Digest.sha256(document)))
    }

    /// Takes away what killed processes have left unfinished beside its documents.
    public func clearDrafts() { folder.clearDrafts() }

    /// Takes a document away that still lies there.
    /// - Throws: `MailError.folder`.
    public func takeAway(name: String) throws(MailError) { try folder.takeAway(name) }

    /// What is remembered of a document that was put in; nil = none was, or by a release before receipts.
    public func receipt(name: String) -> DeliveryReceipt? { folder.receipt(name) }

    /// What was put in, by file name, also what was taken since.
    public var receipts: [(name: String, receipt: DeliveryReceipt)] { folder.receipts }

    /// What lies there under a name.
    public func content(name: String) -> DropContent { folder.content(name) }

    /// When a document was first put in, as far as it is remembered; nil = none was.
    public var begins: Date? { folder.begins }

    /// Whether a document of that name was put in, also where it was taken since.
    public func delivery(name: String) -> Delivery { folder.delivery(name) }
}
