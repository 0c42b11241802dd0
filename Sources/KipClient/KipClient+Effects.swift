import Foundation
import KipCore

/// How an effect stands.
public enum EffectState: String, Sendable, Codable, CaseIterable {
    /// A handler is at it.
    case begun
    /// Nobody knows whether it happened: a reconciler or a person decides.
    case uncertain
    /// It happened.
    case done
    /// It did not happen; it may be begun again.
    case undone

    init?(wire: WireEffectState) {
        switch wire {
        case .effectBegun: self = .begun
        case .effectUncertain: self = .uncertain
        case .effectDone: self = .done
        case .effectUndone: self = .undone
        case .unspecified, .UNRECOGNIZED: return nil
        }
    }

    var wire: WireEffectState {
        switch self {
        case .begun: .effectBegun
        case .uncertain: .effectUncertain
        case .done: .effectDone
        case .undone: .effectUndone
        }
    }
}

/// An effect as the ledger has it. Times are milliseconds since 1970.
public struct EffectRecord: Sendable, Codable {
    /// At most one effect for a key.
    public let key: String
    /// The name of its state.
    public let state: String
    /// The job whose handler began it last.
    public let job: String
    /// In which attempt.
    public let attempt: Int
    /// The worker's id.
    public let worker: String
    /// When it was begun.
    public let begunAt: Int64
    /// When it was settled; nil = it is not.
    public let settledAt: Int64?
    /// `handler`, `reconciler`, or the person who decided.
    public let settledBy: String?
    /// What the handler, the reconciler or the person left as a proof, mostly JSON.
    public let receipt: String?

    init(_ wire: WireEffect) {
        key = wire.key
        state = EffectState(wire: wire.state)?.rawValue ?? "unknown"
        job = wire.jobID
        attempt = Int(wire.attempt)
        worker = wire.worker
        begunAt = wire.begunAtMs
        settledAt = wire.settledAtMs == 0 ? nil : wire.settledAtMs
        settledBy = wire.settledBy.isEmpty ? nil : wire.settledBy
        receipt = wire.receipt.isEmpty ? nil : String(decoding: wire.receipt, as: UTF8.self)
    }
}

/// A time that a schedule fired for. Times are milliseconds since 1970.
public struct FiringRecord: Sendable, Codable {
    /// The time that the schedule names.
    public let nominal: Int64
    /// The job that was made.
    public let job: String
    /// When it was made.
    public let firedAt: Int64
    /// Somebody triggered it; `nominal` is that moment.
    public let isManual: Bool
    /// Who triggered it; nil = nobody, or it was not said.
    public let by: String?
}

extension KipClient {
    /// Effects by filter, the newest first, and whether the limit cut the list.
    /// - Parameter prefix: of the keys.
    /// - Throws: `KipClientError`.
    public func effects(
        state: EffectState? = nil, prefix: String = "", limit: Int = Limits.listRowsByDefault
    ) async throws(KipClientError) -> (effects: [EffectRecord], more: Bool) {
        var list = WireListEffects()
        list.state = state?.wire ?? .unspecified
        list.prefix = prefix
        list.limit = Int32(clamping: limit)
        guard case .effectList(let answer) = try await ask(.listEffects(list)).header.body else {
            throw .unexpectedAnswer
        }
        return (answer.effects.map(EffectRecord.init), answer.more)
    }

    /// One effect; nil where its key is unknown.
    /// - Throws: `KipClientError`.
    public func effect(_ key: String) async throws(KipClientError) -> EffectRecord? {
        try await effects(prefix: key, limit: Limits.listRows).effects.first { $0.key == key }
    }

    /// Decides about an effect in doubt: it happened, and this is its receipt, or (nil) it did not and never will. Its job
    /// waits again when none of its effects is in doubt.
    /// - Parameter by: who decides, for the record.
    /// - Returns: the effect as it stands then.
    /// - Throws: `KipClientError`; `.refused` with the code `conflict` where it is not in doubt.
    @discardableResult
    public func resolve(
        effect key: String, receipt: [UInt8]?, by: String
    ) async throws(KipClientError) -> EffectRecord {
        var resolve = WireResolveEffect()
        resolve.key = key
        resolve.settlement = receipt == nil ? .undone : .done
        resolve.by = by
        let answer = try await ask(.resolveEffect(resolve), payloads: [receipt ?? []], repeatable: false)
        guard case .effectList(let list) = answer.header.body, let effect = list.effects.first else {
            throw .unexpectedAnswer
        }
        return EffectRecord(effect)
    }

    /// The times that a schedule fired for, also by hand, the newest first.
    /// - Throws: `KipClientError`.
    public func firings(
        of schedule: String, limit: Int = Limits.listRowsByDefault
    ) async throws(KipClientError) -> [FiringRecord] {
        var history = WireScheduleHistory()
        history.name = schedule
        history.limit = Int32(clamping: limit)
        guard case .scheduleFirings(let list) = try await ask(.scheduleHistory(history)).header.body else {
            throw .unexpectedAnswer
        }
        return list.firings.map { firing in
            FiringRecord(
                nominal: firing.nominalMs, job: firing.jobID, firedAt: firing.firedAtMs, isManual: firing.manual,
                by: firing.by.isEmpty ? nil : firing.by)
        }
    }
}
