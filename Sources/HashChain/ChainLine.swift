import Foundation

/// A line of a record that cannot be bent: `NUMBER MILLISECONDS HASH CONTENT`, where HASH is the SHA-256 (FIPS 180-4) of
/// the line before's hash, a space, and the rest of this line without its hash. So no line can be changed, taken out or
/// put in without changing every hash after it.
public struct ChainLine: Sendable, Equatable {
    /// From 1, without a gap.
    public let number: Int
    /// When it was written, in milliseconds since 1970-01-01T00:00:00Z.
    public let at: Int64
    /// 64 hexadecimal digits.
    public let hash: String
    /// What it says: JSON on one line.
    public let content: String

    /// What the first line is chained to.
    public static let origin = String(repeating: "0", count: 64)

    /// The next line of a chain.
    /// - Parameter content: text without a newline.
    public init(after previous: ChainLine?, content: String, at: Int64) {
        self.content = content
        number = (previous?.number ?? 0) + 1
        self.at = at
        hash = Self.hash(after: previous, number, at, content)
    }

    /// A line as it is written; nil where it is none.
    public init?(_ text: some StringProtocol) {
        // By its bytes: the library's characters would cost more than the hash.
        let space = UInt8(ascii: " ")
        let parts = Substring(text).utf8.split(separator: space, maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let number = Int(Substring(parts[0])), let at = Int64(Substring(parts[1])),
            parts[2].count == 64
        else { return nil }
        self.number = number
        self.at = at
        hash = String(Substring(parts[2]))
        content = String(Substring(parts[3]))
    }

    /// The line as it is written.
    public var text: String { "\(number) \(at) \(hash) \(content)" }

    /// Whether it stands in a chain after that line.
    public func follows(_ previous: ChainLine?) -> Bool {
        number == (previous?.number ?? 0) + 1 && hash == Self.hash(after: previous, number, at, content)
    }

    /// Reads a chain and checks every link.
    /// - Throws: `ChainError.broken` that names the line.
    public static func chain(_ texts: some Sequence<some StringProtocol>, in place: String) throws(ChainError)
        -> [ChainLine]
    {
        var lines: [ChainLine] = []
        for text in texts {
            guard let line = ChainLine(text), line.follows(lines.last) else {
                throw .broken(place: place, line: lines.count + 1)
            }
            lines.append(line)
        }
        return lines
    }

    private static func hash(after previous: ChainLine?, _ number: Int, _ at: Int64, _ content: String) -> String {
        Digest.sha256(Array("\(previous?.hash ?? origin) \(number) \(at) \(content)".utf8))
    }
}

/// Why a chain cannot be read or written.
public enum ChainError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A line does not follow from those before it.
    case broken(place: String, line: Int)
    /// The disk is full.
    case full(path: String)
    /// The file cannot be read or written.
    case inaccessible(path: String, detail: String)

    /// What happened, where, and what to do next.
    public var description: String {
        switch self {
        case .broken(let place, let line):
            "\(place): line \(line) does not follow from the lines before it: it was changed, taken out or put in; keep it "
                + "as it is, and compare it with a backup"
        case .full(let path): "the disk of \(path) is full"
        case .inaccessible(let path, let detail): "\(path) cannot be read or written (\(detail))"
        }
    }
}
