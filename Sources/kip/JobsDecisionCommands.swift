import ArgumentParser
import Foundation
import KipClient
import KipCore

struct JobsRelease: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let held jobs run.",
        discussion: """
            Who released a job, and when, stands in the job and in the audit log: KIP_BY, else the login's name. With \
            --kind or --queue: all that are held there.
            """)
    @Argument(help: "Job ids, or the beginnings of some.")
    var ids: [String] = []
    @Option(name: .long, help: "All held jobs of this kind.")
    var kind = ""
    @Option(name: .long, help: "All held jobs of this queue.")
    var queue = ""
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        guard ids.isEmpty != (kind.isEmpty && queue.isEmpty) else {
            throw Failure.usage("name jobs, or give --kind or --queue")
        }
        if !ids.isEmpty {
            let wanted = try await JobIDChoice.resolve(ids, client)
            let released = try await client.release(wanted, by: Person.name)
            for id in released { Terminal.line(id.description) }
            if released.count < wanted.count {
                throw Failure.data(
                    "\(Terminal.count(wanted.count - released.count, "job")) not released: unknown, or not held")
            }
            return
        }
        while true {
            let (jobs, _) = try await client.jobs(state: .held, kind: kind, queue: queue, limit: Limits.listRows)
            let released = jobs.isEmpty ? [] : try await client.release(jobs.map(\.id), by: Person.name)
            if released.isEmpty { return }
            for id in released { Terminal.line(id.description) }
        }
    }
}

struct JobsPrune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Take ended jobs away, with their payloads, results and attempts.",
        discussion: """
            Those that succeeded, were cancelled or are expired, unless --state says otherwise. The broker does so by \
            itself after 30 days (kip broker --keep). A job stays while another that came after it has not ended.

              kip jobs prune --older-than 7d
              kip jobs prune --older-than 90d --state dead --kind import
            """)
    @Option(name: .long, help: "Those that ended longer ago than this: 7d; 0s = all that have ended.")
    var olderThan: String
    @Option(name: .long, help: "succeeded, cancelled, expired or dead; may be repeated.")
    var state: [String] = []
    @Option(name: .long, help: "Only this kind.")
    var kind = ""
    @Option(name: .long, help: "Only this queue.")
    var queue = ""
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let states = try state.map(JobsCommand.state)
        guard states.allSatisfy(\.isTerminal) else {
            throw Failure.usage("only ended jobs are taken away: succeeded, cancelled, expired or dead")
        }
        let age = try TimeText.duration(olderThan, "--older-than")
        let bar = ProgressBar("jobs", total: nil)
        let gone = try await brokerOption.client().prune(
            states: states.isEmpty ? [.succeeded, .cancelled, .expired] : states, kind: kind, queue: queue,
            endedBefore: .now().advanced(byMilliseconds: 1 - age.milliseconds)
        ) { bar.update($0) }
        bar.finish(gone)
        Terminal.say("kip: \(gone == 1 ? "1 job is" : "\(gone) jobs are") gone")
    }
}
