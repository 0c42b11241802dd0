import Foundation
import KipCore
import KipWorker
import Logging

/// A queue in memory with a clock of its own, so that a team tests its jobs without a broker: what is enqueued runs when
/// the test says so, in the test's own task, and an hour of backoff passes in no time.
///
/// It keeps the broker's rules as far as a handler can see them: priorities, delays, retries by the job's policy (without
/// their jitter), dead letters, snoozes, unique keys and their scopes, jobs that come after others and read what those gave
/// back, holds, expiry, children that are real only with their parent's success, effects that happen once. It runs one job
/// at a time, has no workers to lose, no limits of queues and no timeouts.
///
/// ```swift
/// let queue = InlineQueue(Invoice.self, Reminder.self)
/// let invoice = try await queue.enqueue(Invoice(number: 7))
/// await queue.run()
/// #expect(await queue.state(of: invoice) == .succeeded)
/// #expect(try await queue.jobs(Reminder.self) == [Reminder(invoice: 7)])
/// await queue.advance(by: .seconds(86_400))
/// ```
public actor InlineQueue {
    private struct Entry {
        var draft: JobDraft
        var state: JobState
        var runAt: Timestamp
        let createdAt: Timestamp
        var attempt = 0
        var failures = 0
        var errors: [String] = []
        var result: [UInt8] = []
    }

    /// The clock: it moves only with `advance`. Begins at 2024-01-01T00:00:00Z.
    public private(set) var now = Timestamp(milliseconds: 1_704_067_200_000)
    private let registry: JobRegistry
    private let logger: Logger
    private let ledger = MemoryEffectLedger()
    private var entries: [JobID: Entry] = [:]
    private var keys: [String: JobID] = [:]

    /// A queue for the kinds of a registry.
    /// - Parameter logger: what handlers log to. Default: warnings only.
    public init(_ registry: JobRegistry, logger: Logger? = nil) {
        self.registry = registry
        var quiet = Logger(label: "kip.testing")
        quiet.logLevel = .warning
        self.logger = logger ?? quiet
    }

    /// A queue for these kinds.
    public init(_ kinds: any Job.Type...) {
        var registry = JobRegistry()
        for kind in kinds { registry.register(kind) }
        self.init(registry)
    }

    // MARK: Enqueuing

    /// Enqueues a job; it runs with `run` or `advance`.
    /// - Parameter options: instead of the kind's own.
    /// - Returns: its id, or that of the job which has its unique key.
    /// It passes the registry's `EnqueueMiddleware` first.
    /// - Throws: `Refusal` where the broker would refuse it; `EncodingError`; what a middleware throws.
    @discardableResult
    public func enqueue<J: Job>(_ job: J, options: JobOptions? = nil) throws -> JobID {
        var wire = (options ?? J.options).wire(id: JobID(), kind: J.kind, at: now)
        var payload = try job.encodePayload()
        try registry.outgoing.prepare(&wire, &payload)
        return try insert(wire, payload)
    }

    private func insert(_ wire: WireNewJob, _ payload: [UInt8]) throws(Refusal) -> JobID {
        let draft = try JobDraft(wire: wire, payload: payload, position: 1, now: now)
        if let parent = draft.conditions?.after.first(where: { entries[$0] == nil }) {
            throw Refusal(.notFound, "job \(parent), which the job comes after, is not there")
        }
        if let key = draft.uniqueKey, let holder = keys[key], let present = entries[holder] {
            if let stays = try judge(draft, key, present) { return stays }
        }
        if let key = draft.uniqueKey { keys[key] = draft.id }
        entries[draft.id] = Entry(draft: draft, state: .available, runAt: draft.runAt, createdAt: now)
        if draft.conditions?.hold == true { entries[draft.id]?.state = .held }
        lookAfterWaiting()
        return draft.id
    }

    /// - Returns: the job that has the key and stays; nil where the new one has it now.
    private func judge(_ draft: JobDraft, _ key: String, _ present: Entry) throws(Refusal) -> JobID? {
        switch present.draft.conditions?.uniqueScope {
        case .untilDone where present.state.isTerminal: return nil
        case .period(let milliseconds) where now >= present.createdAt.advanced(byMilliseconds: milliseconds): return nil
        default: break
        }
        let isSame = present.draft.fingerprint == draft.fingerprint
        let yields = present.attempt == 0 && !present.state.isTerminal && present.draft.kind == draft.kind
        switch draft.keyConflict {
        case .replacePending where yields:
            entries[present.draft.id]?.state = .cancelled
            return nil
        case .keepExisting: return present.draft.id
        case .refuse where isSame, .replacePending where isSame: return present.draft.id
        case .refuse, .replacePending, .reject:
            throw Refusal(.keyTaken, "the unique key “\(key)” belongs to job \(present.draft.id)")
        }
    }

    // MARK: Waiting

    /// Lets a held job run, as a person would with `kip jobs release`.
    /// - Returns: whether it was held.
    @discardableResult
    public func release(_ id: JobID) -> Bool {
        guard entries[id]?.state == .held else { return false }
        entries[id]?.state = .available
        lookAfterWaiting()
        return true
    }

    /// Puts each job that waits where it belongs: blocked while those that it came after have not ended, cancelled where one
    /// of them did not end well, expired where it is too late.
    private func lookAfterWaiting() {
        var changed = true
        while changed {
            changed = false
            for (id, entry) in entries where [.available, .held, .blocked].contains(entry.state) {
                let state = standing(entry)
                if state == entry.state { continue }
                entries[id]?.state = state
                changed = true
            }
        }
    }

    private func standing(_ entry: Entry) -> JobState {
        guard let conditions = entry.draft.conditions else { return entry.state }
        if let last = conditions.lastStart, last <= now { return .expired }
        let parents = conditions.after.compactMap { entries[$0]?.state }
        if conditions.onParentFailed == .cancel, parents.contains(where: { $0.isTerminal && $0 != .succeeded }) {
            return .cancelled
        }
        if entry.state == .held { return .held }
        return parents.allSatisfy(\.isTerminal) ? .available : .blocked
    }

    private func desk(of draft: JobDraft) -> InlineDesk {
        let parents = (draft.conditions?.after ?? []).map { id in
            let result = entries[id]?.result ?? []
            return ParentResult(
                id: id, state: entries[id]?.state,
                // The registry that sealed it opens it.
                result: (try? registry.outgoing.open(result: result, of: id)) ?? result,
                error: entries[id]?.errors.last ?? "")
        }
        return InlineDesk(before: parents)
    }

    // MARK: Running

    /// Runs all that is due now, and what that makes, until nothing is due.
    public func run() async {
        lookAfterWaiting()
        while let id = nextDue() {
            await attempt(id)
            lookAfterWaiting()
        }
    }

    /// Lets time pass, and runs what becomes due meanwhile, each at its time.
    public func advance(by duration: Duration) async {
        let end = now.advanced(byMilliseconds: duration.milliseconds)
        await run()
        while let next = entries.values.filter({ $0.state == .available }).map(\.runAt).min(), next <= end {
            now = max(now, next)
            await run()
        }
        now = end
        lookAfterWaiting()
    }

    /// The highest priority first, then the one that waits longest.
    private func nextDue() -> JobID? {
        entries.values.filter { $0.state == .available && $0.runAt <= now && registry.kinds.contains($0.draft.kind) }
            .min { ($1.draft.priority, $0.createdAt, $0.draft.id) < ($0.draft.priority, $1.createdAt, $1.draft.id) }?
            .draft.id
    }

    private func attempt(_ id: JobID) async {
        guard var entry = entries[id] else { return }
        entry.attempt += 1
        entry.state = .running
        entries[id] = entry
        let (draft, now) = (entry.draft, now)
        let context = JobContext(
            id: id, kind: draft.kind, queue: draft.queue, attempt: entry.attempt, failures: entry.failures,
            enqueuedAt: entry.createdAt, headers: WireHeaders(bytes: draft.conditions?.headers ?? []).values,
            logger: logger, ledger: ledger, desk: desk(of: draft), outgoing: registry.outgoing, clock: { now })
        do {
            guard let outcome = try await registry.run(draft.kind, draft.payload, in: context) else { return }
            settle(id, outcome, context.enqueued)
        } catch {
            fail(id, "\(error)", after: nil)
        }
    }

    private func settle(_ id: JobID, _ outcome: Outcome, _ children: [JobContext.Child]) {
        switch outcome {
        case .succeeded(let result):
            let before = (entries, keys)
            do throws(Refusal) {
                for child in children { _ = try insert(child.wire, child.payload) }
                entries[id]?.state = .succeeded
                entries[id]?.result = result
            } catch {
                (entries, keys) = before
                bury(id, "a job that it made was refused: \(error.message)")
            }
        case .retry(let after, let reason): fail(id, reason, after: after)
        case .discard(let reason): bury(id, reason)
        case .snooze(let duration, let reason):
            entries[id]?.errors.append(reason)
            wait(id, duration.milliseconds)
        }
    }

    private func fail(_ id: JobID, _ reason: String, after: Duration?) {
        guard let entry = entries[id] else { return }
        if entry.failures + 1 >= entry.draft.maxAttempts { return bury(id, reason) }
        // The middle of the jitter is none.
        let delay = after?.milliseconds ?? entry.draft.retry.delay(afterFailures: entry.failures + 1, random: 1 << 63)
        if let last = entry.draft.conditions?.lastStart, last <= now.advanced(byMilliseconds: delay) {
            return bury(id, "\(reason) (and it would be too late to try again)")
        }
        entries[id]?.failures += 1
        entries[id]?.errors.append(reason)
        wait(id, delay)
    }

    private func bury(_ id: JobID, _ reason: String) {
        entries[id]?.failures += 1
        entries[id]?.errors.append(reason)
        entries[id]?.state = .dead
    }

    private func wait(_ id: JobID, _ milliseconds: Int64) {
        entries[id]?.state = .available
        entries[id]?.runAt = now.advanced(byMilliseconds: min(milliseconds, Limits.longestBackoffMilliseconds))
    }

    // MARK: Looking

    /// How a job stands; nil where there is none. One that waits for its time is `scheduled`.
    public func state(of id: JobID) -> JobState? {
        guard let entry = entries[id] else { return nil }
        return entry.state == .available && entry.runAt > now ? .scheduled : entry.state
    }

    /// How often a job was run.
    public func attempts(of id: JobID) -> Int { entries[id]?.attempt ?? 0 }

    /// Why its attempts did not succeed, the first first.
    public func errors(of id: JobID) -> [String] { entries[id]?.errors ?? [] }

    /// When a waiting job may run next; nil where it does not wait.
    public func nextRun(of id: JobID) -> Timestamp? {
        entries[id].flatMap { $0.state == .available ? $0.runAt : nil }
    }

    /// What a job gave back.
    /// - Throws: `DecodingError` where it is not of that type.
    public func result<Value: Decodable>(of id: JobID, as type: Value.Type) throws -> Value? {
        guard let entry = entries[id], entry.state == .succeeded, !entry.result.isEmpty else { return nil }
        return try JSONDecoder().decode(type, from: Data(registry.outgoing.open(result: entry.result, of: id)))
    }

    /// All jobs of a kind that were enqueued, by tests and by handlers, the first first.
    /// - Throws: `DecodingError` where a payload is not of that kind.
    public func jobs<J: Job>(_ kind: J.Type) throws -> [J] {
        try entries.values.filter { $0.draft.kind == J.kind }
            .sorted { ($0.createdAt, $0.draft.id) < ($1.createdAt, $1.draft.id) }
            .map { entry in
                let draft = entry.draft
                let payload = try registry.outgoing.open(payload: draft.payload, of: draft.id, kind: draft.kind)
                return try J.decode(payload: payload)
            }
    }
}
