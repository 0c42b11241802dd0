import Synchronization

/// The calls of `once` of one attempt take turns for each key: a call that finds another one under way waits until that
/// one has settled, and then asks the ledger, which has the receipt by then.
final class EffectTurns: Sendable {
    private struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// The keys of calls that are under way, and who waits for them, the first first.
        var waiting: [String: [Waiter]] = [:]
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Keys whose blocks the present task is in. A call inside of a block for the block's own key would wait for itself.
    @TaskLocal static var entered: Set<String> = []

    /// Waits for the turn of a key.
    /// - Throws: `CancellationError` if the task is cancelled while it waits.
    func enter(_ key: String) async throws {
        let number = state.withLock { state -> UInt64? in
            if state.waiting[key] == nil {
                state.waiting[key] = []
                return nil
            }
            state.lastNumber += 1
            return state.lastNumber
        }
        if let number, !(await wait(number, for: key)) { throw CancellationError() }
    }

    /// Ends the turn; the next call that waits for the key has it.
    func leave(_ key: String) {
        let next = state.withLock { state -> Waiter? in
            guard let waiters = state.waiting[key], let first = waiters.first else {
                state.waiting[key] = nil
                return nil
            }
            state.waiting[key] = Array(waiters.dropFirst())
            return first
        }
        next?.continuation.resume(returning: true)
    }

    /// - Returns: whether the turn came; false if the task was cancelled before.
    private func wait(_ number: UInt64, for key: String) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDecided = state.withLock { state -> Bool? in
                    // The call that was under way has settled meanwhile.
                    guard state.waiting[key] != nil else {
                        state.waiting[key] = []
                        return true
                    }
                    if Task.isCancelled { return false }
                    state.waiting[key]?.append(Waiter(number: number, continuation: continuation))
                    return nil
                }
                if let isDecided { continuation.resume(returning: isDecided) }
            }
        } onCancel: {
            let cancelled = state.withLock { state -> Waiter? in
                guard let index = state.waiting[key]?.firstIndex(where: { $0.number == number }) else { return nil }
                return state.waiting[key]?.remove(at: index)
            }
            cancelled?.continuation.resume(returning: false)
        }
    }
}
