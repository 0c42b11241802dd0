import Foundation
import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Who may say what: a connection speaks for the key that it authenticated with and the session that it was welcomed with.
@Suite struct SpeakerTests {
    private let house: StoreHarness

    init() throws {
        house = try StoreHarness { $0.recordsWorkerOwners = true }
        house.identities = [
            "a": Self.identity("pool-a", kinds: ["a"]), "b": Self.identity("pool-b", kinds: ["b"]),
            "post": Self.identity("post", effects: ["mail/"]), "other": Self.identity("other", effects: ["print/"]),
        ]
    }

    private static func identity(
        _ name: String, _ role: Rights.Role = .worker, kinds: [String] = [], queues: [String] = [],
        effects: [String]? = nil
    ) -> PeerIdentity {
        PeerIdentity(
            Rights(name: name, key: "key of \(name)", role: role, kinds: kinds, queues: queues, effects: effects))
    }

    private func begin(_ job: WireLeasedJob, _ name: String, key: String = "mail/1") -> WireEffectStanding? {
        var begin = WireBeginEffect()
        begin.workerID = house.workers[name]?.hello.workerID ?? ""
        begin.session = house.workers[name]?.session ?? 0
        begin.jobID = job.id
        begin.attempt = job.attempt
        begin.key = key
        return standing(house.ask(.beginEffect(begin), from: name))
    }

    private func settle(
        _ job: WireLeasedJob, _ settlement: WireSettleEffect.Settlement, from name: String, key: String = "mail/1",
        reconciled: Bool = false, session: UInt64? = nil
    ) -> WireEffectStanding? {
        var settle = WireSettleEffect()
        settle.workerID = house.workers[name]?.hello.workerID ?? ""
        settle.session = session ?? house.workers[name]?.session ?? 0
        settle.jobID = job.id
        settle.attempt = job.attempt
        settle.key = key
        settle.settlement = settlement
        settle.reconciled = reconciled
        return standing(house.ask(.settleEffect(settle), from: name))
    }

    private func standing(_ message: WireMessage?) -> WireEffectStanding? {
        if case .effectStanding(let standing)? = message?.header.body { standing } else { nil }
    }

    private func state(_ key: String = "mail/1") throws -> WireEffectState? {
        guard case .effects(let effects, _)? = try house.store?.answer(.effect(key: key)) else { return nil }
        return effects.first?.state
    }

    private func refusal(_ message: WireMessage?) -> WireRefused? {
        if case .error(let refused)? = message?.header.body { refused } else { nil }
    }

