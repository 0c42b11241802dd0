import KipCore
import KipStore
import KipWorker

/// Looks at everything that is said and written, and holds it against the promises.
struct Audit: Sendable {
    /// What was broken, by whom; empty = nothing.
    var violations: [String] = []
    var lost = 0
    var doubled = 0

    struct Handing: Hashable {
        var id: JobID
        var attempt: Int
    }

    /// Losses as this counts them, whatever the rows say.
    var losses: [JobID: Int] = [:]
    /// How often each attempt's job had been lost before it was handed out.
    var handedLosses: [Handing: Int] = [:]
    /// How often a job has killed another with their worker.
    var kills: [Pair: Int] = [:]
    /// At how many looks in a row a job could have run.
    var waitingLooks: [JobID: Int] = [:]
    /// Failures of each job, as its handlers' results say.
    var failures: [JobID: Int] = [:]
    /// When the broker last started, went on after it had stood still, or could not write.
    var disturbedAt: Int64 = 0
    /// When the broker last started or could not write: it may refuse what workers say in their sessions then.
    var sessionsUnsureAt: Int64 = 0

    var confirmed: Set<JobID> = []
    /// Orders whose message was refused, and may not be there.
    var refused: Set<Int> = []
    /// Jobs that were cancelled once: they have left their places, though their workers may hear of it late, or never.
    var leavers: Set<JobID> = []
    /// When each attempt was handed out.
    var handed: [Handing: Int64] = [:]
    private var cancelledAt: [JobID: Int64] = [:]
    private var keys: [String: Set<JobID>] = [:]
    private var released: Set<JobID> = []
    private var woken: Set<JobID> = []
    /// When queues and kinds were paused, as far as this is on disk.
    private var paused: [String: Int64] = [:]
    var orders: [Int: JobID] = [:]
    /// What was taken away long after its end, and how it had ended.
    var gone: [JobID: JobState] = [:]
    /// What operators say of the queue “narrow”, and since when.
    var limits: (control: Control, since: Int64)?
    /// Jobs that have begun in it, by the broker's clock.
    var starts: [(at: Timestamp, jobs: Int, written: Int64)] = []
    /// What workers said that they want to hold, and when the broker heard it, the last word last.
    var credits: [String: [(credit: Int, at: Int64)]] = [:]
    /// The public keys that own workers' ids, as far as this is on disk.
    var owners: [String: String] = [:]
    /// Nobody has set the wall clock.
    var clockIsRight = true
    /// Effects that may have happened, and that a restored database knows nothing of; with the jobs that it had.
    var unproven: [String: Set<JobID>] = [:]
    /// Of these, how often each was done once more for a good reason.
    var excused: [String: Int] = [:]
    /// Jobs that a person woke since.
    var wokenUnproven: Set<JobID> = []
    /// Jobs that were not there when effects of theirs were found to be in doubt.
    var absent: Set<JobID> = []
    /// Times that schedules fired for, or left out because the job before had not ended.
    var fired: [String: Set<Int64>] = [:]
    /// When a batch was not written, the last time.
    var writesFailedAt: Int64 = -60_000
    var contacts: [Int: (last: Int64, gapEnded: Int64)] = [:]

    /// Promise 9: a broker that is older than the world hands nothing out and lets nobody act.
    mutating func checkHeld(_ message: WireMessage) {
        switch message.header.body {
        case .work: report("a broker that is held hands out work")
        case .effectStanding(let standing) where standing.standing == .begun:
            report("a broker that is held lets a handler act")
        case .reconcileEffect: report("a broker that is held asks a reconciler")
        default: return
        }
    }

    mutating func report(_ text: String) {
        violations.append(text)
    }

    mutating func reportDoubled(_ text: String) {
        doubled += 1
        report(text)
    }

    /// - Returns: all jobs that were seen with the key.
    mutating func noteKey(_ key: String, of id: JobID) -> Set<JobID> {
        keys[key, default: []].insert(id)
        return keys[key] ?? []
    }

    mutating func notePause(_ control: Control, at now: Int64) {
        let name = "\(control.scope) \(control.name)"
        paused[name] = control.isPaused ? paused[name] ?? now : nil
    }

