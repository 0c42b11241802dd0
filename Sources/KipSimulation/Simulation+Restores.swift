import HashChain
import KipBroker
import KipCore
import KipStore

/// A backup: what the disk held at a moment, and what was known of it then.
struct StoreCopy: Sendable {
    let store: ModelStore
    let audit: Audit
    /// The journal inside of it.
    let lines: [ChainLine]
    let madeAt: Int64
}

/// The journal in the database and the one outside of it, and the last backup.
struct Journals: Sendable {
    var copy: StoreCopy?
    var stored: [ChainLine] = []
    /// nil = somebody has lost it.
    var outside: [ChainLine]? = []
    /// The database was restored, and nobody has reconciled it yet.
    var isCopy = false
    /// Somebody has stopped the broker to reconcile it before it starts again.
    var isReconciling = false
    /// Jobs that were quarantined because nothing proved what was done since the backup.
    var unproven: Set<JobID> = []

    func standing(trustsCopies: Bool) throws(StoreError) -> JournalStanding {
        try JournalComparison(stored: stored, mirrored: outside ?? [])
            .standing(isThere: outside != nil, isCopy: isCopy && !trustsCopies, path: "the journal")
    }
}

/// Operators make backups, and put them back where a disk is lost. Then the broker, the disk and those who wait for
/// decisions are as they were, and the world, workers and clients are not.
extension Simulation {
    /// Somebody makes a backup while all is well; at times it is the older one that is kept.
    mutating func makeCopy() {
        var dice = dice(.backup, UInt64(now))
        if !isCalm { agenda.add(.copy, at: now + Int64(dice.number(1_000...5_000))) }
        guard !isCalm, core != nil, !isHeld, journals.copy == nil || dice.percent(70) else { return }
        journals.copy = StoreCopy(store: store, audit: audit, lines: journals.stored, madeAt: now)
        note("a backup is made")
    }

    /// The disk of a broker that has crashed is lost: its last backup takes its place. The journal outside may be on another
    /// disk; it may come from the same backup, or be lost as well.
    mutating func restore(_ copy: StoreCopy, _ dice: inout Chance) {
        let before = store.rows.ids.count
        var lost = Set(store.effects.filter { $0.value.state != .effectUndone }.keys)
        for line in (journals.outside ?? []).dropFirst(copy.lines.count) {
            lost.formUnion(JournalEntry.of(line).compactMap(\.key))
        }
        store = copy.store
        store.rows.now = now
        journals.stored = copy.lines
        journals.isCopy = true
        switch dice.number(0...9) {
        case ..<5: break
        case ..<9: journals.outside = copy.lines
        default: journals.outside = nil
        }
        let jobs = store.rows.ids.count
        let lines = journals.outside.map { $0.count - copy.lines.count } ?? -1
        note(
            "a backup of \(copy.madeAt) ms is restored: \(jobs) jobs of \(before); the journal outside has "
                + "\(lines) lines more")
        audit.restore(copy.audit)
        markStrays()
        guard let standing = try? journals.standing(trustsCopies: false) else { return }
        if case .databaseBehind(let lines) = standing, Reconcile.proof(of: lines) == .journal { return }
        audit.noteUnproven(lost, store)
    }

    /// What handlers still do that were begun after the backup, the database knows nothing of.
    private mutating func markStrays() {
        for index in workers.indices {
            for id in Array(workers[index].handlers.keys) {
                let isKnown =
                    store.runs(id.job, Int(id.attempt)) && store.rows[id.job]?.worker == workers[index].id
                if !isKnown { workers[index].handlers[id]?.isStray = true }
            }
        }
    }

    /// The rule by which a broker that starts is held.
    mutating func heldReason() -> String? {
        do throws(StoreError) {
            return Held.reason(try journals.standing(trustsCopies: mutant?.around == .trustsOldJournals))
        } catch {
            audit.report("the journal of the database and the one outside part: \(error)")
            return nil
        }
    }

    mutating func stopToReconcile() {
        guard isHeld, core != nil else { return }
        var dice = dice(.backup, UInt64(now), 1)
        journals.isReconciling = true
        crashBroker(&dice)
    }

