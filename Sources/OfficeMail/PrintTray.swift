/// A folder of documents that are to be printed, one PDF each: the desk, or a print server that watches the folder, takes
/// them from there.
public struct PrintTray: Sendable {
    private let folder: DropFolder

    /// A tray; its folder is made where it is missing.
    public init(folder: String) {
        self.folder = DropFolder(path: folder)
    }

    /// Puts a document in, whole and once: the file of a name that is there stays as it is.
    /// - Parameter name: the file's name, with its ending.
    /// - Returns: the file's path, and whether it is new.
    /// - Throws: `MailError.folder`.
    @discardableResult
    public func put(_ document: [UInt8], name: String) throws(MailError) -> (path: String, isNew: Bool) {
        try folder.put(document, as: name)
    }

    /// Takes away what killed processes have left unfinished beside its documents.
    public func clearDrafts() { folder.clearDrafts() }

    /// Takes a document away that still lies there.
    /// - Throws: `MailError.folder`.
    public func takeAway(name: String) throws(MailError) { try folder.takeAway(name) }

    /// Whether a document of that name was put in, also where it was taken since.
    public func delivery(name: String) -> Delivery { folder.delivery(name) }
}
