import Foundation
import KipCore
import Testing

@testable import KipBroker

@Suite("A schedule and its missed times")
struct ScheduleStateTests {
    /// 2024-03-29T00:00:00+07:00.
    private let midnight = Timestamp(milliseconds: 1_711_645_200_000)

    private func state(_ cron: String, _ rule: ScheduleDefinition.CatchUp, after: Timestamp) throws -> ScheduleState {
        try ScheduleState(ScheduleDefinition(name: "nhắc việc", cron: cron, kind: "k", catchUp: rule), after: after)
    }

    @Test("what is not due does not fire")
    func notDue() throws {
        let state = try state("0 * * * *", .all, after: midnight)
        let due = state.due(at: midnight.advanced(byMilliseconds: 3_599_999))
        #expect(due.fire.isEmpty)
        #expect(due.next == midnight.advanced(byMilliseconds: 3_600_000))
    }

    @Test("on time, each rule fires once", arguments: ScheduleDefinition.CatchUp.allCases)
    func onTime(rule: ScheduleDefinition.CatchUp) throws {
        let hour = midnight.advanced(byMilliseconds: 3_600_000)
        let due = try state("0 * * * *", rule, after: midnight).due(at: hour)
        #expect(due.fire == [hour])
        #expect(due.next == hour.advanced(byMilliseconds: 3_600_000))
    }

    @Test("after ten years of silence a schedule of each minute makes up for the last thousand, and quickly")
    func longSilence() throws {
        let now = midnight.advanced(byMilliseconds: 3_650 * 86_400_000)
        let due = try state("* * * * *", .all, after: midnight).due(at: now)
        #expect(due.fire.count == 1_000)
        #expect(due.fire.last == now)
        #expect(due.next == now.advanced(byMilliseconds: 60_000))
    }

    @Test("once: only the last missed time fires")
    func once() throws {
        let due = try state("0 7 1 * *", .once, after: midnight).due(
            at: midnight.advanced(byMilliseconds: 100 * 86_400_000))
        // 2024-07-01T07:00:00+07:00.
        #expect(due.fire == [Timestamp(milliseconds: 1_719_792_000_000)])
    }

    @Test("a paused schedule has no next time")
    func paused() throws {
        let definition = ScheduleDefinition(name: "n", cron: "* * * * *", kind: "k", paused: true)
        let state = try ScheduleState(definition, after: midnight)
        #expect(state.next == nil)
        #expect(state.due(at: .now()).fire.isEmpty)
    }

    @Test("date and time of the payload are those of the schedule's zone")
    func payload() throws {
        let zone = try #require(TimeZone(identifier: "Asia/Ho_Chi_Minh"))
        let definition = ScheduleDefinition(
            name: "n", cron: "0 0 * * *", kind: "k", payload: "{{date}} {{time}} {{date}}")
        #expect(definition.payload(at: midnight, in: zone) == "2024-03-29 00:00 2024-03-29")
    }

    @Test("a schedule that can never fire, or in no known zone, is refused by its name")
    func refused() throws {
        let never = ScheduleDefinition(name: "nhắc việc", cron: "0 0 30 2 *", kind: "k")
        let nowhere = ScheduleDefinition(name: "nhắc việc", cron: "0 0 * * *", timeZone: "Asia/Hanoi", kind: "k")
        for definition in [never, nowhere] {
            let error = try #require(throws: Refusal.self) { try ScheduleState(definition, after: midnight) }
            #expect("\(error)".contains("nhắc việc"))
        }
    }

    @Test("a schedule comes back from the store as it was")
    func stored() throws {
        let state = try state("0 * * * *", .all, after: midnight)
        #expect(ScheduleState(stored: state.stored) == state)
    }
}
