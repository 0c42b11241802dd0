import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Operators pause queues and kinds.
@Suite struct PauseTests {
    @Test(
        "nothing of what is paused is handed out, whatever is running ends well, also over a restart",
        arguments: [WireControl.Scope.queue, .kind])
    func pause(scope: WireControl.Scope) throws {
        let house = try StoreHarness()
        house.hello(kinds: ["a", "b"], queues: ["q", "r"], credit: 100)
        let running = house.enqueue("a", queue: "q")
        house.control(scope, scope == .queue ? "q" : "a") { $0.paused = true }
        let waiting = [house.enqueue("a", queue: "q"), house.enqueue("a", queue: "q") { $0.priority = 900 }]
        let delayed = house.enqueue("a", queue: "q") { $0.delayMs = 1_000 }
        let other = house.enqueue("b", queue: "r")
        // The other kind of a paused queue is paused, the other queue of a paused kind as well.
        let beside = scope == .queue ? house.enqueue("b", queue: "q") : house.enqueue("a", queue: "r")
        #expect(house.running == [running, other])
        try house.restart()
        house.pass(seconds: 3_600)
        #expect(house.running == [running, other])
        house.finish(running)
        #expect(house.state(running) == .succeeded)
        #expect(house.running == [other])
        house.control(scope, scope == .queue ? "q" : "a") { $0.paused = false }
        #expect(house.running == Set(waiting + [delayed, other, beside]))
    }

    @Test("a job that fails while its queue is paused waits for its end")
    func failure() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue()
        house.control(.queue, "default") { $0.paused = true }
        house.fail(id, after: 1_000)
        house.pass(seconds: 5)
        #expect(house.state(id) == .available)
        house.control(.queue, "default") { $0.paused = false }
        #expect(house.running == [id])
    }

    @Test("the list says who paused what, and when, also after a restart; a later word leaves the rest as it is")
    func list() throws {
        let house = try StoreHarness()
        house.control(.queue, "mail", by: "Ánh") { control in
            control.paused = true
            control.rate = 30
        }
        let first = house.now.milliseconds
        house.pass(seconds: 60)
        house.control(.kind, "letter", by: "Bình") { $0.paused = true }
        try house.restart()
        let controls = house.controls
        #expect(controls.map(\.scope) == [.queue, .kind])
        #expect(controls.map(\.name) == ["mail", "letter"])
        #expect(controls.map(\.paused) == [true, true])
        #expect(controls.map(\.changedBy) == ["Ánh", "Bình"])
        #expect(controls.map(\.changedAtMs) == [first, first + 60_000])
        house.control(.queue, "mail", by: "Cường") { $0.paused = false }
        let mail = try #require(house.controls.first)
        #expect(!mail.paused)
        #expect(mail.rate == 30)
        #expect(mail.ratePeriodMs == 60_000)
        #expect(mail.changedBy == "Cường")
    }

    @Test("what makes no sense of a queue, or of a kind, is refused by name and changes nothing")
    func refused() throws {
        let house = try StoreHarness()
        #expect(house.control(.kind, "k") { $0.rate = 1 }.refusal == "invalid")
        #expect(house.control(.kind, "k") { $0.weight = 1 }.refusal == "invalid")
        #expect(house.control(.queue, "q") { $0.hold = true }.refusal == "invalid")
        #expect(house.control(.queue, "q") { $0.concurrency = -1 }.refusal == "invalid")
        #expect(house.control(.queue, "q") { $0.weight = 1_001 }.refusal == "invalid")
        #expect(house.control(.queue, "") { $0.paused = true }.refusal == "invalid")
        #expect(house.controls.isEmpty)
    }

    @Test("two words that come before the first is on disk add up")
    func together() throws {
        let house = try StoreHarness()
        house.isDiskSlow = true
        house.control(.queue, "q", by: "Ánh") { $0.paused = true }
        house.control(.queue, "q", by: "Bình") { $0.concurrency = 3 }
        house.isDiskSlow = false
        #expect(house.controls.map(\.paused) == [true])
        #expect(house.controls.map(\.concurrency) == [3])
        #expect(house.controls.map(\.changedBy) == ["Bình"])
    }
}
