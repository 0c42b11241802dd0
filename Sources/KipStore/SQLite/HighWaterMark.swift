import DurableFiles
import GRDB
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// What the database must know at least, in a file outside of it and its log (`kip.mark`): a log that was removed, or a
/// database that another has replaced, would otherwise look like one that never knew more.
///
/// A number in the database grows now and then in a transaction that is written anyway, and stands in the file when that
/// is on disk. It grows with the first batch after a start and after each checkpoint, and about once a second while
/// something is written: a batch pays one look at a flag, and no fsync. Beside it stands how many lines the journal outside
/// has, from each time that one is added: a journal that was replaced by an older copy of itself has fewer. The file is not
/// fsynced either: after a power cut it may say less than the database knows, never more.
final class HighWaterMark: Sendable {
    private let path: String
    private let descriptor: Int32
    private let due = Atomic(true)

    /// What the file says.
    struct Mark: Equatable {
        /// The number that the database had.
        var number: Int64
        /// Lines that the journal outside had; nil = a mark of an earlier version, which does not say it.
        var lines: Int?
    }

    /// - Parameter directory: the data directory.
    init(directory: String) {
        path = directory + "/kip.mark"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if descriptor >= 0 { FileOwnership.adopt(descriptor: descriptor, at: path) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next batch moves the mark. Any thread may call it.
    func setDue() { due.store(true, ordering: .relaxed) }

    /// Whether the batch that is being written has to move it.
    var isDue: Bool { due.load(ordering: .relaxed) }

    /// Moves the number in the database.
    /// - Returns: the number, for `write` when the transaction is on disk.
    static func advance(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "UPDATE high_water SET number = number + 1 RETURNING number") ?? 0
    }

    /// The transaction that has the number is on disk, and the journal outside has so many lines.
    func write(_ number: Int64, lines: Int) {
        due.store(false, ordering: .relaxed)
        let text = Array(Self.text(Mark(number: number, lines: lines)).utf8)
        // Over what is there, in one write: a line is shorter than a sector.
        _ = pwrite(descriptor, text, text.count, 0)
    }

    /// What the file says; nil = it says nothing, or it was torn.
    var present: Mark? { Self.read(descriptor) }

    /// What the file of a data directory says, which another process may have open; nil = there is none, or it is torn.
    static func read(_ directory: String) -> Mark? {
        let descriptor = open(directory + "/kip.mark", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return read(descriptor)
    }

    private static func read(_ descriptor: Int32) -> Mark? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let line = String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let fields = line.split(separator: " ")
        guard fields.count == 2 || fields.count == 3, let number = Int64(fields[0]) else { return nil }
        let mark = Mark(number: number, lines: fields.count == 3 ? Int(fields[1]) : nil)
        return line + "\n" == text(mark) ? mark : nil
    }

    /// What the database says; 0 if it is older than marks, or empty.
    static func number(_ db: Database) throws -> Int64 {
        guard try db.tableExists("high_water") else { return 0 }
        return try Int64.fetchOne(db, sql: "SELECT number FROM high_water") ?? 0
    }

    /// The numbers, and a check by which a line that was torn is known.
    private static func text(_ mark: Mark) -> String {
        let fields = padded(mark.number) + (mark.lines.map { " " + padded(Int64($0)) } ?? "")
        // FNV-1a.
        var check: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in fields.utf8 { check = (check ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return "\(fields) \(String(check, radix: 16))\n"
    }

    /// As long as any other, so that a newer line covers an older one.
    private static func padded(_ number: Int64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 20 - digits.count)) + digits
    }
}
