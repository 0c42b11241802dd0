import ArgumentParser
import KipClient
import KipCore

struct JobsExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Why a job is where it is, and its whole history.")
    @Argument(help: "The job's id, or the beginning of it.")
    var id: String
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        let told = try await client.explain(try await JobIDChoice.resolve([id], client)[0])
        if json { return try Terminal.json(told) }
        let job = told.job
        Terminal.line("\(job.id) (\(job.kind), queue \(job.queue)) is \(job.state)")
        // What the broker says of times is read in local time; errors stay as they were written.
        let quotes = [JobState.dead.name, JobState.cancelled.name].contains(job.state)
        for reason in told.reasons { Terminal.line("  \(quotes ? reason : LocalTime.localized(reason))") }
        Terminal.line("history")
        for event in JobHistory(of: told).events { Terminal.line("  \(LocalTime.text(event.at)) \(event.words)") }
        show("after", told.parents)
        show("before", told.children)
    }

    private func show(_ title: String, _ jobs: [JobRecord]) {
        if jobs.isEmpty { return }
        Terminal.line(title)
        for job in jobs { Terminal.line("  \(job.id) \(job.kind) \(job.state)") }
    }
}
