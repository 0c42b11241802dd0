import KipCore
import Synchronization

/// Where handlers leave word of their effects and wait for the broker's answer, and where reconcilers leave what they
/// found.
final class EffectDesk: Sendable {
    private struct State {
        var asks: [EffectAsk] = []
        var waiting: [UInt64: CheckedContinuation<EffectAnswer, Never>] = [:]
        var findings: [(EffectInDoubt, EffectSettlement?)] = []
        var looking: Set<String> = []
        var next: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let registry: JobRegistry
    private let wake: @Sendable () -> Void

    /// - Parameter wake: tells the worker's thread that there is something here.
    init(registry: JobRegistry, wake: @escaping @Sendable () -> Void) {
        self.registry = registry
        self.wake = wake
    }

    /// Leaves word and waits for the answer, which is sure to come: at the latest when the worker leaves.
    func ask(_ job: JobID, _ attempt: Int32, _ key: String, _ word: EffectAsk.Word) async -> EffectAnswer {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.isClosed { return false }
                state.next += 1
                state.waiting[state.next] = continuation
                state.asks.append(EffectAsk(number: state.next, job: job, attempt: attempt, key: key, word: word))
                return true
            }
            if isOpen { wake() } else { continuation.resume(returning: .void) }
        }
    }

    func takeAsks() -> [EffectAsk] {
        state.withLock { state in
            defer { state.asks = [] }
            return state.asks
        }
    }

    func answer(_ answer: EffectAnswer, to number: UInt64) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: answer)
    }

    /// Asks the reconciler of the key's prefix; one look at a time for a key.
    func look(for effect: EffectInDoubt) {
        guard let reconciler = registry.reconciler(of: effect.key),
            state.withLock({ $0.looking.insert(effect.key).inserted })
        else { return }
        Task {
            // What it cannot tell now, it may tell later: the broker asks again.
            let found = try? await reconciler(effect.key)
            state.withLock { state in
                state.looking.remove(effect.key)
                state.findings.append((effect, found?.settlement))
            }
            wake()
        }
    }

    func takeFindings() -> [(EffectInDoubt, EffectSettlement?)] {
        state.withLock { state in
            defer { state.findings = [] }
            return state.findings
        }
    }

    /// The thread has ended: whoever asks from here on asks in vain.
    func close() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.isClosed = true
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: .void) }
    }
}

/// The ledger of one attempt, as its handler sees it.
struct WorkerEffectLedger: EffectLedger {
    let desk: EffectDesk
    let job: JobID
    let attempt: Int32

    func begin(_ key: String) async throws -> EffectStanding {
        switch await desk.ask(job, attempt, key, .begin) {
        case .standing(let standing): standing
        case .settled, .void: .void
        case .refused(let reason): throw EffectError.refused(key: key, reason: reason)
        }
    }

    func settle(_ key: String, _ settlement: EffectSettlement) async throws {
        if case .done(let receipt) = settlement, receipt.count > Limits.payloadBytes {
            // It happened, so it must be written; what is too long is cut to nothing rather than lost.
            _ = await desk.ask(job, attempt, key, .settle(.done(receipt: Array("null".utf8))))
            throw EffectError.invalid(
                "the receipt of effect “\(key)” has \(receipt.count) bytes, the limit is \(Limits.payloadBytes)")
        }
        switch await desk.ask(job, attempt, key, .settle(settlement)) {
        case .settled: return
        case .refused(let reason): throw EffectError.refused(key: key, reason: reason)
        case .standing, .void: throw EffectError.void(key: key)
        }
    }
}
