import HashChain

/// A folder of messages, one file each: whoever sends mail for the office takes them from there.
public struct Outbox: Sendable {
    private let folder: DropFolder

    /// An outbox; its folder is made where it is missing.
    public init(folder: String) {
        self.folder = DropFolder(path: folder)
    }

    /// Puts a message in, whole and once: the file of a name that is there stays as it is.
    /// - Parameters:
    ///   - name: the file's name without its ending.
    ///   - receipt: what is remembered of it; nil = the digest of its bytes.
    /// - Returns: the file's path, whether it is new, and what is remembered of what was put in under that name.
    /// - Throws: `MailError`.
    public func deliver(
        _ message: MailMessage, name: String, receipt: DeliveryReceipt? = nil
    ) throws(MailError) -> (path: String, isNew: Bool, receipt: DeliveryReceipt) {
        let bytes = try message.encoded()
        return try folder.put(
            DropFolder.File(name: name + ".eml", bytes: bytes),
            receipt: receipt ?? .document(file: name, number: nil, sha256: Digest.sha256(bytes)))
    }

    /// Takes away what killed processes have left unfinished beside its messages.
    public func clearDrafts() { folder.clearDrafts() }

    /// Takes a message away that still lies there.
    /// - Throws: `MailError.folder`.
    public func takeAway(name: String) throws(MailError) { try folder.takeAway(name + ".eml") }

    /// What is remembered of a message that was put in; nil = none was, or by a release before receipts.
    public func receipt(name: String) -> DeliveryReceipt? { folder.receipt(name + ".eml") }

    /// A name as it is that of a file: what folders do not take is a dash.
    public static func fileName(_ name: String) -> String { DurableFile.safe(name) }

    /// What was put in, by the message's name, also what was taken since.
    public var receipts: [(name: String, receipt: DeliveryReceipt)] {
        folder.receipts.map { (String($0.name.hasSuffix(".eml") ? $0.name.dropLast(4) : $0.name[...]), $0.receipt) }
    }

    /// Whether a message of that name was put in, also where it was taken since.
    public func delivery(name: String) -> Delivery { folder.delivery(name + ".eml") }
}