    func wasReleased(_ id: JobID) -> Bool { released.contains(id) }
    func wasWoken(_ id: JobID) -> Bool { woken.contains(id) }
    func pausedSince(_ name: String) -> Int64? { paused[name] }

    // MARK: What is said

    /// Promise 1: confirmed means on disk.
    mutating func confirm(_ id: JobID, _ store: ModelStore) {
        if gone[id] != nil { return }
        confirmed.insert(id)
        if store.rows[id] == nil {
            lost += 1
            report("job \(id) was confirmed and is not on disk")
        }
    }

    /// Promises 2, 6 and 11: work that is handed out is leased on disk, once for an attempt, to who takes its kind.
    mutating func hand(_ job: WireLeasedJob, to worker: String, kinds: [String], at now: Int64, _ store: ModelStore) {
        guard let id = JobID(job.id), let row = store.rows[id] else {
            return report("job \(job.id) was handed out and is not on disk")
        }
        if row.state != .running || row.job.attempt != Int(job.attempt) || row.worker != worker {
            report("job \(id) attempt \(job.attempt) was handed out before its lease was on disk")
        }
        // One that a restore took away, and that was enqueued again, is not kept from running by what is proven of it.
        if let doubt = store.openEffects(of: id).first, !absent.contains(id) {
            report("job \(id) was handed out while its effect \(doubt) is in doubt")
        }
        let lost = losses[id] ?? 0
        if lost > 0 { handedLosses[Handing(id: id, attempt: Int(job.attempt))] = lost }
        if lost >= Limits.losses { report("job \(id) was handed out though \(lost) workers were lost with it") }
        if !kinds.contains(job.kind) { report("job \(id) of kind \(job.kind) went to a worker that does not take it") }
        if handed.updateValue(now, forKey: Handing(id: id, attempt: Int(job.attempt))) != nil {
            doubled += 1
            report("job \(id) attempt \(job.attempt) was handed out twice")
        }
    }

    /// Promise 4: a key stands for one thing; what was refused is not there.
    mutating func refuse(_ payloads: [[UInt8]]) {
        refused.formUnion(payloads.compactMap { JobNote($0)?.order }.filter { $0 < 1_000_000 })
    }

    mutating func take(_ ids: [JobID], for jobs: [(wire: WireNewJob, payload: [UInt8])], _ store: ModelStore) {
        var byKey: [String: JobID] = [:]
        for (id, job) in zip(ids, jobs) where !job.wire.uniqueKey.isEmpty {
            let other = byKey.updateValue(id, forKey: job.wire.uniqueKey) ?? id
            if other != id {
                reportDoubled("one message has jobs \(other) and \(id) for the key \(job.wire.uniqueKey)")
            }
        }
        for (id, job) in zip(ids, jobs) where !job.wire.uniqueKey.isEmpty {
            guard job.wire.keyConflict == .refuse, let row = store.rows[id] else { continue }
            if !row.isRedacted, row.job.payload != job.payload || row.lane.kind != job.wire.kind {
                report("the key \(job.wire.uniqueKey) was confirmed to two different jobs")
            }
        }
    }

    // MARK: Effects

    /// Promise 8: whoever is told to begin has the intent on disk, whoever is told that it is settled has it on disk.
    mutating func stand(_ standing: WireEffectStanding.Standing, _ ask: EffectAsk, _ store: ModelStore) {
        let effect = store.effects[ask.key]
        switch standing {
        case .begun:
            if effect?.state != .effectBegun || effect?.job != ask.job || effect?.attempt != Int(ask.attempt) {
                report("the effect \(ask.key) was begun before its intent was on disk")
            }
        case .settled:
            guard case .settle(.done) = ask.word, effect?.state != .effectDone else { return }
            lost += 1
            report("the receipt of effect \(ask.key) was confirmed and is not on disk")
        default: break
        }
    }

    /// Promise 2: what is said to be recorded is on disk.
    mutating func record(_ result: WireRecordedResult, _ store: ModelStore) {
        guard result.status == .recorded, let id = JobID(result.id), let row = store.rows[id] else { return }
        if !row.ended.contains(Int(result.attempt)) {
            lost += 1
            report("the result of job \(id) attempt \(result.attempt) was recorded and is not on disk")
        }
    }

