import ArgumentParser
import Foundation
import KipBroker
import KipCore
import Logging
import ServiceLifecycle
import UnixSignals

struct BrokerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "broker", abstract: "Serve a data directory.",
        discussion: """
            The broker keeps its jobs in DIR/kip.db and confirms a job when it is on disk. It ends on SIGTERM or Ctrl-C; \
            workers keep what they run and come back to it when it is there again. It stops by itself (exit code 74) if its \
            directory, its database or the database's log is removed or replaced.

            Loopback and ipc are open to whoever is on this machine (an ipc file is its owner's alone). Any other endpoint \
            is encrypted and lets in only those who have a key: “kip keys new” makes one. Endpoints are numeric addresses, \
            “localhost”, the name of a network interface, or * for all.

            Schedules with a rule of working days go by the list of days off (--days-off, KIP_DAYS_OFF, or days-off.yaml \
            beside the office's profile); where there is none, by Monday to Friday.

            On SIGHUP (kill -HUP, systemctl reload) it reads kip.yaml and the days off anew. What is kept for how long, and \
            the next times of schedules with such a rule, follow at once; other settings want a restart, and the log names \
            those that have changed. Keys need no signal, they are read every second. If the terminal that the broker was \
            started from is closed, SIGHUP ends it as SIGTERM does.
            """)

    @Option(name: .long, help: "The data directory (KIP_DATA; default ./kip-data).")
    var data: String?

    @Option(
        name: .long,
        help: "An endpoint to listen on, tcp:// or ipc:// (KIP_BIND); may be repeated. Beyond loopback it speaks CURVE."
    )
    var bind: [String] = []

    @Option(name: .long, help: "A silence that ends a worker's leases, from 500ms to 1h (KIP_LEASE; default 15s).")
    var lease: String?

    @Flag(name: .long, help: "Want keys on loopback too, not only beyond it (KIP_CURVE=1).")
    var curve = false

    @Option(
        name: .long,
        help:
            "The journal of effects outside of the database, best on another disk (KIP_JOURNAL; default DIR/kip.journal)."
    )
    var journal: String?

    @Option(
        name: .long,
        help:
            "How long jobs that succeeded, were cancelled or are expired are kept, where they do not say: 7d, or 0 for ever (KIP_KEEP; default 30d)."
    )
    var keep: String?

    @Option(name: .long, help: "How long dead letters are kept: 365d, or 0 for ever (KIP_KEEP_DEAD; default 0).")
    var keepDead: String?

    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let options = try Options(self)
        let logger = try Log.logger("kip.broker")
        var status = stat()
        if stat(options.directory, &status) == 0, status.st_mode & 0o077 != 0 {
            logger.warning(
                "the data directory is open to others: chmod 700", metadata: ["data": "\(options.directory)"])
        }
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        let broker = try Broker(
            directory: options.directory, journal: options.journal, endpoints: options.endpoints,
            settings: options.settings, logger: logger)
        let reloading = BrokerReload(
            broker: broker, started: options, read: { try Options(self) }, hangups: hangups, logger: logger)
        try await Log.serve([broker, reloading], logger)
        logger.info("the broker has ended")
    }

    /// What flags, variables and kip.yaml say together.
    struct Options {
        let directory: String
        let endpoints: [String]
        let journal: String?
        let settings: BrokerSettings

        init(_ command: BrokerCommand) throws {
            let configuration = try Settings.load()
            directory = try DataOption.checked(configuration.text(command.data, "KIP_DATA", "data") ?? "kip-data")
            let bound = try configuration.list(command.bind, "KIP_BIND", "bind").map {
                try EndpointText.checked($0, .bind)
            }
            endpoints = bound.isEmpty ? [DefaultEndpoint.address] : bound
            journal = configuration.text(command.journal, "KIP_JOURNAL", "journal")
            settings = try command.settings(configuration)
        }
    }

    private func settings(_ configuration: Settings) throws -> BrokerSettings {
        var settings = BrokerSettings()
        settings.curveEverywhere = curve || ["1", "true"].contains(configuration.text(nil, "KIP_CURVE", "curve"))
        let leaseText = configuration.text(lease, "KIP_LEASE", "lease")
        if let leaseText {
            let lease = try TimeText.duration(leaseText, "--lease").milliseconds
            guard (500...3_600_000).contains(lease) else {
                throw Failure.usage("the lease must be from 0.5 to 3600 seconds, not “\(leaseText)”")
            }
            settings.leaseMilliseconds = lease
            settings.heartbeatMilliseconds = settings.leaseMilliseconds / 5
        }
        settings.keepMilliseconds = try Self.retention(
            configuration.text(keep, "KIP_KEEP", "keep"), "--keep", settings.keepMilliseconds)
        settings.keepDeadMilliseconds = try Self.retention(
            configuration.text(keepDead, "KIP_KEEP_DEAD", "keep-dead"), "--keep-dead", settings.keepDeadMilliseconds)
        settings.workingDays = try officeOption.workingDays()
        return settings
    }

    /// How long something is kept: a time, or 0 for ever.
    static func retention(_ text: String?, _ option: String, _ standard: Int64) throws -> Int64 {
        guard let text else { return standard }
        if text == "0" { return 0 }
        let time = try TimeText.duration(text, option)
        guard time >= .milliseconds(1) else {
            throw Failure.usage("\(option) is “\(text)”: say 0 to keep for ever, or a time such as 30d")
        }
        return time.milliseconds
    }
}
