import Foundation
import HashChain
import KipCore
import Testing

@testable import KipStore

/// The ledgers of effects and firings, and the keys, on the real database.
@Suite struct EffectStoreTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let directory = Directory()

    private func running() throws -> (SQLiteJobStore, JobID) {
        let store = try SQLiteJobStore(directory: directory.path)
        let draft = JobDraft(kind: "k", runAt: now)
        _ = try store.outcomes([.insert(draft, at: now, worker: "w")])
        return (store, draft.id)
    }

    private func intent(_ job: JobID, attempt: Int = 1, key: String = "mail/1") -> Mutation {
        .beginEffect(EffectIntent(key: key, job: job, attempt: attempt, worker: EffectWorker(id: "w"), at: now))
    }

    private func word(_ settlement: EffectSettlement, _ speaker: EffectWord.Speaker) -> Mutation {
        .settleEffect(EffectWord(key: "mail/1", settlement: settlement, speaker: speaker, at: now))
    }

    private func park(_ job: JobID) -> Mutation {
        .park(
            Mutation.Park(
                id: job, attempt: 1, state: .uncertain, setbacks: Setbacks(losses: 1), error: "lost",
                outcome: "worker lost", worker: "w", at: now))
    }

    @Test("an intent, its receipt, and the receipt for whoever comes later, also after a restart")
    func receipt() throws {
        do {
            let (store, job) = try running()
            #expect(try store.outcomes([intent(job)]) == [.standing(.begun)])
            #expect(try store.outcomes([intent(job)]) == [.standing(.begun)])
            #expect(
                try store.outcomes([intent(JobID())]) == [
                    .effectInDoubt(job: job, lane: Lane(queue: "default", kind: "k"))
                ])
            #expect(
                try store.outcomes([word(.done(receipt: [1]), .handler(job, attempt: 1, worker: EffectWorker(id: "w")))]
                ) == [.settled])
        }
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(try store.outcomes([intent(JobID())]) == [.standing(.done(receipt: [1]))])
        #expect(try store.openEffects() == [])
    }

    @Test("a report counts from the worker that began the effect, with the key that it had; an older row knows no key")
    func whoReports() throws {
        let (store, job) = try running()
        let (own, other) = (Credential(name: "a", publicKey: "A"), Credential(name: "b", publicKey: "B"))
        func report(_ worker: EffectWorker) throws -> [WriteOutcome] {
            try store.outcomes([word(.undone, .handler(job, attempt: 1, worker: worker))])
        }
        func begin(_ credential: Credential?) throws {
            let worker = EffectWorker(id: "w", credential: credential)
            let intent = EffectIntent(key: "mail/1", job: job, attempt: 1, worker: worker, at: now)
            #expect(try store.outcomes([.beginEffect(intent)]) == [.standing(.begun)])
        }
        try begin(own)
        for stranger in [EffectWorker(id: "v", credential: own), EffectWorker(id: "w", credential: other)] {
            #expect(try report(stranger) == [.unchanged])
        }
        #expect(try report(EffectWorker(id: "w", credential: own)) == [.settled])
        try begin(nil)
        #expect(try report(EffectWorker(id: "w", credential: other)) == [.unchanged])
        #expect(try report(EffectWorker(id: "w")) == [.settled])
        try begin(own)
        try store.queue.write { try $0.execute(sql: "UPDATE effects SET worker_key = NULL") }
        #expect(try report(EffectWorker(id: "w", credential: other)) == [.settled])
    }

    @Test("a contradiction is worth a line of the record only from a worker that ran that attempt")
    func contradictions() throws {
        let (store, job) = try running()
        _ = try store.outcomes([intent(job), park(job), word(.undone, .person("Lan"))])
        let lines = try JournalRecord.ofDatabase(directory.path + "/kip.db").lines.count
        _ = try store.outcomes([
            .lease(job, attempt: 2, worker: "x"),
            .beginEffect(EffectIntent(key: "mail/1", job: job, attempt: 2, worker: EffectWorker(id: "x"), at: now)),
        ])
        for worker in ["v", "w"] {
            let late = EffectWord.Speaker.handler(job, attempt: 1, worker: EffectWorker(id: worker))
            #expect(try store.outcomes([word(.done(receipt: [1]), late)]) == [.unchanged])
        }
        let record = try JournalRecord.ofDatabase(directory.path + "/kip.db").lines
        #expect(record.count == lines + 2)
        #expect(JournalEntry.of(record[lines + 1]).map(\.what) == ["effect-contradicted"])
    }

    @Test("a job that was cancelled in the middle of its effect and is woken waits until the effect is decided")
    func woken() throws {
        let (store, job) = try running()
        let lane = Lane(queue: "default", kind: "k")
        _ = try store.outcomes([intent(job), .cancel(job, at: now)])
        #expect(try store.outcomes([.revive(job, at: now)]) == [.changed(lane)])
        #expect(try store.available(lane: lane, limit: 1, bytes: 1_000).jobs == [])
        #expect(try store.apply([word(.undone, .person("Lan"))]).freed.lanes == [lane])
        #expect(try store.available(lane: lane, limit: 1, bytes: 1_000).jobs.map(\.id) == [job])
    }

    @Test("an uncertain job waits until its effect is decided; a person's word counts only then")
    func decided() throws {
        let (store, job) = try running()
        _ = try store.outcomes([intent(job)])
        #expect(try store.outcomes([word(.undone, .person("Lan"))]) == [.unchanged])
        #expect(try store.outcomes([park(job)]) == [.settled])
        #expect(try store.openEffects().map(\.isUncertain) == [true])
        #expect(try store.outcomes([.revive(job, at: now)]) == [.unchanged])
        let lane = Lane(queue: "default", kind: "k")
        #expect(try store.apply([word(.undone, .person("Lan"))]).freed.lanes == [lane])
        #expect(try store.available(lane: lane, limit: 1, bytes: 1_000).jobs.map(\.id) == [job])
        // It may be begun anew, and the first one's late word is a contradiction that does not count.
        #expect(try store.outcomes([intent(job, attempt: 2)]) == [.standing(.begun)])
        #expect(
            try store.outcomes([word(.done(receipt: []), .handler(job, attempt: 1, worker: EffectWorker(id: "w")))])
                == [.unchanged])
        let said = try JournalRecord.ofDatabase(directory.path + "/kip.db").lines.flatMap(JournalEntry.of)
        #expect(said.map(\.what) == ["effect-begun", "effect-undone", "effect-begun", "effect-contradicted"])
        #expect(said[1].by == "Lan")
    }

    @Test("a job that is parked without an open effect waits for a worker")
    func parkedForNothing() throws {
        let (store, job) = try running()
        #expect(try store.apply([park(job)]).freed.lanes == [Lane(queue: "default", kind: "k")])
    }

    @Test("a nominal time fires once, also where the job and its key are gone")
    func firings() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        let first = JobDraft(kind: "k", runAt: now, uniqueKey: "schedule/s/1")
        func fire(_ draft: JobDraft) -> Mutation {
            .fireSchedule(name: "s", nominal: now, next: nil, draft, at: now)
        }
        #expect(try store.outcomes([fire(first)]) == [.created])
        try store.queue.write { db in try db.execute(sql: "DELETE FROM jobs; DELETE FROM unique_keys") }
        #expect(try store.outcomes([fire(JobDraft(kind: "k", runAt: now))]) == [.existing(first.id)])
        guard case .firings(let firings, _) = try store.answer(.firings(schedule: "s", limit: 9)) else { return }
        #expect(firings.map(\.jobID) == [first.id.description])
    }

    @Test(
        "with overlap skipped a time does not fire while the last job of the ledger has not ended, and leaves no trace")
    func overlap() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        let schedule = StoredSchedule(name: "s", definition: "{}", next: now, lastNominal: nil)
        func at(_ minute: Int64) -> Timestamp { now.advanced(byMilliseconds: minute * 60_000) }
        func fire(_ minute: Int64, _ draft: JobDraft, skips: Bool = true) throws -> [WriteOutcome] {
            try store.outcomes([
                .fireSchedule(
                    name: "s", nominal: at(minute), next: at(minute + 1), draft, at: at(minute), skipsOverlap: skips)
            ])
        }
        func stands(next: Int64, last: Int64) throws -> Bool {
            try store.schedules() == [
                StoredSchedule(name: "s", definition: "{}", next: at(next), lastNominal: at(last))
            ]
        }
        func job(_ key: String) -> JobDraft { JobDraft(kind: "k", runAt: now, uniqueKey: key) }
        _ = try store.apply([.applySchedules([schedule])])
        let first = job("1")
        #expect(try fire(1, first) == [.created])
        let left = job("2")
        #expect(try fire(2, left) == [.overlaps(first.id)])
        #expect(try stands(next: 3, last: 1))
        // Its key is free, its time is not in the ledger.
        #expect(try store.answer(.states([left.id])).states == [nil])
        #expect(try fire(2, left, skips: false) == [.created])
        #expect(try stands(next: 3, last: 2))
        // The last one counts, also where it waits for a person.
        _ = try store.apply([.cancel(first.id, at: now), .lease(left.id, attempt: 1, worker: "w")])
        let park = Mutation.Park(
            id: left.id, attempt: 1, state: .quarantined, setbacks: Setbacks(), error: "", outcome: "worker lost",
            worker: "w", at: now)
        _ = try store.apply([.park(park)])
        #expect(try fire(3, job("3")) == [.overlaps(left.id)])
        // A time that has fired is answered by its job, overlap or not.
        #expect(try fire(2, job("4")) == [.existing(left.id)])
        _ = try store.apply([.cancel(left.id, at: now)])
        let third = job("5")
        #expect(try fire(4, third) == [.created])
        // A job that is gone has ended.
        try store.queue.write { try $0.execute(sql: "DELETE FROM jobs") }
        #expect(try fire(5, job("6")) == [.created])
    }

    @Test("one schedule is stored without the others, and only where it is there")
    func oneSchedule() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        func schedule(_ name: String, _ definition: String, _ next: Timestamp?) -> StoredSchedule {
            StoredSchedule(name: name, definition: definition, next: next, lastNominal: nil)
        }
        _ = try store.apply([.applySchedules([schedule("a", "{}", now), schedule("b", "{}", now)])])
        #expect(
            try store.outcomes([
                .storeSchedule(schedule("b", "{1}", nil)), .storeSchedule(schedule("c", "{2}", now)),
            ]).isEmpty)
        #expect(try store.schedules() == [schedule("a", "{}", now), schedule("b", "{1}", nil)])
    }

    @Test("what a failed claim covers is not written; a key of before fingerprints is anybody's")
    func claims() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        let first = JobDraft(kind: "k", runAt: now, uniqueKey: "key", payload: [1])
        let other = JobDraft(kind: "k", runAt: now, uniqueKey: "key", payload: [2])
        func write(_ draft: JobDraft) -> [Mutation] {
            let claim = KeyClaim(
                key: "key", job: JobID(), lane: Lane(queue: draft.queue, kind: draft.kind),
                fingerprint: draft.fingerprint, at: now)
            return [.claim(Claim(keys: [claim]), covers: 1), .insert(draft, at: now)]
        }
        #expect(try store.outcomes(write(first)) == [.claimed, .created])
        #expect(try store.outcomes(write(first)) == [.claimed, .existing(first.id)])
        #expect(
            try store.outcomes(write(other) + [.insert(JobDraft(kind: "k", runAt: now), at: now)]) == [
                .keyTaken(position: 0, by: first.id), .skipped, .created,
            ])
        try store.queue.write { db in try db.execute(sql: "UPDATE unique_keys SET fingerprint = NULL") }
        #expect(try store.outcomes(write(other)) == [.claimed, .existing(first.id)])
    }
}
