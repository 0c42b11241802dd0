import ArgumentParser
import Foundation
import KipBroker
import KipClient
import KipCore
import Yams

struct SchedulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedules", abstract: "Jobs that are enqueued by the clock.",
        subcommands: [
            SchedulesList.self, SchedulesApply.self, SchedulesTrigger.self, SchedulesNext.self, SchedulesHistory.self,
        ])

    static func show(_ schedules: [ScheduleRecord], json: Bool) throws {
        if json { return try schedules.forEach { try Terminal.json($0) } }
        if schedules.isEmpty { return Terminal.say("there are no schedules; “kip schedules apply FILE” brings them") }
        Terminal.table(
            ["NAME", "CRON", "TIME ZONE", "KIND", "NEXT (LOCAL TIME HERE)", "LAST"],
            schedules.map { schedule in
                [
                    schedule.name, schedule.cron, schedule.timeZone, schedule.kind,
                    schedule.paused ? "paused" : Terminal.time(schedule.nextAt), Terminal.time(schedule.lastNominal),
                ]
            })
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

struct SchedulesApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make the broker's schedules those of a YAML file, and no others.")
    @Argument(help: "The file.")
    var file: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let text = String(decoding: try Input.read(file), as: UTF8.self)
        let schedules = try ScheduleFile.parse(text, name: file)
        try SchedulesCommand.show(try await brokerOption.client().apply(schedules), json: false)
    }
}

struct SchedulesTrigger: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger", abstract: "Enqueue a schedule's job now; its next time stays.")
    @Argument(help: "The schedule's name.")
    var name: String
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        Terminal.line(try await brokerOption.client().trigger(name).description)
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
        let firings = try await brokerOption.client().firings(of: name, limit: limit)
        if json { return try firings.forEach { try Terminal.json($0) } }
        if firings.isEmpty { return Terminal.say("“\(name)” has not fired") }
        Terminal.table(
            ["FOR (LOCAL TIME HERE)", "FIRED", "JOB"],
            firings.map { [Terminal.time($0.nominal), Terminal.time($0.firedAt), $0.job] })
    }
}

struct SchedulesNext: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "next", abstract: "The next times of a schedule.")
    @Argument(help: "The schedule's name.")
    var name: String
    @Option(name: .long, help: "How many.")
    var limit = 10
    @Flag(name: .long, help: "Print an object for each time, in milliseconds since 1970.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        guard let schedule = try await brokerOption.client().schedules().first(where: { $0.name == name }) else {
            throw Failure.data("there is no schedule “\(name)”; “kip schedules list” shows those that there are")
        }
        guard let zone = TimeZone(identifier: schedule.timeZone), let cron = try? CronExpression(schedule.cron) else {
            throw Failure.software("the schedule “\(name)” cannot be read; is this kip older than the broker?")
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = zone
        formatter.dateFormat = "EEE yyyy-MM-dd HH:mm ZZZZZ"
        for time in cron.nextTimes(limit, after: .now(), in: zone) {
            if json {
                try Terminal.json(["at": time.milliseconds])
                continue
            }
            Terminal.line(formatter.string(from: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)))
        }
    }
}
