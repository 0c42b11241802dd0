/// The same in the protobuf library's types: for JSON, for what is out of the ordinary, and for whoever knows those.
extension HotBody {
    /// As the library has it.
    package var wire: WireHeader.OneOf_Body {
        switch self {
        case .newJobs(let jobs): .enqueue(.with { $0.jobs = jobs.map(\.wire) })
        case .enqueued(let jobs): .enqueued(.with { $0.jobs = jobs.map(\.wire) })
        case .work(let work):
            .work(
                .with {
                    $0.jobs = work.jobs.map(\.wire)
                    $0.session = work.session
                })
        case .results(let results):
            .results(
                .with {
                    $0.workerID = results.workerID
                    $0.session = results.session
                    $0.results = results.results.map(\.wire)
                })
        case .recorded(let results): .recorded(.with { $0.results = results.map(\.wire) })
        }
    }
}

extension EnqueuedWords {
    package init(_ wire: WireEnqueuedJob) throws(NotAnID) {
        self.init(id: try JobID(wire: wire.id), outcome: wire.outcome)
    }

    fileprivate var wire: WireEnqueuedJob {
        .with { ($0.id, $0.outcome) = (id.description, outcome) }
    }
}

extension LeasedWords {
    package init(_ wire: WireLeasedJob) throws(NotAnID) {
        self.init(id: try JobID(wire: wire.id), kind: wire.kind, queue: wire.queue)
        (attempt, failures) = (wire.attempt, wire.failures)
        (timeoutMs, enqueuedAtMs) = (wire.timeoutMs, wire.enqueuedAtMs)
        (startWithinMs, endWithinMs) = (wire.startWithinMs, wire.endWithinMs)
        if wire.hasHeaders { headers = wire.headers.values }
    }

    fileprivate var wire: WireLeasedJob {
        .with {
            ($0.id, $0.kind, $0.queue) = (id.description, kind, queue)
            ($0.attempt, $0.failures) = (attempt, failures)
            ($0.timeoutMs, $0.enqueuedAtMs) = (timeoutMs, enqueuedAtMs)
            ($0.startWithinMs, $0.endWithinMs) = (startWithinMs, endWithinMs)
            if !headers.isEmpty { $0.headers.values = headers }
        }
    }
}

extension WorkerResults {
    package init(_ wire: WireResults) throws(NotAnID) {
        var results: [ResultWords] = []
        results.reserveCapacity(wire.results.count)
        for result in wire.results { results.append(try ResultWords(result)) }
        self.init(results, workerID: wire.workerID, session: wire.session)
    }
}

extension ResultWords {
    package init(_ wire: WireResult) throws(NotAnID) {
        self.init(id: try JobID(wire: wire.id), attempt: wire.attempt, outcome: wire.outcome)
        (error, retryAfterMs, children) = (wire.error, wire.retryAfterMs, wire.children)
    }

    package var wire: WireResult {
        .with {
            ($0.id, $0.attempt, $0.outcome) = (id.description, attempt, outcome)
            ($0.error, $0.retryAfterMs, $0.children) = (error, retryAfterMs, children)
        }
    }
}

extension RecordedWords {
    package init(_ wire: WireRecordedResult) throws(NotAnID) {
        self.init(id: try JobID(wire: wire.id), attempt: wire.attempt, status: wire.status)
    }

    fileprivate var wire: WireRecordedResult {
        .with { ($0.id, $0.attempt, $0.status) = (id.description, attempt, status) }
    }
}
