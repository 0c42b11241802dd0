import Foundation
import JobLibrary
import KipCore
import KipWorker

/// The kinds that `kip worker` runs.
enum WorkerJobs {
    /// All kinds of the job library where there is an office to serve; else what needs none.
    static func registry(office: OfficeOption) throws -> JobRegistry {
        var registry = JobRegistry(BenchJob.self)
        let paths = try office.paths()
        guard FileManager.default.fileExists(atPath: paths.profile) else {
            Terminal.say("kip: \(paths.profile) is not there: this worker serves no office (set KIP_OFFICE_PROFILE)")
            return registry
        }
        OfficeSetup.install(try office.open())
        OfficeJobs.register(in: &registry)
        return registry
    }
}

/// Does nothing: what `kip bench` measures is the queue.
struct BenchJob: Job {
    static let kind = "kip-bench"
    var padding: String?
    /// How long it pretends to work, to try out a pool; nil = not at all.
    var milliseconds: Int64?

    func run(in context: JobContext) async throws -> Outcome {
        if let milliseconds { try await Task.sleep(for: .milliseconds(milliseconds)) }
        return .done
    }
}