    /// Somebody has the database compared with the journal outside, as `Reconcile.run` does.
    mutating func reconcile() {
        journals.isReconciling = false
        guard journals.isCopy, let standing = try? journals.standing(trustsCopies: mutant?.around == .trustsOldJournals)
        else { return }
        var proof = Reconcile.Proof.noJournal
        switch standing {
        case .same, .fileBehind: return
        case .databaseBehind(let lines):
            note("the database is reconciled with \(lines.count) lines of the journal")
            let entries = lines.flatMap(JournalEntry.of).filter {
                mutant?.around != .forgetsBegunEffects || $0.what != "effect-begun"
            }
            store.reconcile(entries)
            journals.stored += lines
            proof = Reconcile.proof(of: lines)
        case .fileMissing, .fileAsOld, .commitsMissing: break
        }
        if proof != .journal {
            let jobs = store.quarantineUnproven()
            store.unprovenUntil = time
            note("nothing proves what was done since the backup: \(jobs.count) jobs are quarantined")
            journals.unproven.formUnion(jobs)
            audit.noteUnprovenJobs(store)
        }
        audit.lookAtLedger(store, world)
        writeJournal([JournalEntry(what: "restored", by: "a person", proof: proof.rawValue)])
        journals.outside = journals.stored
        journals.isCopy = false
    }

    /// What a commit tells is in the journal inside with it, and outside before it is answered.
    mutating func writeJournal(_ entries: [JournalEntry]) {
        guard keepsCopies, !entries.isEmpty, let content = try? JournalEntry.content(entries) else { return }
        let line = ChainLine(after: journals.stored.last, content: content, at: time.milliseconds)
        journals.stored.append(line)
        journals.outside?.append(line)
    }

    /// Whether somebody still acts for an effect, in whatever attempt.
    func isActing(_ key: String) -> Bool {
        workers.contains { worker in
            worker.handlers.values.contains { handler in
                if case .acting = handler.stage { handler.effect == key } else { false }
            }
        }
    }

    /// What a person decides about a job that was quarantined as nothing proves what it did: it is tried again where it has
    /// done nothing. nil = that cannot be told yet.
    func decision(aboutUnproven id: JobID) -> SimulatedClient.Wish? {
        guard let row = store.rows[id], let key = JobNote(row.job.payload)?.effect(of: id) else {
            return Self.retry(id, by: "a person")
        }
        if isActing(key) { return nil }
        guard (world[key] ?? 0) > 0 else { return Self.retry(id, by: "a person") }
        var cancel = WireCancelJobs()
        cancel.ids = [id.description]
        return .other(.cancelJobs(cancel))
    }
}

/// What `Reconcile` does with a database, on the model.
extension ModelStore {
    mutating func reconcile(_ entries: [JournalEntry]) {
        for entry in entries { take(entry) }
        let uncertain = Set(effects.values.filter { $0.state == .effectUncertain }.map(\.job))
        for id in uncertain where rows[id].map({ Reconcile.suspended.contains($0.state) }) == true {
            rows[id]?.state = .uncertain
        }
        for id in rows.inState(.uncertain).map(\.job.id).sorted() where openEffects(of: id).isEmpty {
            rows[id]?.state = .available
            rows[id]?.worker = nil
        }
    }

    private mutating func take(_ entry: JournalEntry) {
        guard let state = entry.effectState, let key = entry.key, let job = entry.job.flatMap({ JobID($0) }) else {
            return
        }
        let credential = entry.publicKey.map { Credential(name: entry.keyName ?? "", publicKey: $0) }
        let known = effects[key]?.worker
        let worker = entry.worker.map { EffectWorker(id: $0, credential: credential) } ?? known
        effects[key] = Effect(
            job: job, attempt: entry.attempt ?? 0, worker: worker ?? EffectWorker(id: entry.by ?? "", credential: nil),
            state: state, receipt: state == .effectDone ? Array(key.utf8) : [])
    }

    /// - Returns: the jobs.
    mutating func quarantineUnproven() -> [JobID] {
        let jobs = Reconcile.unproven.flatMap { rows.inState($0).map(\.job.id) }
        for id in jobs {
            rows[id]?.state = .quarantined
            rows[id]?.worker = nil
        }
        for (key, effect) in effects where effect.state == .effectBegun { effects[key]?.state = .effectUncertain }
        return jobs
    }
}
