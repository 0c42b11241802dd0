import ArgumentParser
import Foundation
import KipClient
import KipCore

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Look at jobs, wait for them, cancel them, try them again.",
        subcommands: [
            JobsList.self, JobsShow.self, JobsExplain.self, JobsWait.self, JobsRelease.self, JobsCancel.self,
            JobsRetry.self, JobsPrune.self,
        ])
}

extension JobsCommand {
    static func state(_ name: String) throws -> JobState {
        guard let state = JobState(name: name) else {
            throw Failure.usage(
                "“\(name)” is no state; they are \(JobState.allCases.map(\.name).joined(separator: ", "))")
        }
        return state
    }
}
