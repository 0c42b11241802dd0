import Foundation
import HashChain

/// One thing that must never be denied: an effect on the world, or a person's decision. The entries of one commit are one
/// line of the journal.
public struct JournalEntry: Sendable, Equatable, Codable {
    /// `effect-begun`, `effect-done`, `effect-undone`, `effect-contradicted`, `cancel`, `retry`, `release`, `control`,
    /// `restored`, `nothing-since`, `key-new`, `key-revoked`.
    public var what: String
    /// The effect's key; of a control, what stands of the queue or kind from then on.
    public var key: String?
    /// The job.
    public var job: String?
    /// The attempt that began the effect.
    public var attempt: Int?
    /// Who said or decided it.
    public var by: String?
    /// The effect's receipt, in Base64.
    public var receipt: String?
    /// The id of the worker that began an effect or reported what became of it.
    public var worker: String?
    /// The name of that worker's key.
    public var keyName: String?
    /// The public key, in Z85.
    public var publicKey: String?

    /// An entry.
    public init(
        what: String, key: String? = nil, job: String? = nil, attempt: Int? = nil, by: String? = nil,
        receipt: String? = nil, worker: EffectWorker? = nil
    ) {
        self.worker = worker?.id
        keyName = worker?.credential?.name
        publicKey = worker?.credential?.publicKey
        self.what = what
        self.key = key
        self.job = job
        self.attempt = attempt
        self.by = by
        self.receipt = receipt
    }

    /// The entries of a line; empty where it cannot be read.
    public static func of(_ line: ChainLine) -> [JournalEntry] {
        (try? JSONDecoder().decode([JournalEntry].self, from: Data(line.content.utf8))) ?? []
    }

    static func content(_ entries: [JournalEntry]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(entries), as: UTF8.self)
    }
}
