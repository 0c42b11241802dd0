#if canImport(Glibc)
    import Glibc
#endif

/// Where the lines of a chain's file end that are whole.
public struct ChainFileEnd: Sendable, Equatable {
    /// Number of whole lines.
    public var lines = 0
    /// Their size, in bytes. The file is longer if its last line was cut off or is damaged.
    public var bytes = 0
    /// The last line has an end, but is no line any more: it was overwritten with zeros, or torn in another way.
    public var isDamaged = false

    /// The end of a file with that number of whole lines and their bytes. Default: an empty file.
    public init(lines: Int = 0, bytes: Int = 0) {
        (self.lines, self.bytes) = (lines, bytes)
    }
}

extension ChainFile {
    /// Bytes that are read at once.
    private static let chunkBytes = 256 << 10

    /// Reads the file once from its beginning, checks every link, and passes each line to `body`. Memory is bounded by the
    /// longest line. A last line that was cut off, or is damaged, is not passed.
    /// - Parameter limit: bytes that are read at most; default all.
    /// - Returns: where the whole lines end.
    /// - Throws: `ChainError.broken` that names a line that is damaged further up, which is no accident of a last write;
    ///   `.inaccessible`; what `body` throws.
    public func scan(
        upTo limit: Int = .max, _ body: (ChainLine) throws(ChainError) -> Void
    ) throws(ChainError) -> ChainFileEnd {
        var end = ChainFileEnd()
        guard exists else { return end }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var last: ChainLine?
        var unfinished: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: Self.chunkBytes)
        var left = limit
        while left > 0 {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, left))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            guard count > 0 else { break }
            left -= count
            var rest = chunk[..<count]
            while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                unfinished += rest[..<newline]
                rest = rest[(newline + 1)...]
                let line = String(validating: unfinished, as: UTF8.self).flatMap { ChainLine($0) }
                if end.isDamaged {
                    if line != nil { throw .broken(place: path, line: end.lines + 1) }
                } else if let line, line.follows(last) {
                    try body(line)
                    last = line
                    end.lines += 1
                    end.bytes += unfinished.count + 1
                } else {
                    end.isDamaged = true
                }
                unfinished.removeAll(keepingCapacity: true)
            }
            unfinished += rest
        }
        return end
    }

    /// Its size in bytes; 0 = it is not there.
    public var bytes: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
