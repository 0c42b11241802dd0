import ArgumentParser
import KipClient
import KipCore

struct JobsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A job with all that is known of it.",
        discussion: """
            With --follow: its state, progress and log as they change, until it has ended, or is uncertain or quarantined; exit code \
            70 where it did not succeed. With --follow --json: an object for each change, with the job as it stands then, \
            and the attempts and log lines that are new.
            """)
    @Argument(help: "The job's id, or the beginning of it.")
    var id: String
    @Flag(name: .long, help: "Go on with its progress and its log until it has ended.")
    var follow = false
    @Flag(name: .long, help: "Print one object, or with --follow one for each change.")
    var json = false
    @OptionGroup var opening: OpeningOption
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client(middleware: opening.middleware())
        let id = try await JobIDChoice.resolve([id], client)[0]
        if follow { return try await JobFollowing(id: id, client: client, json: json).run() }
        let detail = try await client.job(id)
        if json { return try Terminal.json(Shown(detail)) }
        for (name, value) in JobWords.lines(detail) { Terminal.line(name, value) }
        if let first = detail.attempts.first, detail.attempts.count >= Limits.attemptsKept {
            Terminal.line("before attempt \(first.attempt)   no longer kept")
        }
        for attempt in detail.attempts {
            Terminal.line(
                "attempt \(attempt.attempt)   \(LocalTime.text(attempt.endedAt)) \(attempt.outcome): \(attempt.error)")
        }
        for line in detail.log { Terminal.line("log", JobWords.of(line)) }
    }

    /// The detail with payload and result as JSON, or as texts.
    private struct Shown: Encodable {
        let job: JobRecord
        let payload: NestedJSON
        let result: NestedJSON
        let attempts: [JobDetail.Attempt]
        let log: [JobDetail.LogLine]

        init(_ detail: JobDetail) {
            job = detail.job
            payload = NestedJSON(detail.payload)
            result = NestedJSON(detail.result)
            attempts = detail.attempts
            log = detail.log
        }
    }
}
