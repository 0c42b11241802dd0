import KipCore
import KipStore

/// Promise 9: a restored backup does nothing twice.
extension Audit {
    /// The database is as old as a backup: so is all that was known of it. What was confirmed since may be gone; what was seen
    /// of the world, of workers and of refused messages stays.
    mutating func restore(_ copy: Audit) {
        let present = self
        self = copy
        violations = present.violations
        lost = present.lost
        doubled = present.doubled
        waitingLooks = [:]
        contacts = present.contacts
        credits = present.credits
        refused.formUnion(present.refused)
        clockIsRight = present.clockIsRight
        disturbedAt = present.disturbedAt
        sessionsUnsureAt = present.sessionsUnsureAt
        writesFailedAt = present.writesFailedAt
        absent.formUnion(present.absent)
        unproven = present.unproven
        excused = present.excused
        wokenUnproven = present.wokenUnproven
    }

    /// Effects that may have happened since the backup, and of which nothing is left: the jobs of the backup may do them again
    /// only after a person's decision.
    mutating func noteUnproven(_ keys: Set<String>, _ store: ModelStore) {
        let jobs = Set(store.rows.ids)
        for key in keys where (store.effects[key]?.state ?? .effectUndone) == .effectUndone {
            unproven[key, default: []].formUnion(jobs)
        }
    }

    /// The jobs that have come since are quarantined with those of the backup.
    mutating func noteUnprovenJobs(_ store: ModelStore) {
        let jobs = Set(store.rows.ids)
        for key in unproven.keys { unproven[key]?.formUnion(jobs) }
    }

    /// A database was reconciled: what has happened stands in its ledger, as far as anything proves it.
    mutating func lookAtLedger(_ store: ModelStore, _ world: [String: Int]) {
        for effect in store.openEffects() where store.rows[effect.job] == nil { absent.insert(effect.job) }
        for (key, times) in world.sorted(by: { $0.key < $1.key }) where times > 0 && unproven[key] == nil {
            let state = store.effects[key]?.state ?? .effectUndone
            if state == .effectUndone {
                report("the effect \(key) happened, and after the reconciliation nobody knows")
            }
        }
    }

    /// Promise 8: at most once. An effect of which a backup knows nothing, and its journal neither, is done once more by a job
    /// that was enqueued later, or that a person woke: nothing could tell them.
    mutating func perform(_ key: String, by job: JobID, times: Int) {
        guard times > 1 + (excused[key] ?? 0) else { return }
        if let jobs = unproven[key], !jobs.contains(job) || wokenUnproven.contains(job) {
            excused[key, default: 0] += 1
            unproven[key] = nil
            return
        }
        reportDoubled("the effect \(key) happened \(times) times")
    }
}
