import GRDB
import KipCore
import KipStore
import Testing

@testable import KipBroker
@testable import KipStore

/// One text in two spellings, as a Mac and everything else write it, is one name and one key: in memory, on disk, and after a
/// restart, which reads from the disk what Swift would take for the same by itself.
@Suite struct SpellingTests {
    private static let nfc = "th\u{1B0} m\u{1EE5}c"
    private static let nfd = "thu\u{31B} mu\u{323}c"
    private static let both = [nfc, nfd]

    /// Rows of a table.
    private func count(_ table: String, _ house: StoreHarness) throws -> Int? {
        try house.store?.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
    }

    @Test("jobs of a queue that is spelled in two ways are one lane, and go to a worker of either", arguments: both)
    func lane(worker: String) throws {
        let house = try StoreHarness()
        let ids = Self.both.map { house.enqueue(queue: $0) } + Self.both.map { house.enqueue($0, queue: $0) }
        #expect(Set(Self.both.map { name in house.list { $0.queue = name }.jobs.map(\.id) }) == [ids.reversed()])
        try house.restart()
        #expect(house.core.lanes.count == 2)
        house.hello(kinds: ["k", worker], queues: [worker])
        #expect(house.running == Set(ids))
        for begun in house.begun { #expect(Array(begun.job.queue.utf8) == Array(Self.nfc.utf8)) }
    }

    @Test("a schedule that is applied in both spellings is one, fires once after a restart, and is found by either")
    func schedule() throws {
        let house = try StoreHarness()
        for name in Self.both {
            var apply = WireApplySchedules()
            apply.schedules = [.with { ($0.name, $0.kind, $0.cron, $0.queue) = (name, "k", "* * * * *", name) }]
            #expect(house.ask(.applySchedules(apply)).refusal == nil)
        }
        #expect(try count("schedules", house) == 1)
        try house.restart()
        house.hello(queues: [Self.nfd])
        house.pass(seconds: 60)
        #expect(house.begun.count == 1)
        for name in Self.both {
            let history = house.ask(.scheduleHistory(.with { $0.name = name }))
            #expect(history?.header.scheduleFirings.firings.map(\.jobID) == house.begun.ids)
        }
        #expect(house.ask(.pauseSchedule(.with { ($0.name, $0.paused) = (Self.nfd, true) })).refusal == nil)
        house.pass(seconds: 120)
        #expect(house.begun.count == 1)
    }

    @Test("jobs with one unique key are one job, in one message and in two, also after a restart")
    func uniqueKeys() throws {
        let together = try StoreHarness()
        let jobs = Self.both.map { key in StoreHarness.job { $0.uniqueKey = key } }
        let one = together.send(jobs, payloads: [[], []]).enqueued
        #expect(one.map(\.outcome) == [.created, .existing] && Set(one.map(\.id)).count == 1)
        #expect(together.list().jobs.count == 1)

        let apart = try StoreHarness()
        let first = apart.enqueue { $0.uniqueKey = Self.nfc }
        #expect(apart.enqueue { $0.uniqueKey = Self.nfd } == first)
        try apart.restart()
        #expect(apart.enqueue { $0.uniqueKey = Self.nfd } == first)
        #expect(apart.list { $0.uniqueKey = Self.nfd }.jobs.map(\.id) == [first])
    }

    @Test("jobs with one concurrency key run one after the other")
    func concurrencyKeys() throws {
        let house = try StoreHarness()
        let ids = Self.both.map { key in house.enqueue { $0.conditions.concurrencyKey = key } }
        try house.restart()
        house.hello()
        #expect(house.begun.ids == [ids[0]])
        house.finish(ids[0])
        #expect(house.begun.ids == ids)
    }

    @Test("an effect that was done under one spelling of its key is done under the other")
    func effectKeys() throws {
        let house = try StoreHarness()
        house.hello()
        let ids = [house.enqueue(), house.enqueue()]
        house.beginEffect("mail/\(Self.nfc)", in: ids[0])
        let worker = try #require(house.workers["w"])
        var settle = WireSettleEffect()
        (settle.workerID, settle.session) = (worker.hello.workerID, worker.session)
        (settle.jobID, settle.attempt) = (ids[0], 1)
        (settle.key, settle.settlement) = ("mail/\(Self.nfd)", .done)
        let settled = house.ask(.settleEffect(settle), payloads: [Array("sent".utf8)], from: "w")
        #expect(settled?.header.effectStanding.standing == .settled)
        try house.restart()
        house.beginEffect("mail/\(Self.nfd)", in: ids[1])
        #expect(house.answers.last?.header.effectStanding.standing == .done)
        #expect(house.answers.last?.payloads == [Array("sent".utf8)])
        for name in Self.both {
            let list = house.ask(.listEffects(.with { $0.prefix = "mail/\(name)" }))
            #expect(list?.header.effectList.effects.map(\.jobID) == [ids[0]])
        }
    }

    @Test("a queue that is paused in one spelling hands nothing out in the other", arguments: both)
    func policies(paused: String) throws {
        let house = try StoreHarness()
        let other = Self.both.first { Array($0.utf8) != Array(paused.utf8) } ?? ""
        house.control(.queue, paused) { $0.paused = true }
        house.control(.kind, paused) { $0.hold = true }
        house.control(.kind, other) { $0.hold = false }
        let id = house.enqueue(other, queue: other)
        try house.restart()
        house.hello(kinds: [other], queues: [other])
        #expect(house.begun.isEmpty)
        house.control(.queue, other) { $0.paused = false }
        #expect(house.begun.ids == [id])
        #expect(try count("controls", house) == 2)
        try house.restart()
        #expect(house.controls.map(\.paused) == [false, false])
    }

    @Test("a queue that is full is full in either spelling", arguments: both)
    func fullQueue(limited: String) throws {
        let house = try StoreHarness()
        let other = Self.both.first { Array($0.utf8) != Array(limited.utf8) } ?? ""
        house.control(.queue, limited) { $0.mostWaiting = 1 }
        #expect(!house.enqueue(queue: other).isEmpty)
        try house.restart()
        #expect(house.send([StoreHarness.job(queue: limited)]).refusals == ["busy"])
        #expect(house.send([StoreHarness.job(queue: other)]).refusals == ["busy"])
    }
}
