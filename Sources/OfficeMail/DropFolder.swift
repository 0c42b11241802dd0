import Foundation
import HashChain

#if canImport(Glibc)
    import Glibc
#endif

/// A folder into which files are put whole and once, for somebody who takes them away: a mailer, a print server.
///
/// What was put is remembered in a folder beside it (`.put`, a `DeliveryRecord`), so that a file which was taken is not put
/// again, and says what was put. A crash between a file and its mark leaves `NAME.begun`; where the file is not there any
/// more, nobody but a person can tell whether it was there and was taken.
struct DropFolder: Sendable {
    let path: String

    /// A file that is put in.
    struct File: Sendable {
        var name: String
        var bytes: [UInt8]
    }

    private var record: DeliveryRecord {
        DeliveryRecord(
            folder: path + "/.put",
            overtaken: .uncertainFile("\(path): another attempt has put, or is putting, the same file there"))
    }

    /// Puts a file in, unless one of that name was put before.
    /// - Parameters:
    ///   - companion: a file that goes before it, under the same mark: both are put, or neither.
    ///   - receipt: what is remembered of it.
    /// - Returns: its path, whether it is new, and what is remembered of what was put under that name.
    /// - Throws: `MailError.folder` that names the file; then nothing was put. `MailError.uncertainFile`.
    func put(
        _ file: File, with companion: File? = nil, receipt: DeliveryReceipt
    ) throws(MailError) -> (path: String, isNew: Bool, receipt: DeliveryReceipt) {
        if let put = before(file.name) { return put }
        try DurableFile.makeFolder(record.folder)
        let pieces = [companion, file].compactMap(\.self).map { Piece($0, in: path, drafts: record.folder) }
        defer { for piece in pieces { unlink(piece.draft) } }
        for piece in pieces { try piece.check() }
        for piece in pieces { try DurableFile.write(piece.bytes, to: piece.draft, isNew: true) }
        let mark = DeliveryRecord.Mark(receipt: receipt, bytes: Digest.sha256(file.bytes))
        let lock: DeliveryLock
        do {
            try record.prepare(file.name)
            lock = try record.begin(file.name, mark)
        } catch {
            // The other has come to its end meanwhile.
            if case .uncertainFile = error, let put = before(file.name) { return put }
            throw error
        }
        defer { withExtendedLifetime(lock) {} }
        let isNew = try link(pieces, file.name)
        record.finish(file.name)
        return (target(file.name), isNew, receipt)
    }

    private func before(_ name: String) -> (path: String, isNew: Bool, receipt: DeliveryReceipt)? {
        guard record.delivery(name) == .done else { return nil }
        return (target(name), false, self.receipt(name) ?? .unnamed(file: name))
    }

    /// A file beside its draft.
    private struct Piece {
        let draft: String
        let target: String
        let bytes: [UInt8]
        let digest: String

        init(_ file: File, in folder: String, drafts: String) {
            let name = DurableFile.safe(file.name)
            target = "\(folder)/\(name)"
            draft = "\(drafts)/.\(name).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
            bytes = file.bytes
            digest = Digest.sha256(file.bytes)
        }

        /// What is there and is something else stays: somebody put it there.
        func check() throws(MailError) {
            if DurableFile.isThere(target), DurableFile.digest(target) != digest {
                throw .folder("\(target) is there, and is not what is to be put there: take it away")
            }
        }
    }

    /// All of them, or none.
    /// - Returns: whether the last one is new.
    private func link(_ pieces: [Piece], _ name: String) throws(MailError) -> Bool {
        var linked: [String] = []
        var isNew = false
        for piece in pieces {
            // A link, unlike a rename, does not replace what is there.
            isNew = Glibc.link(piece.draft, piece.target) == 0
            let error = errno
            if isNew { linked.append(piece.target) }
            if !isNew, error != EEXIST || DurableFile.digest(piece.target) != piece.digest {
                throw takeBack(linked, name, "\(piece.target): \(String(cString: strerror(error)))")
            }
        }
        // One whose name may not outlive the power is taken back, unless somebody has taken it already.
        if !DurableFile.sync(path) { throw takeBack(linked, name, "\(path): the names in it cannot be synced") }
        return isNew
    }

    private func takeBack(_ linked: [String], _ name: String, _ reason: String) -> MailError {
        let isBack = linked.map { unlink($0) == 0 }.allSatisfy(\.self)
        guard isBack else { return .uncertainFile("\(reason); something of it was taken already") }
        record.withdraw(name)
        return .folder(reason)
    }

    /// Takes a file away that nobody has taken yet; that it was put in is still known.
    /// - Throws: `MailError.folder`.
    func takeAway(_ name: String) throws(MailError) {
        let target = target(name)
        guard unlink(target) != 0, errno != ENOENT else {
            DurableFile.sync(path)
            return
        }
        throw .folder("\(target): \(String(cString: strerror(errno)))")
    }

    /// Takes away what a process that was killed has left behind: drafts that nobody has finished for a day.
    func clearDrafts() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: record.folder)) ?? []
        let yesterday = Date(timeIntervalSinceNow: -86_400)
        for name in names where name.hasPrefix(".") {
            let path = "\(record.folder)/\(name)"
            let made = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
            if let made, made < yesterday { unlink(path) }
        }
    }

    /// Whether a file of that name was put in, whatever became of it since.
    func delivery(_ name: String) -> Delivery {
        let delivery = record.delivery(name)
        guard delivery == .inDoubt else { return delivery }
        guard let digest = DurableFile.digest(target(name)) else { return .inDoubt }
        // Marks of before say nothing.
        return record.begunMark(name).map { $0.bytes == digest } ?? true ? .done : .inDoubt
    }

    /// What is remembered of a file that was put in, or was about to be; nil = nothing was, or by a release before receipts.
    func receipt(_ name: String) -> DeliveryReceipt? {
        (record.mark(name) ?? record.begunMark(name))?.receipt
    }

    /// What lies there under a name.
    func content(_ name: String) -> DropContent {
        let target = target(name)
        if !DurableFile.isThere(target) { return .nothing }
        return DurableFile.digest(target).map { .file(sha256: $0) } ?? .noFile
    }

    /// The receipts of all files that were put in, by file name.
    var receipts: [(name: String, receipt: DeliveryReceipt)] { record.receipts }

    /// When something was first put in, as far as it is remembered.
    var begins: Date? { record.begins }

    private func target(_ name: String) -> String { "\(path)/\(DurableFile.safe(name))" }
}

/// What lies in a tray under a name.
public enum DropContent: Sendable, Equatable {
    /// Nothing: it was never put there, or was taken.
    case nothing
    /// A plain file.
    case file(sha256: String)
    /// Something else: a link, a folder, what cannot be read.
    case noFile
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
