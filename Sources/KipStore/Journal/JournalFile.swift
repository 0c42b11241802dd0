import Foundation
import KipCore

#if canImport(Glibc)
    import Glibc
#endif

/// The journal outside of the database: a file that only grows, one line for each commit that has something to tell. It
/// may lie on another disk. A database that is older than it was restored from a backup.
public struct JournalFile: Sendable {
    /// Where it is.
    public let path: String

    /// A journal at a path, which may not be there yet.
    public init(path: String) {
        self.path = path
    }

    /// Whether it is there.
    public var exists: Bool { access(path, F_OK) == 0 }

    /// Reads and checks it. A last line that was cut off by a crash is left out.
    /// - Throws: `StoreError.journalBroken` that names the line.
    public func read() throws(StoreError) -> [JournalLine] {
        guard exists else { return [] }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .notWritable(path: path, detail: String(cString: strerror(errno)))
        }
        let pieces = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var lines: [JournalLine] = []
        // What follows the last newline was never finished.
        for piece in pieces.dropLast() {
            guard let line = JournalLine(String(decoding: piece, as: UTF8.self)), line.follows(lines.last) else {
                throw .journalBroken(path: path, line: lines.count + 1)
            }
            lines.append(line)
        }
        return lines
    }

    /// Adds lines and makes them durable before it returns. What a crash left of an unfinished line is taken away.
    /// - Throws: `StoreError.notWritable` or `.full`; then the next call should bring these lines again.
    public func append(_ lines: [JournalLine]) throws(StoreError) {
        guard !lines.isEmpty else { return }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        let end = try finishedEnd(descriptor)
        guard ftruncate(descriptor, end) == 0 else { throw failure() }
        var rest = Array(lines.map { $0.text + "\n" }.joined().utf8)[...]
        var place = end
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, place) }
            guard written > 0 else { throw failure() }
            rest = rest.dropFirst(written)
            place += written
        }
        guard fsync(descriptor) == 0 else { throw failure() }
        if end == 0 { Self.syncFolder(of: path) }
    }

    /// Where the last finished line ends.
    private func finishedEnd(_ descriptor: Int32) throws(StoreError) -> Int {
        var end = Int(lseek(descriptor, 0, SEEK_END))
        var byte: UInt8 = 0
        while end > 0 {
            guard pread(descriptor, &byte, 1, end - 1) == 1 else { throw failure() }
            if byte == UInt8(ascii: "\n") { break }
            end -= 1
        }
        return end
    }

    private func failure() -> StoreError {
        errno == ENOSPC || errno == EDQUOT
            ? .full(path: path) : .notWritable(path: path, detail: String(cString: strerror(errno)))
    }

    /// A new file is there after a power cut only if its folder is on disk too.
    static func syncFolder(of path: String) {
        let folder = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }
}
