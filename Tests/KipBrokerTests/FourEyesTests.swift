import HashChain
import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Four eyes: what one person enqueues another one releases.
@Suite struct FourEyesTests {
    @Test("a held job is handed out to nobody before its release, also after a restart")
    func held() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { $0.conditions.hold = true }
        #expect(house.state(id) == .held)
        try house.restart()
        house.pass(seconds: 3_600)
        #expect(house.begun.isEmpty)
        house.release([id])
        #expect(house.begun.ids == [id])
    }

    @Test("a kind that holds holds each new job, also those that a handler or the same message makes")
    func kind() throws {
        let house = try StoreHarness()
        house.hello(kinds: ["letter", "k"])
        let before = house.enqueue("letter")
        house.control(.kind, "letter") { $0.hold = true }
        let after = house.enqueue("letter")
        let maker = house.enqueue()
        let child = StoreHarness.job("letter")
        house.finish(maker, children: [child])
        #expect(house.running == [before])
        #expect(house.states([after, child.id]) == [.held, .held])
        try house.restart()
        let later = house.enqueue("letter")
        #expect(house.state(later) == .held)
        house.control(.kind, "letter") { $0.hold = false }
        // Those that are held stay so.
        #expect(house.state(later) == .held)
        let free = house.enqueue("letter")
        #expect(house.running == [before, free])
    }

    @Test("the release says who and when, in the job and in the journal")
    func record() throws {
        let house = try StoreHarness()
        let id = house.enqueue { $0.conditions.hold = true }
        house.pass(seconds: 60)
        house.release([id], by: "Bình")
        try house.restart()
        let job = try house.show(id).detail.job
        #expect(job.releasedBy == "Bình")
        #expect(job.releasedAtMs == house.now.milliseconds)
        let lines = try ChainFile(path: house.directory + "/kip.journal").read()
        #expect(
            lines.flatMap(JournalEntry.of) == [JournalEntry(what: "release", job: id, by: "Bình")])
    }

    @Test("a release without a name is refused, and one of what is not held changes nothing")
    func refused() throws {
        let house = try StoreHarness()
        house.hello()
        let held = house.enqueue { $0.conditions.hold = true }
        #expect(house.release([held], by: "").refusal == "invalid")
        #expect(house.state(held) == .held)
        let free = house.enqueue()
        guard case .changed(let changed)? = house.release([free, held])?.header.body else {
            Issue.record("no answer")
            return
        }
        #expect(changed.ids == [held])
        #expect(changed.unchanged == [free])
    }

    @Test("a held job can be cancelled; woken, it is held again")
    func cancelled() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { $0.conditions.hold = true }
        #expect(house.cancel([id]).ids == [id])
        #expect(house.state(id) == .cancelled)
        #expect(house.release([id]).map { _ in house.state(id) } == .cancelled)
        #expect(house.retry([id]).ids == [id])
        #expect(house.state(id) == .held)
        #expect(house.begun.isEmpty)
    }

    @Test("a released job still waits for its time and for its parents")
    func others() throws {
        let house = try StoreHarness()
        house.hello()
        let later = house.enqueue {
            $0.conditions.hold = true
            $0.delayMs = 60_000
        }
        let parent = house.enqueue()
        let child = house.enqueue {
            $0.conditions.hold = true
            $0.conditions.after = [parent]
        }
        house.release([later, child])
        #expect(house.states([later, child]) == [.scheduled, .blocked])
        house.finish(parent)
        #expect(house.running == [child])
        house.pass(seconds: 60)
        #expect(house.running == [child, later])
    }
}
