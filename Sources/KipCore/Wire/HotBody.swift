/// What the messages say that every job passes, with ids as ids. The protobuf library's types have them as texts, each of
/// which would be made, checked and let go of ten times on the way of one job.
package enum HotBody: Sendable, Equatable {
    /// A producer's jobs, all of them plain.
    case newJobs([PlainNewJob])
    /// What became of them.
    case enqueued([EnqueuedWords])
    /// Jobs for a worker.
    case work(WorkWords)
    /// What a worker has to say of them.
    case results(WorkerResults)
    /// What became of that.
    case recorded([RecordedWords])
}

/// What the broker says of a job that was enqueued.
package struct EnqueuedWords: Sendable, Equatable {
    package var id: JobID
    package var outcome: WireOutcome

    package init(id: JobID, outcome: WireOutcome) {
        self.id = id
        self.outcome = outcome
    }
}

/// Jobs that a worker has in its hands with this message.
package struct WorkWords: Sendable, Equatable {
    package var jobs: [LeasedWords]
    /// The session that these leases belong to.
    package var session: UInt64

    package init(_ jobs: [LeasedWords], session: UInt64) {
        self.jobs = jobs
        self.session = session
    }
}

/// What a worker has to know of a job.
package struct LeasedWords: Sendable, Equatable {
    package var id: JobID
    package var kind: String
    package var queue: String
    package var attempt: Int32 = 0
    package var timeoutMs: Int64 = 0
    package var failures: Int32 = 0
    package var enqueuedAtMs: Int64 = 0
    package var headers: [String: String] = [:]
    /// From this message on; 0 = it is never too late.
    package var startWithinMs: Int64 = 0
    /// From this message on; 0 = none.
    package var endWithinMs: Int64 = 0

    package init(id: JobID, kind: String, queue: String) {
        self.id = id
        self.kind = kind
        self.queue = queue
    }
}

/// Results of one session.
package struct WorkerResults: Sendable, Equatable {
    package var workerID: String
    package var session: UInt64
    package var results: [ResultWords]

    package init(_ results: [ResultWords], workerID: String, session: UInt64) {
        self.workerID = workerID
        self.session = session
        self.results = results
    }
}

/// What a worker has to say of a job.
package struct ResultWords: Sendable, Equatable {
    package var id: JobID
    package var attempt: Int32
    package var outcome: WireResult.Outcome
    package var error = ""
    package var retryAfterMs: Int64 = 0
    package var children: [WireNewJob] = []

    package init(id: JobID, attempt: Int32, outcome: WireResult.Outcome) {
        self.id = id
        self.attempt = attempt
        self.outcome = outcome
    }
}

/// What became of a result.
package struct RecordedWords: Sendable, Equatable {
    package var id: JobID
    package var attempt: Int32
    package var status: WireRecordStatus

    package init(id: JobID, attempt: Int32, status: WireRecordStatus) {
        self.id = id
        self.attempt = attempt
        self.status = status
    }
}
