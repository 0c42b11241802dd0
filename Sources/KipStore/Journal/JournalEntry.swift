import Crypto
import Foundation
import KipCore

/// One thing that must never be denied: an effect on the world, or a person's decision.
public struct JournalEntry: Sendable, Equatable, Codable {
    /// `effect-begun`, `effect-done`, `effect-undone`, `effect-contradicted`, `cancel`, `retry`, `restored`.
    public var what: String
    /// The effect's key.
    public var key: String?
    /// The job.
    public var job: String?
    /// The attempt that began the effect.
    public var attempt: Int?
    /// Who said or decided it.
    public var by: String?
    /// The effect's receipt, in Base64.
    public var receipt: String?

    /// An entry.
    public init(
        what: String, key: String? = nil, job: String? = nil, attempt: Int? = nil, by: String? = nil,
        receipt: String? = nil
    ) {
        self.what = what
        self.key = key
        self.job = job
        self.attempt = attempt
        self.by = by
        self.receipt = receipt
    }
}

/// The entries of one commit, chained to all before them: `NUMBER MILLISECONDS HASH ENTRIES`, where HASH is the SHA-256
/// of the line before's hash, a space, and the rest of this line without its hash. So no line can be changed, taken out
/// or put in without changing every hash after it.
public struct JournalLine: Sendable, Equatable {
    /// From 1, without a gap.
    public let number: Int
    /// When it was committed.
    public let at: Timestamp
    /// 64 hexadecimal digits.
    public let hash: String
    /// JSON.
    public let content: String

    /// What the first line is chained to.
    public static let origin = String(repeating: "0", count: 64)

    /// The next line of a chain.
    /// - Throws: `EncodingError`.
    public init(after previous: JournalLine?, entries: [JournalEntry], at: Timestamp) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        content = String(decoding: try encoder.encode(entries), as: UTF8.self)
        number = (previous?.number ?? 0) + 1
        self.at = at
        hash = Self.hash(after: previous, number, at, content)
    }

    /// A line as it is written; nil where it is none.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let number = Int(parts[0]), let milliseconds = Int64(parts[1]),
            parts[2].utf8.count == 64
        else { return nil }
        self.number = number
        at = Timestamp(milliseconds: milliseconds)
        hash = String(parts[2])
        content = String(parts[3])
    }

    /// The line as it is written.
    public var text: String { "\(number) \(at.milliseconds) \(hash) \(content)" }

    /// What it says; empty where that cannot be read.
    public var entries: [JournalEntry] {
        (try? JSONDecoder().decode([JournalEntry].self, from: Data(content.utf8))) ?? []
    }

    /// Whether it stands in a chain after that line.
    public func follows(_ previous: JournalLine?) -> Bool {
        number == (previous?.number ?? 0) + 1 && hash == Self.hash(after: previous, number, at, content)
    }

    private static func hash(
        after previous: JournalLine?, _ number: Int, _ at: Timestamp, _ content: String
    ) -> String {
        let text = "\(previous?.hash ?? origin) \(number) \(at.milliseconds) \(content)"
        return SHA256.hash(data: Data(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
