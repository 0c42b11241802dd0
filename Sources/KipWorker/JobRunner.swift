import KipCore
import Logging
import Synchronization

/// Runs what the broker handed out, at most so many at once, and says how each job went, once.
final class JobRunner: Sendable {
    private struct State {
        var buffer: WorkBuffer
        var loops = 0
        /// Places with a handler, also with one that ignores that it was cancelled.
        var busy = 0
        var running: [JobID: Running] = [:]
        var closed = false
    }

    private struct Running {
        let work: LeasedWork
        /// nil = it is about to start.
        var task: Task<FinishedWork, Never>?
    }

    private let registry: JobRegistry
    private let concurrency: Int
    private let desk: EffectDesk
    private let handlers: HandlerDesk
    private let logger: Logger
    private let state: Mutex<State>
    private let report: @Sendable (FinishedWork) -> Void

    /// - Parameters:
    ///   - prefetch: jobs that may wait for a place, at most.
    ///   - report: told how a job went; from any thread.
    init(
        registry: JobRegistry, concurrency: Int, prefetch: Int = 0, desk: EffectDesk, handlers: HandlerDesk,
        logger: Logger,
        report: @escaping @Sendable (FinishedWork) -> Void
    ) {
        self.registry = registry
        self.concurrency = concurrency
        self.desk = desk
        self.handlers = handlers
        self.logger = logger
        self.report = report
        state = Mutex(State(buffer: WorkBuffer(places: concurrency, most: prefetch)))
    }

    /// Takes jobs; each starts as soon as a place is free.
    func accept(_ work: [LeasedWork]) {
        let (loops, refused) = state.withLock { state -> (Int, [LeasedWork]) in
            if state.closed { return (0, work) }
            state.buffer.append(work)
            let loops = min(concurrency - state.loops, state.buffer.count)
            state.loops += max(0, loops)
            return (loops, [])
        }
        for _ in 0..<max(0, loops) { Task { await loop() } }
        for work in refused { report(FinishedWork(work, .givenBack)) }
    }

    /// Stops a job, whether it waits or runs; nothing is reported.
    func drop(_ id: JobID) {
        let running = state.withLock { state -> Running? in
            state.buffer.remove(id)
            return state.running.removeValue(forKey: id)
        }
        running?.task?.cancel()
    }

    /// Starts nothing more; what has not started is given back.
    func close() {
        let waiting = state.withLock { state in
            state.closed = true
            return state.buffer.takeAll()
        }
        for work in waiting { report(FinishedWork(work, .givenBack)) }
    }

    /// How many jobs this worker should hold, as its handlers go. A place whose handler does not end when it should is
    /// none.
    var credit: Int {
        state.withLock { max(0, $0.buffer.credit - max(0, $0.busy - $0.running.count)) }
    }

    /// Milliseconds until a job will have waited too long for a place; nil = none waits.
    func patience(at now: SteadyTime) -> Int64? {
        state.withLock { $0.buffer.wait(at: now, busy: $0.busy) }
    }

    /// Takes out what has waited too long for a place, for others to have.
    func takeOverdue(at now: SteadyTime) -> [FinishedWork] {
        state.withLock { $0.buffer.takeOverdue(at: now, busy: $0.busy) }.map { FinishedWork($0, .givenBack) }
    }

    /// Cancels what still runs and gives it back.
    func interrupt() {
        let running = state.withLock { state -> [Running] in
            defer { state.running = [:] }
            return Array(state.running.values)
        }
        for entry in running {
            entry.task?.cancel()
            report(FinishedWork(entry.work, .givenBack))
        }
    }

    private func loop() async {
        var isBusy = false
        while let work = next(after: isBusy) {
            isBusy = true
            await run(work)
        }
    }

