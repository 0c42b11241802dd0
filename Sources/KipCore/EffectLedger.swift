import Synchronization

/// Where a handler's effects on the world are written down, each by its key: the intent before, the receipt after.
/// The worker's ledger is the broker's disk.
public protocol EffectLedger: Sendable {
    /// Writes an intent. When this returns `begun`, it is on disk.
    func begin(_ key: String) async throws -> EffectStanding
    /// Writes what became of it. When this returns, it is on disk.
    func settle(_ key: String, _ settlement: EffectSettlement) async throws
}

/// How a key stands when a handler wants to begin.
public enum EffectStanding: Sendable, Equatable {
    /// The intent is on disk: act now.
    case begun
    /// It was done before, by this job or another.
    case done(receipt: [UInt8])
    /// It was begun before, and nobody knows whether it happened.
    /// The job is empty where the asker may not see it.
    case inDoubt(job: String)
    /// The worker no longer holds the job: nothing may be done.
    case void
}

/// What became of an effect.
public enum EffectSettlement: Sendable, Equatable {
    /// It happened.
    case done(receipt: [UInt8])
    /// It certainly did not happen, and will not.
    case undone
}

/// Thrown by the block of `JobContext.once` that knows that nothing happened (the connection was refused, the address is
/// not one): the attempt fails as any other and may be tried again. Any other error leaves the effect in doubt.
public struct EffectDidNotHappen: Error, Sendable, CustomStringConvertible {
    /// Why.
    public let description: String

    /// Nothing happened.
    public init(_ reason: String) {
        description = reason
    }
}

/// Why an effect was not begun, or cannot be told.
public enum EffectError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another attempt or job began it, and nobody knows whether it happened.
    case inDoubt(key: String, job: String)
    /// The worker no longer holds the job, or the effect was decided otherwise meanwhile.
    case void(key: String)
    /// The broker does not take it: the worker's key has no right to the effect, say.
    case refused(key: String, reason: String)
    /// The receipt on disk is not of the type that the handler expects.
    case unreadableReceipt(key: String)
    /// The key or the receipt is too long, or the key is empty.
    case invalid(String)

    /// What happened, to which key, and what to do next.
    public var description: String {
        switch self {
        case .inDoubt(let key, let job):
            "effect “\(key)” was begun by \(job.isEmpty ? "another job" : "job \(job)"), and it is not known whether it "
                + "happened; look, then “kip effects resolve”"
        case .void(let key): "effect “\(key)” was not begun: the job is in other hands"
        case .refused(let key, let reason): "effect “\(key)”: \(reason)"
        case .unreadableReceipt(let key): "the receipt of effect “\(key)” is of another type than the handler expects"
        case .invalid(let reason): reason
        }
    }
}

/// A ledger in memory, for tests of handlers: what `begin` finds is what this object has seen.
public final class MemoryEffectLedger: EffectLedger {
    private let entries = Mutex<[String: EffectStanding]>([:])

    /// An empty ledger.
    public init() {}

    /// Begins, unless the key was begun or done before.
    public func begin(_ key: String) -> EffectStanding {
        entries.withLock { entries in
            if let standing = entries[key] { return standing == .begun ? .inDoubt(job: "-") : standing }
            entries[key] = .begun
            return .begun
        }
    }

    /// Notes what became of it.
    public func settle(_ key: String, _ settlement: EffectSettlement) {
        entries.withLock { entries in
            switch settlement {
            case .done(let receipt): entries[key] = .done(receipt: receipt)
            case .undone: entries[key] = nil
            }
        }
    }
}
