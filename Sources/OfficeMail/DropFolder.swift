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
        let target = "\(path)/\(Self.safe(name))"
        let mark = "\(record)/\(Self.safe(name))"
        if exists(mark) { return (target, false) }
        do {
            try FileManager.default.createDirectory(
                atPath: record, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder("\(path): \(error)")
        }
        let draft = "\(record)/.\(Self.safe(name)).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(draft) }
        try write(bytes, to: draft)
        try write([], to: mark + ".begun", isNew: false)
        // A link, unlike a rename, does not replace what is there.
        let isNew = link(draft, target) == 0
        guard isNew || errno == EEXIST else {
            let reason = String(cString: strerror(errno))
            unlink(mark + ".begun")
            throw .folder("\(target): \(reason)")
        }
        rename(mark + ".begun", mark)
        sync(path)
        sync(record)
        return (target, isNew)
    }

    /// Whether a file of that name was put in, whatever became of it since.
    func delivery(_ name: String) -> Delivery {
        let mark = "\(record)/\(Self.safe(name))"
        if exists(mark) || exists("\(path)/\(Self.safe(name))") { return .done }
        return exists(mark + ".begun") ? .inDoubt : .undone
    }

    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private func write(_ bytes: [UInt8], to path: String, isNew: Bool = true) throws(MailError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isNew ? O_EXCL : 0), 0o600)
        guard descriptor >= 0 else { throw .folder("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 { throw .folder("\(path): \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw .folder("\(path): \(String(cString: strerror(errno)))") }
    }

    /// The names in a folder outlive a power cut only when the folder is on disk.
    private func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func safe(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" ? $0 : "-" })
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