    /// - Parameter isBusy: the place had a job.
    private func next(after isBusy: Bool) -> LeasedWork? {
        state.withLock { state in
            if isBusy { state.busy -= 1 }
            if let work = state.buffer.popFirst() {
                // In the same breath, so that a drop finds it in one place or the other.
                state.running[work.id] = Running(work: work)
                state.busy += 1
                return work
            }
            state.loops -= 1
            return nil
        }
    }

    private func run(_ work: LeasedWork) async {
        // What was dropped before it began does not begin.
        guard state.withLock({ $0.running[work.id]?.work.attempt == work.attempt }) else { return }
        // It waited here behind others: the broker, which has it back, says what that means.
        if work.isLate { return settle(work, FinishedWork(work, .givenBack)) }
        let time = work.timeLeft
        let task = Task { await execute(work) }
        let isWanted = state.withLock { state in
            // It was dropped meanwhile, or a newer attempt has its place, which must not be taken from it.
            guard state.running[work.id]?.work.attempt == work.attempt else { return false }
            state.running[work.id]?.task = task
            return true
        }
        if !isWanted { task.cancel() }
        let timer = time > 0 ? Task { await end(work, after: time, whenTimeIsUp: task) } : nil
        // A handler that ignores its cancellation keeps its place until it ends; what it says then counts no more.
        let begun = SteadyTime.now()
        let finished = await task.value
        let taken = SteadyTime.now().milliseconds - begun.milliseconds
        state.withLock { $0.buffer.ended(after: taken) }
        timer?.cancel()
        settle(work, finished)
    }

    private func end(
        _ work: LeasedWork, after milliseconds: Int64, whenTimeIsUp task: Task<FinishedWork, Never>
    ) async {
        do {
            try await Task.sleep(for: .milliseconds(milliseconds))
        } catch {
            return
        }
        let seconds = Double(milliseconds) / 1000
        settle(work, FinishedWork(work, .failed, error: "timed out after \(seconds) s"))
        task.cancel()
    }

    /// The first word on an attempt counts.
    private func settle(_ work: LeasedWork, _ finished: FinishedWork) {
        let isFirst = state.withLock { state -> Bool in
            guard let running = state.running[work.id], running.work.attempt == work.attempt else { return false }
            state.running[work.id] = nil
            return true
        }
        if isFirst { report(finished) }
    }

    private func execute(_ work: LeasedWork) async -> FinishedWork {
        var logger = logger
        logger[metadataKey: "job"] = "\(work.id)"
        logger[metadataKey: "kind"] = "\(work.kind)"
        logger[metadataKey: "attempt"] = "\(work.attempt)"
        let context = JobContext(
            id: work.id, kind: work.kind, queue: work.queue, attempt: Int(work.attempt), failures: Int(work.failures),
            enqueuedAt: work.enqueuedAt, headers: work.headers, logger: logger,
            ledger: WorkerEffectLedger(desk: desk, job: work.id, attempt: work.attempt),
            desk: AttemptDesk(
                desk: handlers, job: work.id, attempt: work.attempt, outgoing: registry.outgoing),
            outgoing: registry.outgoing)
        do {
            switch try await registry.run(work.kind, work.payload, in: context) {
            case nil: return FinishedWork(work, .givenBack)
            case .succeeded(let result):
                if result.count > Limits.payloadBytes {
                    return FinishedWork(
                        work, .discarded,
                        error: "the result has \(result.count) bytes, the limit is \(Limits.payloadBytes)")
                }
                return FinishedWork(work, result: result, children: context.enqueued)
            case .retry(let after, let reason): return FinishedWork(work, .failed, error: reason, retryAfter: after)
            case .discard(let reason): return FinishedWork(work, .discarded, error: reason)
            case .snooze(let duration, let reason):
                return FinishedWork(work, .givenBack, error: reason, retryAfter: duration)
            }
        } catch let error as UnreadablePayload {
            return FinishedWork(work, .discarded, error: error.description)
        } catch {
            logger.warning("the attempt failed", metadata: ["error": "\(error)"])
            return FinishedWork(work, .failed, error: "\(error)")
        }
    }
}
