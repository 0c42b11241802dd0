import KipCore

/// A job that the broker handed to this worker.
package struct LeasedWork: Sendable {
    package let id: JobID
    package let attempt: Int32
    package let kind: String
    package let queue: String
    let failures: Int32
    let timeoutMilliseconds: Int64
    let enqueuedAt: Timestamp
    package let payload: [UInt8]
    /// What travels beside the payload.
    let headers: [String: String]
    /// When the broker's message came.
    let receivedAt = SteadyTime.now()
    /// Milliseconds from then on; 0 = none.
    private let startWithin: Int64
    private let endWithin: Int64

    /// It has waited here for its turn until it was too late to begin.
    var isLate: Bool { startWithin > 0 && waited >= startWithin }

    /// For the attempt that begins now, in milliseconds; 0 = none.
    var timeLeft: Int64 {
        guard endWithin > 0 else { return timeoutMilliseconds }
        let left = max(1, endWithin - waited)
        return timeoutMilliseconds > 0 ? min(timeoutMilliseconds, left) : left
    }

    private var waited: Int64 { SteadyTime.now().milliseconds - receivedAt.milliseconds }

    init?(_ wire: WireLeasedJob, payload: [UInt8]) {
        guard let id = JobID(wire.id) else { return nil }
        self.id = id
        attempt = wire.attempt
        kind = wire.kind
        queue = wire.queue
        failures = wire.failures
        timeoutMilliseconds = wire.timeoutMs
        enqueuedAt = Timestamp(milliseconds: wire.enqueuedAtMs)
        self.payload = payload
        headers = wire.hasHeaders ? wire.headers.values : [:]
        startWithin = wire.startWithinMs
        endWithin = wire.endWithinMs
    }
}

/// What the worker has to say of a job. It is kept until the broker has said that it is stored.
package struct FinishedWork: Sendable {
    package let id: JobID
    package let wire: WireResult
    /// The result, then the payload of each child.
    let payloads: [[UInt8]]

    package init(_ work: LeasedWork, _ outcome: WireResult.Outcome, error: String = "", retryAfter: Duration? = nil) {
        self.init(work, outcome, error: error, retryAfter: retryAfter, result: [], children: [])
    }

    package init(_ work: LeasedWork, result: [UInt8], children: [JobContext.Child]) {
        self.init(work, .succeeded, error: "", retryAfter: nil, result: result, children: children)
    }

    /// The same attempt as a dead letter, because the broker does not take the result.
    init(refused work: FinishedWork, _ reason: String) {
        id = work.id
        var wire = WireResult()
        wire.id = work.wire.id
        wire.attempt = work.wire.attempt
        wire.outcome = .discarded
        wire.error = Refusal.clipped("the broker refused the result: \(reason)")
        self.wire = wire
        payloads = [[]]
    }

    private init(
        _ work: LeasedWork, _ outcome: WireResult.Outcome, error: String, retryAfter: Duration?, result: [UInt8],
        children: [JobContext.Child]
    ) {
        id = work.id
        var wire = WireResult()
        wire.id = work.id.description
        wire.attempt = work.attempt
        wire.outcome = outcome
        wire.error = Refusal.clipped(error)
        // 0 would mean the job's own backoff.
        wire.retryAfterMs = retryAfter.map { max(1, $0.milliseconds) } ?? 0
        wire.children = children.map(\.wire)
        self.wire = wire
        payloads = [result] + children.map(\.payload)
    }
}
