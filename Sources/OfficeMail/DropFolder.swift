import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A folder into which files are put whole and once, for somebody who takes them away: a mailer, a print server.
///
/// What was put is remembered in a folder beside it (`.put`), so that a file which was taken is not put again: before the
/// file appears, `NAME.begun` says that it is about to; after, it is renamed to `NAME`. A crash between the two leaves
/// only `begun`, and nobody but a person can tell whether the file was there and was taken.
struct DropFolder: Sendable {
    let path: String

    private var record: String { path + "/.put" }

    /// Puts a file in, unless one of that name was put before.
    /// - Returns: its path, and whether it is new.
    /// - Throws: `MailError.folder` that names the file; then nothing was put.
    func put(_ bytes: [UInt8], as name: String) throws(MailError) -> (path: String, isNew: Bool) {
        let target = "\(path)/\(DurableFile.safe(name))"
        let mark = "\(record)/\(DurableFile.safe(name))"
        if DurableFile.exists(mark) { return (target, false) }
        try DurableFile.makeFolder(record)
        let draft = "\(record)/.\(DurableFile.safe(name)).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(draft) }
        try DurableFile.write(bytes, to: draft, isNew: true)
        try DurableFile.write([], to: mark + ".begun", isNew: false)
        // A link, unlike a rename, does not replace what is there.
        let isNew = link(draft, target) == 0
        guard isNew || errno == EEXIST else {
            let reason = String(cString: strerror(errno))
            unlink(mark + ".begun")
            throw .folder("\(target): \(reason)")
        }
        rename(mark + ".begun", mark)
        DurableFile.sync(path)
        DurableFile.sync(record)
        return (target, isNew)
    }

    /// Takes a file away that nobody has taken yet; that it was put in is still known.
    /// - Throws: `MailError.folder`.
    func takeAway(_ name: String) throws(MailError) {
        let target = "\(path)/\(DurableFile.safe(name))"
        guard unlink(target) != 0, errno != ENOENT else { return DurableFile.sync(path) }
        throw .folder("\(target): \(String(cString: strerror(errno)))")
    }

    /// Takes away what a process that was killed has left behind: drafts that nobody has finished for a day.
    func clearDrafts() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: record)) ?? []
        let yesterday = Date(timeIntervalSinceNow: -86_400)
        for name in names where name.hasPrefix(".") {
            let path = "\(record)/\(name)"
            let made = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            if let made, made < yesterday { unlink(path) }
        }
    }

    /// Whether a file of that name was put in, whatever became of it since.
    func delivery(_ name: String) -> Delivery {
        let mark = "\(record)/\(DurableFile.safe(name))"
        if DurableFile.exists(mark) || DurableFile.exists("\(path)/\(DurableFile.safe(name))") { return .done }
        return DurableFile.exists(mark + ".begun") ? .inDoubt : .undone
    }
}

/// Whether something was put where others take it from.
public enum Delivery: Sendable, Equatable {
    /// It was put there; it may have been taken since.
    case done
    /// A crash came between: only a person can tell.
    case inDoubt
    /// It was not.
    case undone
}