    /// The broker heard a worker and told it so.
    mutating func touch(_ worker: Int, at now: Int64, lease: Int64) {
        let contact = contacts[worker] ?? (now, -1)
        contacts[worker] = (now, now - contact.last >= lease ? now : contact.gapEnded)
    }

    /// A message of a worker has come to the broker's socket, which nobody reads for a moment: it was heard all the same.
    mutating func arrives(from worker: Int, at now: Int64, lease: Int64) {
        guard let contact = contacts[worker], now - contact.last < lease else { return }
        contacts[worker]?.last = now
    }

    /// Promise 6: a worker is lost only if it was silent for a lease, whatever waited to be read meanwhile.
    mutating func lose(_ worker: Int, at now: Int64, lease: Int64) {
        guard let contact = contacts[worker], now - contact.last < lease else { return }
        report("worker \(worker) was lost, though it was heard \(now - contact.last) ms before")
    }

    /// The broker itself stood still for so long, and heard nobody.
    mutating func stalled(_ milliseconds: Int64, at now: Int64) {
        for (worker, contact) in contacts { contacts[worker]?.last = min(now, contact.last + milliseconds) }
    }

    /// What is about to be on disk.
    mutating func write(_ batch: [Mutation], over store: ModelStore, at now: Int64) {
        lookAtPriorities(batch, over: store, at: now)
        lookAtFirings(batch, at: now)
        var leased: [JobID: Int] = [:]
        for mutation in batch {
            switch mutation {
            case .lease(let id, let attempt, _): leased[id] = attempt
            case .cancel(let id, _, _):
                // From here on a person may wake it, while its handler, which was told to stop, still winds down.
                cancelledAt[id] = now
            case .again(let again):
                // A lease that was not written was nobody's.
                guard store.runs(again.id, again.attempt) || leased[again.id] == again.attempt else { continue }
                if let row = store.rows[again.id] { check(again, of: row) }
                if again.outcome == "worker lost" { losses[again.id, default: 0] += 1 }
            default: continue
            }
        }
    }

    /// What is on disk now: the losses of a job that a person woke are forgotten.
    mutating func wrote(_ batch: [Mutation], _ outcomes: [WriteOutcome], _ store: ModelStore, at now: Int64) {
        lookAtControls(batch, store, at: now)
        lookAtStarts(batch, store, at: now)
        for (mutation, outcome) in zip(batch.lazy.filter(\.hasOutcome), outcomes) {
            guard case .changed = outcome else { continue }
            if case .release(let id, _, _) = mutation { released.insert(id) }
            if case .revive(let id, _, _) = mutation {
                losses[id] = nil
                failures[id] = nil
                forgetKills(of: id)
                woken.insert(id)
                if !unproven.isEmpty { wokenUnproven.insert(id) }
            }
        }
    }

    /// Promises 6 and 10: a job begins anew only where the one that ran it was silent for a lease.
    /// - Parameters:
    ///   - other: the worker that has the older attempt.
    ///   - older: that attempt.
    mutating func begin(_ id: JobID, beside other: Int, older: Int, at now: Int64, lease: Int64) {
        let since = handed[Handing(id: id, attempt: older)] ?? 0
        let contact = contacts[other] ?? (now, -1)
        let wasSilent = now - contact.last >= lease || contact.gapEnded >= since
        if !wasSilent, (cancelledAt[id] ?? -1) < since {
            doubled += 1
            report("job \(id) runs twice, though worker \(other), which has its older attempt, was never silent")
        }
    }

    // MARK: What is on disk

    /// All that can be told from the disk alone, at any time, of the jobs that changed since the last look.
    mutating func look(at store: inout ModelStore) {
        for id in store.rows.takeChanged().sorted() { if let row = store.rows[id] { look(at: id, row, store) } }
    }

    /// The same of all jobs; what was confirmed is there.
    mutating func lookAtAll(_ store: ModelStore) {
        for (id, row) in store.rows.inOrder { look(at: id, row, store) }
        for id in confirmed.sorted() where store.rows[id] == nil {
            lost += 1
            report("job \(id) was confirmed and is gone")
        }
    }

