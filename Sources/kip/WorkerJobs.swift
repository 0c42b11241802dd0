import Foundation
import JobLibrary
import KipCore
import KipWorker

/// The kinds that `kip worker` runs.
enum WorkerJobs {
    /// All kinds of the job library where there is an office to serve; else what needs none.
    /// - Throws: `Failure` if a profile was named and is not there: a slip must not look like no office.
    static func registry(office: OfficeOption) throws -> JobRegistry {
        var registry = JobRegistry(BenchJob.self)
        let paths = try office.paths()
        guard FileManager.default.fileExists(atPath: paths.profile) else {
            try office.refuseIfNamed(paths.profile)
            Terminal.say("kip: \(paths.profile) is not there: this worker serves no office (set KIP_OFFICE_PROFILE)")
            return registry
        }
        OfficeSetup.install(try office.open(isServing: true))
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
    /// When it was to be enqueued, by `nanoseconds()`: it says how much later it began; nil = it says nothing.
    var dueAt: Int64?

    func run(in context: JobContext) async throws -> Outcome {
        if let dueAt { return .succeeded(result: Array("\(Self.nanoseconds() - dueAt)".utf8)) }
        if let milliseconds { try await Task.sleep(for: .milliseconds(milliseconds)) }
        return .done
    }

    /// What only pads is not looked at, so that what is measured is the queue.
    static func decode(payload: [UInt8]) throws -> BenchJob {
        let isPadding = payload.starts(with: Self.paddingStart) && payload.suffix(3) == Self.paddingEnd
        return isPadding ? BenchJob() : try JobPayload.decode(payload)
    }

    private static let paddingStart = Array("{\"padding\":\"x".utf8)
    private static let paddingEnd = Array("x\"}".utf8)[...]

    /// A payload of so many bytes, or as few as it can have.
    static func payload(bytes: Int, dueAt: Int64? = nil) -> [UInt8] {
        let due = dueAt.map { ",\"dueAt\":\($0)" } ?? ""
        let padding = String(repeating: "x", count: max(0, bytes - 14 - due.utf8.count))
        return Array("{\"padding\":\"\(padding)\"\(due)}".utf8)
    }

    /// A clock that all processes of this machine share, and that nobody sets.
    static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
