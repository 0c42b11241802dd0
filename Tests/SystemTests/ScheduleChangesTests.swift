import KipClient
import Testing

@testable import kip

/// What a file of schedules changes.
@Suite struct ScheduleChangesTests {
    private func schedule(_ name: String, cron: String = "0 8 * * *", paused: Bool = false) -> ScheduleRecord {
        ScheduleRecord(
            name: name, cron: cron, timeZone: "Asia/Ho_Chi_Minh", kind: "k", payload: "{}", queue: "default",
            priority: 0,
            catchUp: "once", paused: paused)
    }

    @Test("what is new, other and gone is told by name, and what of it is other")
    func changes() {
        let before = [schedule("a"), schedule("b"), schedule("c")]
        let after = [schedule("d"), schedule("b", cron: "0 9 * * *", paused: true), schedule("a")]
        let changes = ScheduleChanges(from: before, to: after)
        #expect(changes.added == ["d"])
        #expect(changes.changed == [ScheduleChanges.Change(name: "b", fields: ["cron", "paused"])])
        #expect(changes.removed == ["c"])
        #expect(changes.words(isPlanned: false) == ["added: d", "changed: b (cron, paused)", "removed: c"])
        #expect(changes.words(isPlanned: true)[0] == "would be added: d")
    }

    @Test("the same file again changes nothing; when a schedule fires next is no change")
    func same() {
        var later = schedule("a")
        later.nextAt = 5
        #expect(ScheduleChanges(from: [schedule("a")], to: [later]).words(isPlanned: false) == ["nothing changed"])
        #expect(ScheduleChanges(from: [], to: []).words(isPlanned: true) == ["nothing would change"])
    }
}
