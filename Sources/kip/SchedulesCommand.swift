import ArgumentParser
import Foundation
import KipBroker
import KipClient
import KipCore

struct SchedulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules", abstract: "Jobs that are enqueued by the clock.",
        discussion: """
            A file of schedules is a list under “schedules”, each with

              name, kind     of the schedule, and of its jobs
              cron           minute hour day-of-month month day-of-week, and
                             as wanted seconds before them; or
              rule           of working days, as below
              timezone       whose clocks it goes by, also when they change
                             (default Asia/Ho_Chi_Minh)
              payload        JSON; {{date}} and {{time}} are the nominal local
                             ones
              catchUp        of times that were missed fire: once (the last
                             one), all, or none (skip)
              jitter         its jobs run up to so much later, each at its own
                             time, such as 5m; up to a day
              overlap        where the job before has not ended: allow, or skip
              paused         true: it does not fire

            and what “kip enqueue” can say of a job: queue, priority, delay, maxAttempts, retry, timeout, within, expires, \
            hold, concurrencyKey, concurrency, onWorkerLost, redact, keep, ignoreKindOptions. What is not said the workers \
            of the kind say. (A firing has an id and a key of its own, and comes after no other job.)

            In cron stand *, lists, ranges, steps and names (*/15 8-17 * * MON-FRI). L is the last day of the month, L-3 \
            three days before it, FRIL or 5L its last Friday.

            Rules say the days, in a week, month, quarter or year, and the time:

              every working day at 07:30
              first working day of the month at 07:30
                           second to tenth, 11th, 23rd, last
              3 working days before the end of the month at 08:00
                           before, after; the start, the end, the 15th
              working day on or before the 25th of the month at 17:00
                           that day or the last working day before it; or after

            The day that is counted from does not count. Which days are worked says the list of days off that the broker \
            read when it started (kip broker --help). “next” asks the broker for the first time and counts the others by \
            the list that it finds here, and says so where the two differ.

            A pause by hand lasts over restarts, until “resume”, or until “apply” states anew what pauses; times of the \
            pause are not made up for. A job that was triggered by hand has no jitter and no delay, and does not count as \
            an overlap.
            """,
        subcommands: [
            SchedulesList.self, SchedulesApply.self, SchedulesTrigger.self, SchedulesPause.self, SchedulesResume.self,
            SchedulesNext.self, SchedulesHistory.self,
        ])

    /// Whose clocks a schedule goes by; this machine's where it does not say, or is gone.
    static func zone(of schedule: ScheduleRecord?) -> TimeZone {
        schedule.flatMap { TimeZone(identifier: $0.timeZone) } ?? .current
    }

    /// Times as the clocks of each schedule's own zone show them.
    static func show(_ schedules: [ScheduleRecord], json: Bool) throws {
        if json { return try schedules.forEach { try Terminal.json(Self.shown($0)) } }
        if schedules.isEmpty { return Terminal.say("there are no schedules; “kip schedules apply FILE” brings them") }
        Terminal.table(
            ["NAME", "WHEN", "TIME ZONE", "KIND", "NEXT", "LAST", "OWNER", "OPTIONS"],
            schedules.map { schedule in
                let zone = zone(of: schedule)
                return [
                    schedule.name, schedule.rule.isEmpty ? schedule.cron : schedule.rule, schedule.timeZone,
                    schedule.kind,
                    schedule.paused ? "paused" : LocalTime.text(schedule.nextAt, in: zone),
                    LocalTime.text(schedule.lastNominal, in: zone), schedule.owner, options(schedule),
                ]
            })
    }

    private static func options(_ schedule: ScheduleRecord) -> String {
        var options = schedule.options
        options.queue = ["", "default"].contains(schedule.queue) ? nil : schedule.queue
        options.priority = schedule.priority == 0 ? nil : schedule.priority
        return OptionWords.of(options)
    }

    private static func shown(_ schedule: ScheduleRecord) -> some Encodable {
        NestedJSON.Record(content: schedule, field: "payload", value: NestedJSON(schedule.payload))
    }
}

struct SchedulesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All schedules.")
    @Flag(name: .long, help: "Print an object for each schedule.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        try SchedulesCommand.show(try await brokerOption.client().schedules(), json: json)
    }
}

struct SchedulesTrigger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger", abstract: "Enqueue a schedule's job now; its next time stays.")
    @Argument(help: "The schedule's name.")
    var name: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        Terminal.line(try await client.trigger(name, by: Person.name).description)
        guard let schedule = try? await client.schedules().first(where: { $0.name == name }) else { return }
        await UnservedWarning.say([UnservedWarning.Lane(queue: schedule.queue, kind: schedule.kind)], client)
    }
}

struct SchedulesPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Let a schedule fire no more until it is resumed.")
    @Argument(help: "The schedule's name.")
    var name: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        try SchedulesCommand.show([try await brokerOption.client().pause(schedule: name)], json: false)
    }
}

struct SchedulesResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a paused schedule fire again, from its next time on.")
    @Argument(help: "The schedule's name.")
    var name: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        try SchedulesCommand.show([try await brokerOption.client().resume(schedule: name)], json: false)
    }
}

struct SchedulesHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "The times that a schedule fired for, the newest first.")
    @Argument(help: "The schedule's name.")
    var name: String
    @Option(name: .long, help: "At the most so many.")
    var limit = 50
    @Flag(name: .long, help: "Print an object for each time, in milliseconds since 1970.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let limit = try ListLimit.checked(limit)
        let client = try brokerOption.client()
        let firings = try await client.firings(of: name, limit: limit)
        // What was taken away keeps its firings.
        let schedule = try await client.schedules().first { $0.name == name }
        if firings.isEmpty, schedule == nil {
            throw Failure.data("there is no schedule “\(name)”; “kip schedules list” shows those that there are")
        }
        if json { return try firings.forEach { try Terminal.json($0) } }
        if firings.isEmpty { return Terminal.say("“\(name)” has not fired") }
        let zone = SchedulesCommand.zone(of: schedule)
        Terminal.table(
            ["FOR", "FIRED", "JOB"],
            firings.map { firing in
                let hand = "by hand" + (firing.by.map { ", \($0)" } ?? "")
                return [
                    firing.isManual ? hand : LocalTime.text(firing.nominal, in: zone),
                    LocalTime.text(firing.firedAt, in: zone), firing.job,
                ]
            })
    }
}
