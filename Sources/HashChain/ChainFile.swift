import DurableFiles
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A chain as a file that only grows.
public struct ChainFile: Sendable {
    /// Where it is.
    public let path: String

    /// A chain at a path, which may not be there yet.
    public init(path: String) {
        self.path = path
    }

    /// Whether it is there.
    public var exists: Bool { access(path, F_OK) == 0 }

    /// Reads and checks it. A last line that was cut off by a crash is left out.
    /// - Throws: `ChainError.broken` that names the line, or `.inaccessible`.
    public func read() throws(ChainError) -> [ChainLine] {
        guard exists else { return [] }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .inaccessible(path: path, detail: String(cString: strerror(errno)))
        }
        let pieces = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // What follows the last newline was never finished.
        return try ChainLine.chain(pieces.dropLast().map { String(decoding: $0, as: UTF8.self) }, in: path)
    }

    /// Reads and checks it, and leaves out a last line that is no line any more: cut off, overwritten with zeros, or torn in
    /// another way. Damage further up is no accident of a last write.
    /// - Returns: the lines, and how many bytes they have; the file is longer if its last line is left out.
    /// - Throws: `ChainError.broken` that names the line, or `.inaccessible`.
    public func readWhole() throws(ChainError) -> (lines: [ChainLine], bytes: Int) {
        guard exists else { return ([], 0) }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .inaccessible(path: path, detail: String(cString: strerror(errno)))
        }
        let pieces = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
        var lines: [ChainLine] = []
        var bytes = 0
        for (index, piece) in pieces.enumerated() {
            guard let line = ChainLine(String(decoding: piece, as: UTF8.self)), line.follows(lines.last) else {
                // Nothing that is a line may stand behind it.
                let behind = pieces.dropFirst(index + 1).contains {
                    ChainLine(String(decoding: $0, as: UTF8.self)) != nil
                }
                guard !behind else { throw .broken(place: path, line: index + 1) }
                break
            }
            lines.append(line)
            bytes += piece.count + 1
        }
        return (lines, bytes)
    }

    /// Whether the last line is no line any more, though it has an end.
    /// - Throws: `ChainError` if it is damaged further up, or cannot be read.
    public func lastLineIsDamaged() throws(ChainError) -> Bool {
        let lines = try readWhole().lines
        if let whole = try? read() { return whole.count != lines.count }
        return true
    }

    /// Replaces a damaged last line, if a second copy of the chain has that line.
    /// - Parameter stored: the second copy of the chain.
    /// - Returns: what was repaired; nil = the last line was whole.
    /// - Throws: `ChainError.broken` if the line is lost: it does not stand there either.
    public func repairLastLine(from stored: [ChainLine]) throws(ChainError) -> String? {
        // What a crash left of a line that was never finished is taken away by the next one.
        guard try lastLineIsDamaged() else { return nil }
        let (lines, bytes) = try readWhole()
        guard stored.count > lines.count, lines.isEmpty || stored[lines.count - 1] == lines[lines.count - 1] else {
            throw .broken(place: path, line: lines.count + 1)
        }
        let descriptor = try openToWrite()
        defer { close(descriptor) }
        try write([stored[lines.count]], to: descriptor, at: bytes)
        return "\(path): the last line, \(lines.count + 1), was damaged and was written anew as the database has it"
    }

    /// Adds lines and makes them durable before it returns. What a crash left of an unfinished line is taken away; lines
    /// that are there already, from a call that failed late, are not added again.
    /// - Throws: `ChainError`; then nothing was added, and the next call should bring these lines again.
    public func append(_ lines: [ChainLine]) throws(ChainError) {
        guard let start = lines.first else { return }
        // A chain is not begun in its middle: what was there was removed.
        if start.number > 1, !exists { throw .inaccessible(path: path, detail: "it was removed") }
        let descriptor = try openToWrite()
        defer { close(descriptor) }
        let end = try finishedEnd(descriptor)
        let last = try lastNumber(descriptor, end: end)
        let new = lines.filter { $0.number > last }
        if let first = new.first, first.number != last + 1 {
            throw .inaccessible(
                path: path, detail: "it ends with line \(last), before line \(first.number): it was removed or replaced"
            )
        }
        try write(new, to: descriptor, at: end)
    }

    /// Adds the next line, which nobody else can take at the same time, in this process or another.
    /// - Throws: `ChainError`; then nothing was added.
    public func append(content: String, at moment: Int64) throws(ChainError) {
        let descriptor = try openToWrite()
        // The lock goes with the descriptor.
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else { throw failure() }
        let line = ChainLine(after: try read().last, content: content, at: moment)
        try write([line], to: descriptor, at: try finishedEnd(descriptor))
    }

    private func openToWrite() throws(ChainError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure() }
        FileOwnership.adopt(descriptor: descriptor, at: path)
        return descriptor
    }

    /// Whole or not at all: a disk that is full in the middle leaves the file as it was.
    private func write(_ lines: [ChainLine], to descriptor: Int32, at end: Int) throws(ChainError) {
        guard ftruncate(descriptor, end) == 0 else { throw failure() }
        var rest = Array(lines.map { $0.text + "\n" }.joined().utf8)[...]
        var place = end
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, place) }
            guard written > 0 else { throw undone(descriptor, end) }
            rest = rest.dropFirst(written)
            place += written
        }
        guard fsync(descriptor) == 0 else { throw undone(descriptor, end) }
        if end == 0 { FolderSync.sync(folderOf: path) }
    }

    private func undone(_ descriptor: Int32, _ end: Int) -> ChainError {
        let failure = failure()
        _ = ftruncate(descriptor, end)
        return failure
    }

    /// The number of the last finished line; 0 = there is none.
    private func lastNumber(_ descriptor: Int32, end: Int) throws(ChainError) -> Int {
        var size = 4_096
        while true {
            let start = max(0, end - size)
            var bytes = [UInt8](repeating: 0, count: end - start)
            guard pread(descriptor, &bytes, bytes.count, start) == bytes.count else { throw failure() }
            let newline = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n"))
            if newline != nil || start == 0 {
                let line = bytes[(newline.map { $0 + 1 } ?? 0)...]
                return Int(String(decoding: line.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)) ?? 0
            }
            // A commit with many entries is a long line.
            size *= 8
        }
    }

    /// Where the last finished line ends.
    private func finishedEnd(_ descriptor: Int32) throws(ChainError) -> Int {
        var end = Int(lseek(descriptor, 0, SEEK_END))
        var byte: UInt8 = 0
        while end > 0 {
            guard pread(descriptor, &byte, 1, end - 1) == 1 else { throw failure() }
            if byte == UInt8(ascii: "\n") { break }
            end -= 1
        }
        return end
    }

    private func failure() -> ChainError {
        errno == ENOSPC || errno == EDQUOT
            ? .full(path: path) : .inaccessible(path: path, detail: String(cString: strerror(errno)))
    }
}

/// Makes the names in a folder durable.
public enum FolderSync {
    /// A new or renamed file is there after a power cut only if its folder is on disk too.
    public static func sync(folderOf path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
        if descriptor >= 0 {
            fsync(descriptor)
            close(descriptor)
        }
    }
}
