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
        var lines: [ChainLine] = []
        let end = try scan { lines.append($0) }
        guard !end.isDamaged else { throw .broken(place: path, line: end.lines + 1) }
        return lines
    }

    /// Writes the last line, which is damaged, anew.
    /// - Parameters:
    ///   - end: where the whole lines end, as `scan` found it.
    ///   - line: the line as a second copy of the chain has it.
    /// - Throws: `ChainError`; then the file is as it was.
    public func replaceLastLine(at end: ChainFileEnd, with line: ChainLine) throws(ChainError) {
        let descriptor = try openToWrite()
        defer { close(descriptor) }
        try write([line], to: descriptor, at: end.bytes)
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

    func failure() -> ChainError {
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
