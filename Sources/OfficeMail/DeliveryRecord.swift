import DurableFiles
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A folder that says what was delivered: a mail server cannot be asked, and files are taken away from a tray.
///
/// Just before something can be seen outside, `NAME.begun` is made, which only one can; when it is certain to be there, it
/// becomes `NAME`, or is taken away where it is certain not to be. So a worker that died before has delivered nothing, and one
/// that hung and woke up does not deliver what another has delivered meanwhile: it looks for `NAME` again once it has
/// `NAME.begun`. Who is delivering holds a lock on `NAME.begun`, which ends with its process.
struct DeliveryRecord: Sendable {
    /// What a file of the record says.
    struct Mark: Codable, Sendable {
        /// What was delivered.
        var receipt: DeliveryReceipt
        /// SHA-256 of its bytes.
        var bytes: String
        /// The mail server's answer; nil = there is none.
        var answer: String?
    }

    let folder: String
    /// What is thrown where another attempt is at the same.
    let overtaken: MailError

    /// Whether something of that name was delivered.
    func delivery(_ name: String) -> Delivery {
        if DurableFile.exists(path(name)) { return .done }
        return DurableFile.exists(begun(name)) ? .inDoubt : .undone
    }

    /// What was delivered under a name; nil where nothing was, or by a release that wrote no marks.
    func mark(_ name: String) -> Mark? { Self.read(path(name)) }

    /// What is about to be delivered under a name; nil as above.
    func begunMark(_ name: String) -> Mark? { Self.read(begun(name)) }

    /// What the server answered to the message of a name; nil where it was not sent.
    func answer(_ name: String) -> String? {
        guard let bytes = FileManager.default.contents(atPath: path(name)) else { return nil }
        return mark(name)?.answer ?? String(decoding: bytes, as: UTF8.self)
    }

    /// The names of what was delivered.
    private var names: [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return all.filter { !$0.hasPrefix(".") && !$0.hasSuffix(Self.begunEnding) }
    }

    /// The receipts of all deliveries, by file name. Deliveries by releases before receipts are not included.
    var receipts: [(name: String, receipt: DeliveryReceipt)] {
        names.sorted().compactMap { name in mark(name).map { (name, $0.receipt) } }
    }

    /// When the first of its names was written; nil = it has none.
    var begins: Date? {
        names.compactMap { name in
            (try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)"))?[.modificationDate] as? Date
        }.min()
    }

    private static func read(_ path: String) -> Mark? {
        FileManager.default.contents(atPath: path).flatMap { try? JSONDecoder().decode(Mark.self, from: $0) }
    }

    /// Makes the folder, and forgets a doubt that nobody works at: who delivers again after one was told to by a person.
    /// - Throws: `overtaken` where another attempt is delivering now.
    func prepare(_ name: String) throws(MailError) {
        try DurableFile.makeFolder(folder)
        let descriptor = open(begun(name), O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        let lock = DeliveryLock(descriptor: descriptor)
        defer { withExtendedLifetime(lock) {} }
        // The file that was opened may have gone since, and another's be there.
        guard lock.isTaken, lock.isFile(begun(name)) else { throw overtaken }
        unlink(begun(name))
    }

    /// It is about to be seen.
    /// - Throws: `overtaken` where another attempt is at the same, `MailError.folder`; then it must not go out.
    func begin(_ name: String, _ mark: Mark) throws(MailError) -> DeliveryLock {
        let begun = begun(name)
        let descriptor = open(begun, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw overtaken }
            throw .folder("\(begun): \(String(cString: strerror(errno)))")
        }
        FileOwnership.adopt(descriptor: descriptor, at: begun)
        let lock = DeliveryLock(descriptor: descriptor)
        defer { withExtendedLifetime(lock) {} }
        // Between the two calls another may have taken the file for a doubt of old.
        guard lock.isTaken, lock.isFile(begun) else { throw overtaken }
        // The other may have come to its end before the file was made.
        guard !DurableFile.exists(path(name)) else {
            unlink(begun)
            throw overtaken
        }
        // The name of the mark is on disk before anything can be seen: after a power cut between the two it would be there,
        // and nobody would know that it may have been taken.
        guard lock.write(Self.bytes(mark)), DurableFile.sync(folder) else {
            let reason = String(cString: strerror(errno))
            unlink(begun)
            throw .folder("\(folder): \(reason)")
        }
        return lock
    }

    /// It was delivered. Where this cannot be written, the doubt stays.
    /// - Parameter mark: what is known by now; nil = what `begin` was told.
    func finish(_ name: String, _ mark: Mark? = nil) {
        if let mark, (try? DurableFile.write(Self.bytes(mark), to: begun(name), isNew: false)) == nil { return }
        rename(begun(name), path(name))
        DurableFile.sync(folder)
    }

    /// It was certainly not delivered.
    func withdraw(_ name: String) {
        unlink(begun(name))
        DurableFile.sync(folder)
    }

    private static func bytes(_ mark: Mark) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(mark)).map { [UInt8]($0) + [UInt8(ascii: "\n")] } ?? []
    }

    private static let begunEnding = ".begun"
    private func path(_ name: String) -> String { "\(folder)/\(DurableFile.safe(name))" }
    private func begun(_ name: String) -> String { path(name) + Self.begunEnding }
}

/// The lock of the one who is delivering.
final class DeliveryLock {
    private let descriptor: Int32
    /// Whether the lock was free.
    let isTaken: Bool

    fileprivate init(descriptor: Int32) {
        self.descriptor = descriptor
        isTaken = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    deinit {
        // A child that was spawned meanwhile may have a copy of the descriptor until it begins its program (flock(2)).
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    fileprivate func isFile(_ path: String) -> Bool {
        var held = stat()
        var found = stat()
        return fstat(descriptor, &held) == 0 && stat(path, &found) == 0 && held.st_ino == found.st_ino
            && held.st_dev == found.st_dev
    }

    fileprivate func write(_ bytes: [UInt8]) -> Bool {
        pwrite(descriptor, bytes, bytes.count, 0) == bytes.count && fsync(descriptor) == 0
    }
}
