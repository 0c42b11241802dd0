/// What a message says of a new job: as the protobuf library has it, or read without it.
package protocol NewJobWords {
    /// nil = the broker makes one.
    var givenID: JobID? { get throws(NotAnID) }
    var kind: String { get }
    var queue: String { get }
    var priority: Int32 { get }
    var delayMs: Int64 { get }
    var runAtMs: Int64 { get }
    var uniqueKey: String { get }
    var maxAttempts: Int32 { get }
    var timeoutMs: Int64 { get }
    var keyConflict: WireNewJob.KeyConflict { get }
    var onWorkerLost: WireNewJob.WorkerLost { get }
    /// nil = the default.
    var givenBackoff: WireBackoff? { get }
    /// nil = none.
    var givenConditions: WireConditions? { get }
    /// So said without making them.
    var hasNoConditions: Bool { get }
    /// What is not said has the queue's own default, not the kind's.
    var ignoresKindOptions: Bool { get }
}

extension WireNewJob: NewJobWords {
    package var givenID: JobID? {
        get throws(NotAnID) { id.isEmpty ? nil : try JobID(wire: id) }
    }
    package var givenBackoff: WireBackoff? { hasBackoff ? backoff : nil }
    package var givenConditions: WireConditions? { hasConditions ? conditions : nil }
    package var hasNoConditions: Bool { !hasConditions }

    /// It says nothing that a plain job has no room for, a later release's words among it.
    var isPlain: Bool { !hasBackoff && !hasConditions && !ignoresKindOptions && unknownFields.data.isEmpty }
}

/// A new job as its producer has it.
package enum NewJobForm: Sendable {
    /// As most are.
    case plain(PlainNewJob)
    case whole(WireNewJob)

    /// Plain where it can be.
    package init(_ job: WireNewJob) {
        self = PlainNewJob(job).map { .plain($0) } ?? .whole(job)
    }

    /// As the library has it.
    package var wire: WireNewJob {
        switch self {
        case .plain(let job): job.wire
        case .whole(let job): job
        }
    }

    /// The jobs where all of them are plain; empty where one is not.
    package static func plain(_ forms: [NewJobForm]) -> [PlainNewJob] {
        var jobs: [PlainNewJob] = []
        jobs.reserveCapacity(forms.count)
        for form in forms {
            guard case .plain(let job) = form else { return [] }
            jobs.append(job)
        }
        return jobs
    }
}

/// A new job without a backoff of its own and without conditions, as most are. The library's type keeps each in an object of
/// its own, with room for all that a job can ask for.
package struct PlainNewJob: NewJobWords, Sendable, Equatable {
    /// nil = the broker makes one.
    package var id: JobID?
    package var kind = ""
    package var queue = ""
    package var priority: Int32 = 0
    package var delayMs: Int64 = 0
    package var runAtMs: Int64 = 0
    package var uniqueKey = ""
    package var maxAttempts: Int32 = 0
    package var timeoutMs: Int64 = 0
    package var keyConflict = WireNewJob.KeyConflict.refuse
    package var onWorkerLost = WireNewJob.WorkerLost.retry

    package init() {}

    /// - Returns: nil where the job says more than a plain one, or has an id that is none.
    fileprivate init?(_ job: WireNewJob) {
        guard job.isPlain else { return nil }
        do throws(NotAnID) { id = try job.givenID } catch { return nil }
        (kind, queue, uniqueKey) = (job.kind, job.queue, job.uniqueKey)
        (priority, maxAttempts) = (job.priority, job.maxAttempts)
        (delayMs, runAtMs, timeoutMs) = (job.delayMs, job.runAtMs, job.timeoutMs)
        (keyConflict, onWorkerLost) = (job.keyConflict, job.onWorkerLost)
    }

    package var givenID: JobID? { id }
    package var givenBackoff: WireBackoff? { nil }
    package var givenConditions: WireConditions? { nil }
    package var hasNoConditions: Bool { true }
    package var ignoresKindOptions: Bool { false }

    /// As the library has it.
    package var wire: WireNewJob {
        .with {
            if let id { $0.id = id.description }
            ($0.kind, $0.queue, $0.uniqueKey) = (kind, queue, uniqueKey)
            ($0.priority, $0.maxAttempts) = (priority, maxAttempts)
            ($0.delayMs, $0.runAtMs, $0.timeoutMs) = (delayMs, runAtMs, timeoutMs)
            ($0.keyConflict, $0.onWorkerLost) = (keyConflict, onWorkerLost)
        }
    }
}
