import GRDB
import Foundation
import KipCore
import OwnThread
import Testing

@testable import KipSimulation
@testable import KipStore

/// The simulation's store and SQLite are told the same, and must say the same.
@Suite(.ownThread) struct ModelStoreTests {
    /// Where one looks seldom, jobs stay recent for long: what happens to them then must come to the same.
    @Test(
        "the model keeps the contract as SQLite does, also when the store is dropped and opened anew",
        arguments: [1, 2, 3, 5, 6, 7] as [UInt64])
    func agrees(seed: UInt64) throws {
        var chance = SplitMix64(seed: seed &* 77)
        let looksEvery: UInt64 = seed <= 4 ? 1 : 12
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var store = try SQLiteJobStore(directory: directory)
        var model = ModelStore()
        store.steps.limit = model.stepsPerBatch
        store.steps.parentLimit = model.parentsPerBatch
        var teller = Teller(random: SplitMix64(seed: seed))
        var overlaps = 0
        var pruned = 0
        for _ in 0..<800 {
            let batch = teller.batch()
            let applied = try store.apply(batch)
            for case .pruned(let jobs, _) in applied.outcomes { pruned += jobs }
            overlaps += applied.outcomes.count { if case .overlaps = $0 { true } else { false } }
            let foreseen = model.apply(batch)
            if applied != foreseen {
                Issue.record("\(batch)\nSQLite: \(applied)\nmodel: \(foreseen)")
                return
            }
            let keys = try store.queue.read { db in
                try Row.fetchAll(db, sql: "SELECT key, job, until FROM unique_keys ORDER BY key").map {
                    "\($0["key"] as String) \((JobID(bytes: [UInt8]($0["job"] as Data)))!) \(($0["until"] as Int64?) ?? 0)"
                }
            }
            let modelKeys = model.keys.sorted { $0.key < $1.key }.map {
                "\($0.key) \($0.value.job) \($0.value.until?.milliseconds ?? 0)"
            }
            if keys != modelKeys {
                let other = Set(keys).symmetricDifference(modelKeys)
                Issue.record("\(batch)\nkeys differ: \(other.sorted())")
                return
            }
            if chance.next() % 3 == 0 { try store.merge(all: chance.next() % 3 == 0) }
            if chance.next() % 40 == 0 {
                // As after kill -9: nothing was closed.
                store = try reopened(store, directory)
                store.steps.limit = model.stepsPerBatch
                store.steps.parentLimit = model.parentsPerBatch
            }
            if chance.next() % looksEvery != 0 { continue }
            let promotion = try store.promote(upTo: teller.now, limit: 5)
            let modelled = model.promote(upTo: teller.now, limit: 5)
            try #require(promotion.next == modelled.next)
            try #require(promotion.late == modelled.late)
            try #require(Set(promotion.lanes) == Set(modelled.lanes))
            try #require(try store.lanes() == model.lanes())
            for lane in Teller.lanes {
                try #require(
                    try store.available(lane: lane, limit: 7, bytes: 1_000_000)
                        == model.available(lane: lane, limit: 7, bytes: 1_000_000))
            }
            let running = try store.running().map { "\($0.job.id) \($0.job.attempt) \($0.worker)" }.sorted()
            try #require(running == model.running().map { "\($0.job.id) \($0.job.attempt) \($0.worker)" }.sorted())
            #expect(try store.schedules() == model.schedules())
            #expect(try store.controls() == model.controls())
            #expect(try store.kinds() == model.kinds())
            #expect(try store.starts() == model.starts())
            #expect(try store.openEffects() == model.openEffects())
            #expect(try store.hasUntoldDependents() == (model.firstPostponed() != nil))
            #expect(try store.latestClock() == model.latestClock())
        }
        #expect(Set(model.rows.values.map(\.state)).count >= 9)
        #expect(Set(model.effects.values.map(\.state)).count >= 3)
        #expect(overlaps > 10)
        #expect(pruned > 50)
        #expect(model.firings.count > 10)
    }
}

