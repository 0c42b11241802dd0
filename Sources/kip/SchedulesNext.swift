import ArgumentParser
import Foundation
import KipBroker
import KipClient
import KipCore

struct SchedulesNext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "next", abstract: "The next times of a schedule.",
        discussion: """
            The first is the broker's own. The others are counted here; those of a rule by the days off that this command \
            finds, which should be the broker's (--days-off, KIP_DAYS_OFF).
            """)
    @Argument(help: "The schedule's name.")
    var name: String
    @Option(name: .long, help: "How many.")
    var limit = 10
    @Flag(name: .long, help: "Print an object for each time, in milliseconds since 1970.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let limit = try ListLimit.checked(limit)
        guard let schedule = try await brokerOption.client().schedules().first(where: { $0.name == name }) else {
            throw Failure.data("there is no schedule “\(name)”; “kip schedules list” shows those that there are")
        }
        guard let zone = TimeZone(identifier: schedule.timeZone),
            let recurrence = try? Recurrence(cron: schedule.cron, rule: schedule.rule)
        else { throw Failure.software("the schedule “\(name)” cannot be read; is this kip older than the broker?") }
        let calendar: any WorkingDayCalendar =
            schedule.rule.isEmpty ? MondayToFriday() : try officeOption.workingDays()
        let now = Timestamp.now()
        let counted = recurrence.nextTimes(limit, after: now, in: zone, by: calendar)
        let times = Self.times(counted, of: schedule, at: now, limit: limit) { moment in
            recurrence.nextTimes(limit, after: moment, in: zone, by: calendar)
        }
        try show(times, zone)
        remark(schedule, counted, at: now)
        remark(calendar, times, zone)
    }

    /// The times that the broker will fire for: it knows the first.
    private static func times(
        _ counted: [Timestamp], of schedule: ScheduleRecord, at now: Timestamp, limit: Int,
        after: (Timestamp) -> [Timestamp]
    ) -> [Timestamp] {
        // One that is over is being fired for, or was left out.
        guard let first = schedule.nextAt.map(Timestamp.init(milliseconds:)), first > now, first != counted.first else {
            return counted
        }
        return Array(([first] + after(first)).prefix(limit))
    }

    private func show(_ times: [Timestamp], _ zone: TimeZone) throws {
        for time in times {
            if json {
                try Terminal.json(["at": time.milliseconds])
            } else {
                Terminal.line(LocalTime.text(time.milliseconds, in: zone, day: "EEE yyyy-MM-dd"))
            }
        }
    }

    /// What a reader of these times should know.
    private func remark(_ schedule: ScheduleRecord, _ counted: [Timestamp], at now: Timestamp) {
        if schedule.paused {
            Terminal.say("kip: “\(name)” is paused: it would fire then; “kip schedules resume \(name)” lets it")
        }
        if let next = schedule.nextAt, next > now.milliseconds, next != counted.first?.milliseconds {
            Terminal.say(
                "kip: the first time is the broker's, and another than the one counted here"
                    + (schedule.rule.isEmpty
                        ? "; do the clocks and time zones of the two machines agree?"
                        : ": give the days off that the broker has (--days-off, KIP_DAYS_OFF), or start the broker again "
                            + "if they are new"))
        }
        if schedule.jitterMilliseconds > 0 {
            let jitter = Duration.milliseconds(schedule.jitterMilliseconds).words
            Terminal.say("kip: its jobs run up to \(jitter) later (jitter)")
        }
    }

    /// A list of days off is made for a year: what comes after it has computed holidays.
    private func remark(_ calendar: any WorkingDayCalendar, _ times: [Timestamp], _ zone: TimeZone) {
        guard let office = calendar as? OfficeCalendar else { return }
        var gregorian = Calendar(identifier: .gregorian)
        gregorian.timeZone = zone
        let years = times.map {
            gregorian.component(.year, from: Date(timeIntervalSince1970: Double($0.milliseconds) / 1000))
        }
        let unknown = Set(years).subtracting(office.calendar.years).sorted().map(String.init)
        if unknown.isEmpty { return }
        Terminal.say(
            "kip: there is no list of days off for \(unknown.joined(separator: ", ")): its holidays are computed, and may "
                + "be decided otherwise (kip calendar check)")
    }
}
