/// A folder of messages, one file each: whoever sends mail for the office takes them from there.
public struct Outbox: Sendable {
    private let folder: DropFolder

    /// An outbox; its folder is made where it is missing.
    public init(folder: String) {
        self.folder = DropFolder(path: folder)
    }

    /// Puts a message in, whole and once: the file of a name that is there stays as it is.
    /// - Parameter name: the file's name without its ending.
    /// - Returns: the file's path, and whether it is new.
    /// - Throws: `MailError`.
    public func deliver(_ message: MailMessage, name: String) throws(MailError) -> (path: String, isNew: Bool) {
        try folder.put(try message.encoded(), as: name + ".eml")
    }

    /// Takes away what killed processes have left unfinished beside its messages.
    public func clearDrafts() { folder.clearDrafts() }

    /// Takes a message away that still lies there.
    /// - Throws: `MailError.folder`.
    public func takeAway(name: String) throws(MailError) { try folder.takeAway(name + ".eml") }

    /// Whether a message of that name was put in, also where it was taken since.
    public func delivery(name: String) -> Delivery { folder.delivery(name + ".eml") }
}
