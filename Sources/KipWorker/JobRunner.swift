import KipCore
import Logging

/// Runs what the broker handed out, at most so many at once, and says how each job went, once.
final class JobRunner: Sendable {
    private struct State {
        var buffer: WorkBuffer
        var places = 0
        /// Places with a handler, also with one that ignores that it was cancelled.
        var busy = 0
        var running: [JobID: Running] = [:]
        var closed = false
    }

    private struct Running {
        let work: LeasedWork
        let place: WorkPlace
    }

    /// What a place has done.
    private struct Done {
        var work: LeasedWork
        var finished: FinishedWork
        /// How long it took, in milliseconds; nil = it did not begin.
        var taken: Int64?
    }

    /// After so many milliseconds a place lets others have their turn.
    private static let turn: Int64 = 2

    private let registry: JobRegistry
    private let concurrency: Int
    private let desk: EffectDesk
    private let handlers: HandlerDesk
    let logger: Logger
    /// Each start and end of a job is logged.
    private let logsJobs: Bool
    private let state: Guarded<State>
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
        logsJobs = logger.logLevel <= .debug
        self.report = report
        state = Guarded(State(buffer: WorkBuffer(places: concurrency, most: prefetch)))
    }

    /// Takes jobs; each starts as soon as a place is free.
    func accept(_ work: [LeasedWork]) {
        let (places, refused) = state.withLock { state -> (Int, [LeasedWork]) in
            if state.closed { return (0, work) }
            state.buffer.append(work)
            let places = max(0, min(concurrency - state.places, state.buffer.count))
            state.places += places
            return (places, [])
        }
        for _ in 0..<places { open() }
        for work in refused { report(FinishedWork(work, .givenBack)) }
    }

    /// Stops a job, whether it waits or runs; nothing is reported.
    func drop(_ id: JobID) {
        let running = state.withLock { state in
            state.buffer.remove(id)
            return Self.take(id, &state)
        }
        running?.place.cancel()
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
            state.running.keys.compactMap { Self.take($0, &state) }
        }
        for entry in running {
            entry.place.cancel()
            report(FinishedWork(entry.work, .givenBack))
        }
    }

    // MARK: Places

    private func open() {
        let place = WorkPlace()
        place.start { [self] in await serve(place) }
    }

    /// One job after the other.
    private func serve(_ place: WorkPlace) async {
        var done: Done?
        var now = SteadyTime.now()
        var yieldedAt = now
        while let work = next(after: done, in: place) {
            // It waited here behind others: the broker, which has it back, says what that means.
            guard !work.isLate(at: now) else {
                done = Done(work: work, finished: FinishedWork(work, .givenBack))
                continue
            }
            let begun = now
            if logsJobs { logStart(work) }
            let finished = await run(work, in: place, at: now)
            now = .now()
            done = Done(work: work, finished: finished, taken: now.milliseconds(since: begun))
            // A handler that never waits gives no other task its turn: a time limit, say, or what another handler waits for.
            if now.milliseconds(since: yieldedAt) >= Self.turn {
                await Task.yield()
                now = .now()
                yieldedAt = now
            }
        }
    }

    /// Says what was done, and takes the next job in the same breath, so that a drop finds each in one place or the other.
    /// - Returns: nil where the place is needed no more.
    private func next(after done: Done?, in place: WorkPlace) -> LeasedWork? {
        let (isFirst, work, isReplaced) = state.withLock { state -> (Bool, LeasedWork?, Bool) in
            var isFirst = false
            if let done {
                state.busy -= 1
                if let taken = done.taken { state.buffer.ended(after: taken) }
                if state.running[done.work.id]?.work === done.work {
                    state.running[done.work.id] = nil
                    isFirst = true
                }
            }
            // Its task is cancelled, and that is for the job that was stopped alone.
            if place.isStopped {
                let isReplaced = state.buffer.count > 0
                if !isReplaced { state.places -= 1 }
                return (isFirst, nil, isReplaced)
            }
            guard let work = state.buffer.popFirst() else {
                state.places -= 1
                return (isFirst, nil, false)
            }
            state.running[work.id] = Running(work: work, place: place)
            state.busy += 1
            return (isFirst, work, false)
        }
        if isFirst, let done {
            if logsJobs, let taken = done.taken { logEnd(done.work, done.finished, after: taken) }
            report(done.finished)
        }
        if isReplaced { open() }
        return work
    }

    private func run(_ work: LeasedWork, in place: WorkPlace, at now: SteadyTime) async -> FinishedWork {
        // What was dropped before it began does not begin; nobody hears of it.
        if place.isStopped { return FinishedWork(work, .givenBack) }
        let time = work.timeLeft(at: now)
        guard time > 0 else { return await execute(work) }
        let timer = Task { await end(work, after: time, in: place) }
        defer { timer.cancel() }
        // A handler that ignores its cancellation keeps its place until it ends; what it says then counts no more.
        return await execute(work)
    }

    /// Its time is over.
    private func end(_ work: LeasedWork, after milliseconds: Int64, in place: WorkPlace) async {
        do {
            try await Task.sleep(for: .milliseconds(milliseconds))
        } catch {
            return
        }
        // The first word on an attempt counts.
        let isFirst = state.withLock { state in
            guard state.running[work.id]?.work === work else { return false }
            return Self.take(work.id, &state) != nil
        }
        guard isFirst else { return }
        let finished = FinishedWork(work, .failed, error: "timed out after \(Double(milliseconds) / 1000) s")
        if logsJobs { logEnd(work, finished, after: milliseconds) }
        report(finished)
        place.cancel()
    }

    /// Takes a job from its place, under the lock: the place knows it before it takes another.
    private static func take(_ id: JobID, _ state: inout State) -> Running? {
        guard let running = state.running.removeValue(forKey: id) else { return nil }
        running.place.stop()
        return running
    }

    // MARK: Handlers

    private func execute(_ work: LeasedWork) async -> FinishedWork {
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
            case .retry(let after, let reason):
                if let tooLong = Self.tooLong(after, reason) { return FinishedWork(work, .failed, error: tooLong) }
                return FinishedWork(work, .failed, error: reason, retryAfter: after)
            case .discard(let reason): return FinishedWork(work, .discarded, error: reason)
            case .snooze(let duration, let reason):
                if let tooLong = Self.tooLong(duration, reason) { return FinishedWork(work, .failed, error: tooLong) }
                return FinishedWork(work, .givenBack, error: reason, retryAfter: duration)
            }
        } catch let error as UnreadablePayload {
            return FinishedWork(work, .discarded, error: error.description)
        } catch {
            context.logger.warning("the attempt failed", metadata: ["error": "\(error)"])
            return FinishedWork(work, .failed, error: "\(error)")
        }
    }

    /// The error of an attempt whose handler asks for a longer wait than the broker takes; nil if the wait is not too long.
    private static func tooLong(_ wait: Duration, _ reason: String) -> String? {
        let most = Limits.longestBackoffMilliseconds
        guard wait.milliseconds > most else { return nil }
        return
            "the handler asked for a wait of \(wait.words), the longest is \(Duration.milliseconds(most).words): \(reason)"
    }
}
