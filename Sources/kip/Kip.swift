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

            Settings are taken from the flag, then from the variable KIP_…, then from \
            kip.yaml (in this directory, or where KIP_CONFIG points). Data goes to \
            stdout, words to stderr. Exit codes: 64 usage, 65 bad data, 69 no broker, \
            70 a job failed, 75 try again, 77 not allowed.
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
            var command = try parseAsRoot()
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
