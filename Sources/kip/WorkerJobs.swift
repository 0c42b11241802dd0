import KipCore
import KipWorker

/// The kinds that `kip worker` runs.
enum WorkerJobs {
    static func registry() throws -> JobRegistry {
        JobRegistry(BenchJob.self)
    }
}

/// Does nothing: what `kip bench` measures is the queue.
struct BenchJob: Job {
    static let kind = "kip-bench"
    var padding: String?

    func run(in context: JobContext) async throws -> Outcome { .done }
}