    private mutating func look(at id: JobID, _ row: ModelStore.Row, _ store: ModelStore) {
        if let key = row.uniqueKey { lookAtKey(key, id, store) }
        lookAtPlaces(row, store)
        if row.state == .uncertain,
            !store.effects.values.contains(where: { $0.job == id && $0.state != .effectDone })
        {
            report("job \(id) is uncertain without an effect in doubt")
        }
        if row.ends > 1 { report("job \(id) ended \(row.ends) times") }
        let note = JobNote(row.job.payload)
        if let order = note?.order, refused.contains(order) {
            report("job \(id) is there, though its message was refused")
        }
        // Orders of a key are told apart by it, as long as it stands.
        if let order = note?.order, order < 1_000_000, let other = orders.updateValue(id, forKey: order), other != id {
            doubled += 1
            report("jobs \(min(id, other)) and \(max(id, other)) are the same order \(order)")
        }
        lookAtFamily(id, row, note, store)
    }

    /// Promise 5: children exist with their parent's success, and only with it.
    private mutating func lookAtFamily(_ id: JobID, _ row: ModelStore.Row, _ note: JobNote?, _ store: ModelStore) {
        if let parent = note?.parent, (gone[parent] ?? store.rows[parent]?.state) != .succeeded {
            report("job \(id) is there without the success of its parent \(parent)")
        }
        guard row.state == .succeeded else { return }
        guard let outcome = ResultNote(row.result) else { return report("job \(id) succeeded without its result") }
        if outcome.attempt != row.job.attempt {
            report("job \(id) has the result of attempt \(outcome.attempt), the last was \(row.job.attempt)")
        }
        for child in outcome.children where store.rows[child] == nil && gone[child] == nil {
            lost += 1
            report("job \(child), a child of \(id), is not there")
        }
    }

    /// Liveness: when the faults have stopped, all ends.
    mutating func end(_ store: ModelStore, _ world: [String: Int], unanswered: Int, at now: Timestamp) {
        if unanswered > 0 { report("\(unanswered) requests were never answered") }
        for (id, row) in store.rows.inOrder where !row.state.isTerminal {
            lost += confirmed.contains(id) ? 1 : 0
            report("job \(id) never ended: \(row.state), attempt \(row.job.attempt), worker \(row.worker ?? "-")")
        }
        for (id, row) in store.rows.inOrder where row.state == .succeeded {
            guard let key = JobNote(row.job.payload)?.effect(of: id), (world[key] ?? 0) == 0 else { continue }
            lost += 1
            report("job \(id) succeeded, and its effect \(key) never happened")
        }
        for (key, effect) in store.effects where effect.state == .effectBegun {
            report("the effect \(key) stands as begun, and job \(effect.job) does not run: nobody will ever ask")
        }
        lookAtSchedules(store, at: now)
    }
}

/// What a simulated job's payload says of it.
struct JobNote {
    var order: Int?
    var parent: JobID?
    /// It kills its worker.
    var isKiller = false

    init?(_ payload: [UInt8]) {
        let words = String(decoding: payload, as: UTF8.self).split(separator: " ")
        guard words.count == 2 else { return nil }
        if words[0] == "order" { order = Int(words[1]) }
        isKiller = words[0] == "killer"
        if words[0] == "child" { parent = JobID(String(words[1])) }
    }

    /// What a job does to the world: every fifth order has an effect of its own, some share one with others.
    func effect(of id: JobID) -> String? {
        guard let order, order < 1_000_000 else { return nil }
        if order % 5 == 0 { return "fx/\(id)" }
        return order % 41 == 0 ? "fx/shared \(order % 3)" : nil
    }

    static func order(_ number: Int) -> [UInt8] { Array("order \(number)".utf8) }
    static func killer(_ number: Int) -> [UInt8] { Array("killer \(number)".utf8) }
    static func child(of parent: JobID) -> [UInt8] { Array("child \(parent)".utf8) }
}

/// What a simulated handler gives back.
struct ResultNote {
    var attempt: Int
    var children: [JobID]

    init?(_ result: [UInt8]) {
        let words = String(decoding: result, as: UTF8.self).split(separator: " ")
        guard let first = words.first, let attempt = Int(first) else { return nil }
        self.attempt = attempt
        children = words.dropFirst().compactMap { JobID(String($0)) }
    }

    static func text(attempt: Int, children: [JobID]) -> [UInt8] {
        Array(([String(attempt)] + children.map(\.description)).joined(separator: " ").utf8)
    }
}
