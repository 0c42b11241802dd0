import Foundation
import HashChain
import KipCore

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
    /// Of a restore: what proved the time since the backup (`Reconcile.Proof`); earlier versions do not say it.
    public var proof: String?

    /// An entry.
    public init(
        what: String, key: String? = nil, job: String? = nil, attempt: Int? = nil, by: String? = nil,
        receipt: String? = nil, worker: EffectWorker? = nil, proof: String? = nil
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
        self.proof = proof
    }

    /// How its effect stands in a database that is reconciled with it: one that was only begun may have happened. nil = it
    /// tells of no effect's state.
    package var effectState: WireEffectState? {
        switch what {
        case "effect-begun": .effectUncertain
        case "effect-done": .effectDone
        case "effect-undone": .effectUndone
        default: nil
        }
    }

    /// The entries of a line; empty where it cannot be read.
    public static func of(_ line: ChainLine) -> [JournalEntry] { read(line) ?? [] }

    /// The entries of a line; nil where it cannot be read, or has an entry that this version does not know.
    package static func known(_ line: ChainLine) -> [JournalEntry]? {
        guard let entries = read(line), entries.allSatisfy({ knownKinds.contains($0.what) }) else { return nil }
        return entries
    }

    private static let knownKinds: Set<String> = [
        "effect-begun", "effect-done", "effect-undone", "effect-contradicted", "cancel", "retry", "release", "control",
        "restored", "nothing-since", "key-new", "key-revoked",
    ]

    private static func read(_ line: ChainLine) -> [JournalEntry]? {
        try? JSONDecoder().decode([JournalEntry].self, from: Data(line.content.utf8))
    }

    package static func content(_ entries: [JournalEntry]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(entries), as: UTF8.self)
    }
}
