import Foundation
import KipCore
import KipStore
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
        #expect(
            String(decoding: definition.payload(at: midnight, in: zone), as: UTF8.self) == "2024-03-29 00:00 2024-03-29"
        )
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
        let rule = ScheduleDefinition(
            name: "n", rule: "every working day at 07:30", kind: "k", jitterMilliseconds: 5, overlap: .skip)
        let other = try ScheduleState(rule, after: midnight)
        #expect(ScheduleState(stored: other.stored) == other)
    }

    @Test("a definition that an earlier release stored has the defaults of what it did not know")
    func old() throws {
        let text = """
            {"catchUp":"all","cron":"30 7 * * MON-SAT","kind":"reminder-sweep","name":"reminders","paused":false,\
            "payload":"{}","priority":3,"queue":"mail","timeZone":"Asia/Ho_Chi_Minh"}
            """
        let stored = StoredSchedule(name: "reminders", definition: text, next: midnight, lastNominal: nil)
        let state = try #require(ScheduleState(stored: stored))
        #expect(
            state.definition
                == ScheduleDefinition(
                    name: "reminders", cron: "30 7 * * MON-SAT", kind: "reminder-sweep", queue: "mail", priority: 3,
                    catchUp: .all))
        #expect(state.definition.jitterMilliseconds == 0)
        #expect(state.definition.overlap == .allow)
        #expect(state.next == midnight)
    }

    @Test("a stored schedule that is paused has no next time, whatever a late firing wrote")
    func storedPause() throws {
        let definition = ScheduleDefinition(name: "n", cron: "* * * * *", kind: "k", paused: true)
        var stored = try ScheduleState(definition, after: midnight).stored
        stored.next = midnight
        #expect(ScheduleState(stored: stored)?.next == nil)
    }

    @Test("a schedule that is resumed takes its next time from now, and makes up for nothing")
    func resumed() throws {
        let state = try state("0 * * * *", .all, after: midnight)
        let paused = state.paused(true, at: midnight, by: MondayToFriday())
        #expect(paused.next == nil)
        #expect(paused.definition.paused)
        let later = midnight.advanced(byMilliseconds: 10 * 3_600_000 + 1)
        let resumed = paused.paused(false, at: later, by: MondayToFriday())
        #expect(resumed.next == midnight.advanced(byMilliseconds: 11 * 3_600_000))
        #expect(resumed.due(at: later).fire.isEmpty)
        // To resume what does not pause changes nothing, also where something is due.
        #expect(state.paused(false, at: later, by: MondayToFriday()) == state)
    }

    @Test("jitter is within its bounds, spread, and the same whenever it is asked for")
    func jitter() throws {
        let minute: Int64 = 60_000
        let definition = ScheduleDefinition(name: "n", cron: "* * * * *", kind: "k", jitterMilliseconds: minute)
        let state = try ScheduleState(definition, after: midnight)
        var offsets: [Int64] = []
        for number in 0..<1_000 {
            let nominal = midnight.advanced(byMilliseconds: Int64(number) * 3_600_000)
            let runAt = state.draft(nominal: nominal, id: JobID(), at: nominal).runAt
            #expect(state.draft(nominal: nominal, id: JobID(), at: nominal).runAt == runAt)
            offsets.append(runAt.milliseconds - nominal.milliseconds)
        }
        #expect(offsets.allSatisfy { (0..<minute).contains($0) })
        #expect(Set(offsets).count > 950)
        let mean = offsets.reduce(0, +) / 1_000
        #expect((27_000...33_000).contains(mean), "\(mean)")
        // Also in another release: a firing may be repeated by the next one.
        #expect(definition.runAt(nominal: midnight).milliseconds - midnight.milliseconds == 6_444)
        // Another schedule has other times, so that two of the same minute do not run together.
        let other = ScheduleDefinition(name: "m", cron: "* * * * *", kind: "k", jitterMilliseconds: minute)
        #expect(other.runAt(nominal: midnight) != definition.runAt(nominal: midnight))
        // By hand it runs at once; a time that was missed does not run before now.
        #expect(state.draft(nominal: midnight, id: JobID(), at: midnight, manually: true).runAt == midnight)
        let late = midnight.advanced(byMilliseconds: 3_600_000)
        #expect(state.draft(nominal: midnight, id: JobID(), at: late).runAt == late)
    }

    @Test("the next time of a rule is counted anew by the days off that a broker finds, unless it has passed")
    func recounted() throws {
        let rule = ScheduleDefinition(name: "n", rule: "every working day at 07:30", kind: "k")
        // Friday 2024-03-29 07:30 is next; it becomes a day off.
        let state = try ScheduleState(rule, after: midnight)
        let friday = midnight.advanced(byMilliseconds: 27_000_000)
        #expect(state.next == friday)
        let calendar = HolidayCalendar(off: ["2024-03-29"])
        let recounted = state.recounted(at: midnight, by: calendar)
        #expect(recounted.next == friday.advanced(byMilliseconds: 3 * 86_400_000))
        #expect(recounted.recounted(at: midnight, by: MondayToFriday()) == state)
        #expect(state.recounted(at: friday, by: calendar) == state)
        let cron = try self.state("30 7 * * *", .once, after: midnight)
        #expect(cron.recounted(at: midnight, by: calendar) == cron)
        // A last time that lies ahead was fired for on a clock that was ahead: the true next time counts, and the ledger of
        // firings (ClockTests) keeps it from firing twice.
        var fired = state
        fired.lastNominal = friday
        #expect(fired.recounted(at: midnight, by: MondayToFriday()).next == friday)
        let paused = state.paused(true, at: midnight, by: calendar)
        #expect(paused.recounted(at: midnight, by: calendar) == paused)
    }

    @Test("a rule catches up by the calendar's days")
    func ruleCatchesUp() throws {
        let calendar = HolidayCalendar(off: ["2024-04-01"])
        let rule = ScheduleDefinition(name: "n", rule: "every working day at 07:30", kind: "k", catchUp: .all)
        let state = try ScheduleState(rule, after: midnight, by: calendar)
        let due = state.due(at: midnight.advanced(byMilliseconds: 6 * 86_400_000), by: calendar)
        // Friday, Tuesday and Wednesday.
        #expect(due.fire.map { ($0.milliseconds - midnight.milliseconds) / 86_400_000 } == [0, 4, 5])
    }

    @Test(
        "a time that is given twice, not at all, or wrong, is refused with the schedule's name and what is right",
        arguments: [
            ("* * * * *", "every working day at 07:30", "give one of the two"), ("", "", "it says no time"),
            ("", "each working day at 07:30", "not “each”"), ("0 0 LW * *", "", "L-3"),
            ("", "12th working day of the week at 07:30", "never comes"),
        ])
    func wrongTimes(cron: String, rule: String, reason: String) throws {
        let definition = ScheduleDefinition(name: "nhắc việc", cron: cron, rule: rule, kind: "k")
        let error = try #require(throws: Refusal.self) { try ScheduleState(definition, after: midnight) }
        #expect(error.message.contains("schedule “nhắc việc”"))
        #expect(error.message.contains(reason), "\(error.message)")
    }
}