/// A store on the files as they are now, while the old one still has them open, as after a crash.
private func reopened(_ store: consuming SQLiteJobStore, _ directory: String) throws -> SQLiteJobStore {
    let copy = directory + "-copy"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: directory, toPath: copy)
    _ = consume store
    try FileManager.default.removeItem(atPath: directory)
    try FileManager.default.moveItem(atPath: copy, toPath: directory)
    return try SQLiteJobStore(directory: directory)
}

/// Makes batches, also senseless ones.
private struct Teller {
    static let lanes = [Lane(queue: "default", kind: "a"), Lane(queue: "mail", kind: "b")]
    var random: SplitMix64
    var now = Timestamp(milliseconds: 1_000_000)
    private var ids: [JobID] = []
    private var intents: [EffectIntent] = []

    init(random: SplitMix64) {
        self.random = random
    }

    var effects = 0

    private mutating func number(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    /// One of two workers, each second time with one of two keys. It takes no random number, so that the rest stays what it
    /// was.
    private mutating func effectWorker() -> EffectWorker {
        effects += 1
        return EffectWorker(
            id: effects % 4 == 1 ? "v" : "w",
            credential: effects % 4 < 2 ? nil : Credential(name: "pool", publicKey: "key \(effects % 4)"))
    }

    mutating func batch() -> [Mutation] {
        now = now.advanced(byMilliseconds: Int64(number(50)))
        batches += 1
        let batch = (0...number(8)).map { _ in mutation() }
        if batches.isMultiple(of: 5) { return batch + [.tellDependents(at: now)] }
        // A clock that was a little ahead.
        if batches.isMultiple(of: 7) {
            return batch + [
                .correctWaits(
                    at: now.advanced(byMilliseconds: -25), limit: 3, batches.isMultiple(of: 2) ? .setBack : .start)
            ]
        }
        return batch
    }

    private var batches = 0

    private mutating func mutation() -> Mutation {
        guard !ids.isEmpty, number(3) > 0 else { return insert() }
        // Mostly what was spoken of just now, so that one thing leads to another.
        let id = number(4) == 0 ? ids[number(ids.count)] : ids[max(0, ids.count - 1 - number(3))]
        let attempt = number(3) == 0 ? 2 : 1
        switch number(15) {
        case 0, 1: return .lease(id, attempt: attempt, worker: "w\(number(2))")
        case 2:
            return .finish(
                Mutation.Finish(
                    id: id, attempt: attempt, state: number(2) == 0 ? .succeeded : .dead,
                    setbacks: Setbacks(failures: number(3)),
                    worker: "w", at: now))
        case 3:
            return .again(
                Mutation.Again(
                    id: id, attempt: attempt, setbacks: Setbacks(failures: number(3)),
                    runAt: now.advanced(byMilliseconds: Int64(number(2) * 30)), error: "", outcome: "failed",
                    worker: "w", at: now))
        case 4: return .cancel(id, at: now)
        case 5: return .revive(id, at: now)
        case 6:
            return .park(
                Mutation.Park(
                    id: id, attempt: attempt, state: number(2) == 0 ? .uncertain : .quarantined,
                    setbacks: Setbacks(losses: number(3)), error: "lost", outcome: "worker lost", worker: "w", at: now))
        case 7:
            let intent = EffectIntent(
                key: "effect \(number(60))", job: id, attempt: attempt, worker: effectWorker(), at: now)
            intents.append(intent)
            return .beginEffect(intent)
        case 8:
            let known = intents.isEmpty ? nil : intents[max(0, intents.count - 1 - number(20))]
            let (job, attempt) = (known?.job ?? id, known?.attempt ?? attempt)
            let speakers: [EffectWord.Speaker] = [
                .handler(job, attempt: attempt, worker: effectWorker()),
                .reconciler(job, attempt: attempt, worker: effectWorker()), .person("p"),
            ]
            return .settleEffect(
                EffectWord(
                    key: known?.key ?? "effect", settlement: number(2) == 0 ? .undone : .done(receipt: [1]),
                    speaker: speakers[number(3)], at: now))
        case 9:
            return claim()
        case 10: return .release(id, at: now, by: "Lan")
        case 11: return .expire(id, at: now)
        case 12:
            let since = now.advanced(byMilliseconds: -100)
            return .start(queue: Self.lanes[number(2)].queue, at: now, jobs: 1 + number(2), since: since)
        case 13 where number(2) == 0:
            let states: [JobState] = number(2) == 0 ? [.succeeded, .dead] : [.cancelled, .expired, .succeeded]
            return .prune(
                Pruning(
                    states: states, kind: number(4) == 0 ? "a" : "", queue: number(6) == 0 ? "mail" : "",
                    before: now.advanced(byMilliseconds: -Int64(100 + number(200))), now: now, limit: 1 + number(400),
                    from: number(3) == 0 ? id : nil))
        case 13 where ids.count.isMultiple(of: 3):
            return .setKinds([
                StoredKind(
                    name: "k\(ids.count % 4)", options: ids.count.isMultiple(of: 2) ? [] : [UInt8(ids.count % 5)],
                    at: now,
                    by: "w")
            ])
        case 13:
            var control = Control(number(2) == 0 ? .queue : .kind, "a")
            control.isPaused = number(2) == 0
            return .control(control)
        default:
            if number(2) == 0 {
                let owner = ids.count.isMultiple(of: 3) ? "team" : ""
                return .applySchedules(
                    ids.count.isMultiple(of: 5)
                        ? []
                        : [StoredSchedule(name: "s", definition: "{}", next: now, lastNominal: nil, owner: owner)],
                    owner: owner)
            }
            if number(4) == 0 {
                let name = number(4) == 0 ? "nobody" : "s"
                return .storeSchedule(
                    StoredSchedule(name: name, definition: "{\(number(9))}", next: nil, lastNominal: now))
            }
            return .fireSchedule(
                name: "s", nominal: now, next: now, draft(), at: now, skipsOverlap: number(2) == 0)
        }
    }

    private mutating func insert() -> Mutation {
        let draft = draft()
        let isReady = draft.conditions?.isReady ?? true
        return .insert(draft, at: now, worker: isReady && draft.runAt <= now && number(2) == 0 ? "w" : nil)
    }

    private mutating func claim() -> Mutation {
        let conflict = KeyConflict.allCases[number(4)]
        let job = number(3) == 0 && !ids.isEmpty ? ids[number(ids.count)] : JobID(at: now, using: &random)
        let key = KeyClaim(
            key: "key \(number(10))", job: job, lane: Self.lanes[number(2)], fingerprint: Int64(number(2)),
            conflict: conflict, at: now)
        let parent = number(3) == 0 ? JobID(at: now, using: &random) : ids[number(ids.count)]
        return .claim(
            Claim(keys: [key], parents: number(2) == 0 ? [ParentClaim(parent, of: job)] : []), covers: number(3))
    }

    private mutating func conditions() -> JobConditions? {
        if number(2) == 0 { return nil }
        var conditions = JobConditions()
        if number(3) == 0 { conditions.expiresAt = now.advanced(byMilliseconds: Int64(number(400))) }
        if number(5) == 0 { conditions.hold = true }
        if number(3) == 0 { conditions.concurrencyKey = "place \(number(3))" }
        conditions.concurrency = 1 + number(2)
        if number(3) == 0 {
            let recent = ids.suffix(12)
            conditions.after = (0..<number(4)).compactMap { _ in
                recent.isEmpty ? nil : recent.randomElement(using: &random)
            }
            conditions.after = conditions.after.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
            conditions.onParentFailed = number(2) == 0 ? .cancel : .continue
        }
        conditions.uniqueScope = [.forever, .untilDone, .period(milliseconds: 60)][number(3)]
        conditions.redacts = number(6) == 0
        if number(8) == 0 { conditions.keepMilliseconds = Int64(1 + number(500)) }
        return conditions
    }

    private mutating func draft() -> JobDraft {
        let lane = Self.lanes[number(2)]
        let id = number(10) == 0 && !ids.isEmpty ? ids[number(ids.count)] : JobID(at: now, using: &random)
        ids.append(id)
        return JobDraft(
            id: id, kind: lane.kind, queue: lane.queue, priority: number(3),
            runAt: now.advanced(byMilliseconds: Int64(number(3) * 20)),
            uniqueKey: number(4) == 0 ? "key \(number(10))" : nil, keyConflict: KeyConflict.allCases[number(4)],
            conditions: conditions(), payload: [UInt8(number(256))])
    }
}
