import KipCore

/// A job that the broker handed to this worker.
package final class LeasedWork: Sendable {
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
    let receivedAt: SteadyTime
    /// Milliseconds from then on; 0 = none.
    private let startWithin: Int64
    private let endWithin: Int64

    /// It has waited here for its turn until it was too late to begin.
    func isLate(at now: SteadyTime) -> Bool { startWithin > 0 && waited(at: now) >= startWithin }

    /// For an attempt that begins now, in milliseconds; 0 = none.
    func timeLeft(at now: SteadyTime) -> Int64 {
        guard endWithin > 0 else { return timeoutMilliseconds }
        let left = max(1, endWithin - waited(at: now))
        return timeoutMilliseconds > 0 ? min(timeoutMilliseconds, left) : left
    }

    private func waited(at now: SteadyTime) -> Int64 { now.milliseconds(since: receivedAt) }

    init(_ words: LeasedWords, payload: [UInt8], at now: SteadyTime) {
        receivedAt = now
        id = words.id
        attempt = words.attempt
        kind = words.kind
        queue = words.queue
        failures = words.failures
        timeoutMilliseconds = words.timeoutMs
        enqueuedAt = Timestamp(milliseconds: words.enqueuedAtMs)
        self.payload = payload
        headers = words.headers
        startWithin = words.startWithinMs
        endWithin = words.endWithinMs
    }
}

/// What the worker has to say of a job. It is kept until the broker has said that it is stored.
package final class FinishedWork: Sendable {
    package let id: JobID
    package let attempt: Int32
    package let outcome: WireResult.Outcome
    private let error: String
    /// In milliseconds; 0 = as the job's own backoff says.
    private let retryAfter: Int64
    private let result: [UInt8]
    private let children: [JobContext.Child]

    /// As it travels.
    package var words: ResultWords {
        var words = ResultWords(id: id, attempt: attempt, outcome: outcome)
        words.error = error
        words.retryAfterMs = retryAfter
        if !children.isEmpty { words.children = children.map(\.wire) }
        return words
    }

    /// How many frames travel with it.
    var frames: Int { 1 + children.count }
    /// Of them.
    var bytes: Int { children.reduce(result.count) { $0 + $1.payload.count } }

    /// The result, then the payload of each child.
    func addPayloads(to frames: inout [[UInt8]]) {
        frames.append(result)
        for child in children { frames.append(child.payload) }
    }

    package convenience init(
        _ work: LeasedWork, _ outcome: WireResult.Outcome, error: String = "", retryAfter: Duration? = nil
    ) {
        self.init(work, outcome, error: error, retryAfter: retryAfter, result: [], children: [])
    }

    package convenience init(_ work: LeasedWork, result: [UInt8], children: [JobContext.Child]) {
        self.init(work, .succeeded, error: "", retryAfter: nil, result: result, children: children)
    }

    /// The same attempt as a dead letter, because the broker does not take the result.
    init(refused work: FinishedWork, _ reason: String) {
        id = work.id
        attempt = work.attempt
        outcome = .discarded
        error = Refusal.clipped("the broker refused the result: \(reason)")
        retryAfter = 0
        result = []
        children = []
    }

    private init(
        _ work: LeasedWork, _ outcome: WireResult.Outcome, error: String, retryAfter: Duration?, result: [UInt8],
        children: [JobContext.Child]
    ) {
        id = work.id
        attempt = work.attempt
        self.outcome = outcome
        self.error = error.isEmpty ? "" : Refusal.clipped(error)
        // 0 would mean the job's own backoff.
        self.retryAfter = retryAfter.map { max(1, $0.milliseconds) } ?? 0
        self.result = result
        self.children = children
    }
}
