import ArgumentParser

/// The command line. One file a subcommand.
@main
struct Kip: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kip",
        abstract: "A durable job queue for offices that may not be late.",
        discussion: """
            Start a broker and a worker, then enqueue a job:

              kip broker --data ./data &
              kip worker &
              kip enqueue late-case-sweep --payload '{"asOf": "2024-03-29"}' --wait

            Settings are taken from the flag, then from the variable KIP_…, then from kip.yaml (in this directory, or where \
            KIP_CONFIG points). Data goes to stdout, words to stderr. Exit codes: 64 usage, 65 bad data, 66 no such file, \
            69 no broker, 70 a job failed, 73 a file cannot be made, 74 the disk failed, \
            75 try again, 77 not allowed.

            Broker and workers log to stderr: KIP_LOG is trace, debug (each start and end of a job), info (workers that \
            come, go and are lost; the default), notice, warning, error or critical; KIP_LOG_FORMAT is text (the default) \
            or json.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(name: "Queue", subcommands: [BrokerCommand.self, WorkerCommand.self, EnqueueCommand.self]),
            CommandGroup(
                name: "Operation",
                subcommands: [
                    JobsCommand.self, EffectsCommand.self, QueuesCommand.self, KindsCommand.self,
                    WorkersCommand.self, SchedulesCommand.self,
                    TopCommand.self,
                ]),
            CommandGroup(
                name: "Safety",
                subcommands: [
                    KeysCommand.self, BackupCommand.self, RestoreCommand.self, AuditCommand.self, DoctorCommand.self,
                ]),
            CommandGroup(
                name: "Office",
                subcommands: [
                    CasesCommand.self, PlanCommand.self, IndicatorsCommand.self, LettersCommand.self,
                    ReportCommand.self,
                    ReportsCommand.self, MailCommand.self, CalendarCommand.self,
                ]),
            CommandGroup(name: "Measure", subcommands: [BenchCommand.self]),
        ])

    static func main() async {
        do {
            try ProcessSetup.check()
            try CommandWords.check()
            var command = try parseAsRoot()
            try ProcessSetup.checkDescriptors(serves: command is BrokerCommand || command is WorkerCommand)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.exit(error)
        }
    }
}