    /// Worker a has begun the effect of its job, and worker b has a job of its own.
    private func two() throws -> (a: WireLeasedJob, b: WireLeasedJob) {
        house.hello("a", kinds: ["a"])
        house.hello("b", kinds: ["b"])
        house.enqueue("a")
        house.enqueue("b")
        let jobs = (try #require(house.begun.first { $0.worker == "a" }).job, try #require(house.begun.last).job)
        #expect(begin(jobs.0, "a")?.standing == .begun)
        return jobs
    }

    @Test("a worker that begins another's effect is not told whose it is, and cannot settle it")
    func foreignEffect() throws {
        let (a, b) = try two()
        let answer = begin(b, "b")
        #expect(answer?.standing == .inDoubt)
        #expect(answer?.jobID == "")
        for settlement in [WireSettleEffect.Settlement.undone, .done] {
            #expect(settle(a, settlement, from: "b")?.standing == .void)
            #expect(try state() == .effectBegun)
        }
        let record = try JournalRecord.ofDatabase(house.directory + "/kip.db").lines
        #expect(record.count == 1)
        #expect(settle(a, .done, from: "a")?.standing == .settled)
        #expect(try state() == .effectDone)
    }

    @Test("the job of an effect in doubt is named to those who may see it")
    func ownDoubt() throws {
        let (a, b) = try two()
        house.identities["b"] = Self.identity("pool-b")
        #expect(begin(b, "b")?.jobID == a.id)
    }

    @Test("the record says which worker and which key began and settled an effect")
    func chain() throws {
        let (a, _) = try two()
        _ = settle(a, .done, from: "a")
        let entries = try JournalRecord.ofDatabase(house.directory + "/kip.db").lines.flatMap { JournalEntry.of($0) }
        #expect(entries.map(\.what) == ["effect-begun", "effect-done"])
        let id = try #require(house.workers["a"]).hello.workerID
        for entry in entries {
            #expect(entry.worker == id)
            #expect(entry.keyName == "pool-a")
            #expect(entry.publicKey == "key of pool-a")
        }
    }

    @Test("a handler's report counts after its lease has ended and the broker has started again, with its own key only")
    func lateReport() throws {
        let (a, _) = try two()
        let hello = try #require(house.workers["a"]).hello
        // Its lease ends while it is silent: the job is in doubt.
        house.goodbye("a")
        #expect(try state() == .effectUncertain)
        try house.restartWithoutWorkers()
        #expect(refusal(house.ask(.hello(hello), from: "b"))?.code == Refusal.Code.forbidden.rawValue)
        house.workers["a"] = StoreHarness.Hand(hello: hello, session: 0)
        house.returns("a")
        #expect(settle(a, .done, from: "a")?.standing == .settled)
        #expect(try state() == .effectDone)
    }

    @Test("goodbye, heartbeat, progress and results count only on the connection that was welcomed")
    func otherConnection() throws {
        let (a, _) = try two()
        var goodbye = WireGoodbye()
        goodbye.workerID = try #require(house.workers["a"]).hello.workerID
        for session in [0, try #require(house.workers["a"]).session] {
            goodbye.session = session
            for name in ["b", "client"] { house.ask(.goodbye(goodbye), from: name) }
        }
        #expect(house.core.leases[try #require(JobID(a.id))]?.isClosing == false)
        var results = WireResults()
        results.workerID = goodbye.workerID
        results.session = goodbye.session
        let answer = house.ask(.results(results), from: "b")
        #expect(refusal(answer)?.code == Refusal.Code.unknownSession.rawValue)
        house.ask(.goodbye(goodbye), from: "a")
        #expect(house.core.leases[try #require(JobID(a.id))] == nil)
    }

    @Test("a routing id that another key has taken over is another connection")
    func takenRoutingID() throws {
        let (a, _) = try two()
        var goodbye = WireGoodbye()
        goodbye.workerID = try #require(house.workers["a"]).hello.workerID
        goodbye.session = try #require(house.workers["a"]).session
        house.identities["a"] = house.identities["b"]
        house.ask(.goodbye(goodbye), from: "a")
        #expect(house.core.leases[try #require(JobID(a.id))]?.isClosing == false)
    }

    @Test("a worker's id stays its key's after a restart, also while it holds a job")
    func ownerAfterRestart() throws {
        let (a, _) = try two()
        let hello = try #require(house.workers["a"]).hello
        try house.restartWithoutWorkers()
        #expect(refusal(house.ask(.hello(hello), from: "b"))?.code == Refusal.Code.forbidden.rawValue)
        #expect(house.core.leases[try #require(JobID(a.id))]?.isClosing == false)
        house.returns("a")
        #expect(house.core.leases[try #require(JobID(a.id))]?.isClosing == false)
    }

    @Test("an owner that could not be written keeps its worker waiting until it says hello again")
    func ownerNotWritten() throws {
        house.isDiskSlow = true
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["a"]
        hello.credit = 1
        guard case .welcome(let welcome)? = house.ask(.hello(hello), from: "a")?.header.body else {
            Issue.record("not welcome")
            return
        }
        house.failWrites()
        house.isDiskSlow = false
        #expect(try house.store?.workerOwners() == [])
        house.workers["a"] = StoreHarness.Hand(hello: hello, session: welcome.session)
        house.enqueue("a")
        #expect(house.begun.isEmpty)
        house.returns("a")
        #expect(house.begun.count == 1)
        #expect(try house.store?.workerOwners().map(\.publicKey) == ["key of pool-a"])
    }

    @Test("a renewal of an owner that could not be written leaves the id with its key")
    func renewalNotWritten() throws {
        house.hello("a", kinds: ["a"])
        house.pass(milliseconds: 25 * 3_600_000)
        house.isDiskSlow = true
        house.returns("a")
        house.failWrites()
        house.isDiskSlow = false
        let id = try #require(house.workers["a"]).hello.workerID
        var hello = WireHello()
        hello.workerID = id
        hello.kinds = ["b"]
        hello.credit = 1
        #expect([house.ask(.hello(hello), from: "b")].compactMap { $0 }.refusals == ["forbidden"])
        house.returns("a")
        #expect(try house.store?.workerOwners().map(\.publicKey) == ["key of pool-a"])
    }

    @Test("receipts that wait for a slow disk are bounded: the handler asks again")
    func manyReceipts() throws {
        house.hello("post", kinds: ["post"])
        house.enqueue("post")
        let job = try #require(house.begun.last).job
        let keys = (0..<20).map { "mail/\($0)" }
        for key in keys { #expect(begin(job, "post", key: key)?.standing == .begun) }
        house.isDiskSlow = true
        func settle(_ key: String) -> String? {
            var settle = WireSettleEffect()
            settle.workerID = house.workers["post"]?.hello.workerID ?? ""
            settle.session = house.workers["post"]?.session ?? 0
            settle.jobID = job.id
            settle.attempt = job.attempt
            settle.key = key
            settle.settlement = .done
            let receipt = [UInt8](repeating: 1, count: Limits.payloadBytes)
            guard
                case .error(let refused)? = house.ask(.settleEffect(settle), payloads: [receipt], from: "post")?.header
                    .body
            else { return nil }
            return refused.code
        }
        let codes = keys.map(settle)
        #expect(codes.prefix(16).allSatisfy { $0 == nil })
        #expect(codes.dropFirst(16).allSatisfy { $0 == "busy" }, "\(codes)")
        house.failWrites()
        #expect(house.core.pendingReceiptBytes == 0)
        house.isDiskSlow = false
        #expect(settle("mail/19") == nil)
        #expect(house.core.pendingReceiptBytes == 0)
        #expect(try state("mail/19") == .effectDone)
    }

    @Test("a reconciler counts if it was asked, in that session, and its key may look up the prefix")
    func reconcilers() throws {
        let (a, _) = try two()
        house.goodbye("a")
        for name in ["post", "other"] {
            var hello = WireHello()
            hello.workerID = JobID().description
            hello.kinds = ["none"]
            hello.credit = 1
            hello.reconciles = name == "post" ? ["mail/"] : []
            house.workers[name] = StoreHarness.Hand(hello: hello, session: 0)
        }
        house.returns("other")
        _ = settle(a, .undone, from: "other", reconciled: true)
        #expect(try state() == .effectUncertain)
        house.returns("post")
        house.pass(milliseconds: 1)
        let asked = try #require(house.workers["post"]).session
        // Its answer from before it came anew is of another session.
        house.returns("post")
        _ = settle(a, .undone, from: "post", reconciled: true, session: asked)
        #expect(try state() == .effectUncertain)
        house.pass(milliseconds: 1)
        // A key that lost its right since.
        house.identities["post"] = PeerIdentity(
            Rights(name: "post", key: "key of post", role: .worker, kinds: ["x"], effects: ["print/"]))
        _ = settle(a, .undone, from: "post", reconciled: true)
        #expect(try state() == .effectUncertain)
        house.identities["post"] = Self.identity("post", effects: ["mail/"])
        _ = settle(a, .undone, from: "post", reconciled: true)
        #expect(try state() == .effectUndone)
        let last = try JournalRecord.ofDatabase(house.directory + "/kip.db").lines.flatMap { JournalEntry.of($0) }.last
        #expect(last?.what == "effect-undone" && last?.by == "reconciler" && last?.keyName == "post")
    }

    @Test("ids that were not seen for long are removed, those in use stay, and one key cannot fill the table")
    func bounded() {
        let identity = Self.identity("pool")
        var owners = WorkerOwners([])
        for number in 0..<10 {
            _ = owners.claim("w\(number)", identity, at: Timestamp(milliseconds: Int64(number)))
        }
        #expect(owners.claim("w3", identity, at: Timestamp(milliseconds: 100)) == nil)
        #expect(owners.claim("w3", identity, at: Timestamp(milliseconds: 100_000_000))?.publicKey == "key of pool")
        #expect(owners.halve(idsOf: "key of pool") { $0 == "w0" } == ["w1", "w2", "w4", "w5", "w6"])
        #expect(owners.count(of: "key of pool") == 5)
        #expect(owners.prune(seenBefore: Timestamp(milliseconds: 50)) { $0 == "w0" } == ["w7", "w8", "w9"])
        #expect(owners.count == 2)
    }
}
