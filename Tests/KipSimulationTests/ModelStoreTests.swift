import Foundation
import KipCore
import KipSimulation
import KipStore
import Testing

/// The simulation's store and SQLite are told the same, and must say the same.
@Suite struct ModelStoreTests {
    @Test("the model keeps the contract as SQLite does", arguments: [1, 2, 3, 4] as [UInt64])
    func agrees(seed: UInt64) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let store = try SQLiteJobStore(directory: directory)
        var model = ModelStore()
        var teller = Teller(random: SplitMix64(seed: seed))
        var overlaps = 0
        for _ in 0..<800 {
            let batch = teller.batch()
            let outcomes = try store.apply(batch)
            #expect(outcomes == model.apply(batch))
            overlaps += outcomes.count { if case .overlaps = $0 { true } else { false } }
            let promotion = try store.promote(upTo: teller.now, limit: 5)
            let modelled = model.promote(upTo: teller.now, limit: 5)
            #expect(promotion.next == modelled.next)
            #expect(Set(promotion.lanes) == Set(modelled.lanes))
            #expect(try store.lanes() == model.lanes())
            for lane in Teller.lanes {
                #expect(
                    try store.available(lane: lane, limit: 7, bytes: 1_000_000)
                        == model.available(lane: lane, limit: 7, bytes: 1_000_000))
            }
            let running = try store.running().map { "\($0.job.id) \($0.job.attempt) \($0.worker)" }.sorted()
            #expect(running == model.running().map { "\($0.job.id) \($0.job.attempt) \($0.worker)" }.sorted())
            #expect(try store.schedules() == model.schedules())
            #expect(try store.openEffects() == model.openEffects())
        }
        #expect(Set(model.rows.values.map(\.state)).count >= 6)
        #expect(Set(model.effects.values.map(\.state)).count >= 3)
        #expect(overlaps > 10)
        #expect(model.firings.count > 10)
    }
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

    private mutating func number(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

    mutating func batch() -> [Mutation] {
        now = now.advanced(byMilliseconds: Int64(number(50)))
        return (0...number(8)).map { _ in mutation() }
    }

    private mutating func mutation() -> Mutation {
        guard !ids.isEmpty, number(3) > 0 else { return .insert(draft(), at: now, worker: number(2) == 0 ? "w" : nil) }
        // Mostly what was spoken of just now, so that one thing leads to another.
        let id = number(4) == 0 ? ids[number(ids.count)] : ids[max(0, ids.count - 1 - number(3))]
        let attempt = number(3) == 0 ? 2 : 1
        switch number(11) {
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
            let intent = EffectIntent(key: "effect \(number(60))", job: id, attempt: attempt, worker: "w", at: now)
            intents.append(intent)
            return .beginEffect(intent)
        case 8:
            let known = intents.isEmpty ? nil : intents[max(0, intents.count - 1 - number(20))]
            let (job, attempt) = (known?.job ?? id, known?.attempt ?? attempt)
            let speakers: [EffectWord.Speaker] = [
                .handler(job, attempt: attempt), .reconciler(job, attempt: attempt), .person("p"),
            ]
            return .settleEffect(
                EffectWord(
                    key: known?.key ?? "effect", settlement: number(2) == 0 ? .undone : .done(receipt: [1]),
                    speaker: speakers[number(3)], at: now))
        case 9:
            return .claim(
                [KeyClaim(key: "key \(number(10))", fingerprint: Int64(number(2)))], covers: number(3))
        default:
            if number(2) == 0 {
                return .applySchedules([StoredSchedule(name: "s", definition: "{}", next: now, lastNominal: nil)])
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

    private mutating func draft() -> JobDraft {
        let lane = Self.lanes[number(2)]
        let id = number(10) == 0 && !ids.isEmpty ? ids[number(ids.count)] : JobID(at: now, using: &random)
        ids.append(id)
        return JobDraft(
            id: id, kind: lane.kind, queue: lane.queue, priority: number(3),
            runAt: now.advanced(byMilliseconds: Int64(number(3) * 20)),
            uniqueKey: number(4) == 0 ? "key \(number(10))" : nil, payload: [UInt8(number(256))])
    }
}
