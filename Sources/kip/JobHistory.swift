import KipClient
import KipCore

/// All that befell a job, in the order of time.
struct JobHistory {
    struct Event {
        /// Milliseconds since 1970.
        var at: Int64
        var words: String
    }

    let events: [Event]

    init(of told: JobExplanation) {
        let job = told.job
        var events = [Event(at: job.createdAt, words: "enqueued")]
        if let by = job.releasedBy {
            events.append(Event(at: job.releasedAt ?? job.createdAt, words: "released by \(by)"))
        }
        events += told.attempts.map { attempt in
            let why = attempt.error.isEmpty ? "" : ": \(attempt.error)"
            return Event(at: attempt.endedAt, words: "attempt \(attempt.attempt) \(attempt.outcome)\(why)")
        }
        events += told.decisions.map { decision in
            Event(at: decision.at, words: decision.what + (decision.by.map { " by \($0)" } ?? ""))
        }
        // A person's cancellation is told as a decision.
        let isTold = told.decisions.last.map { $0.at == job.finishedAt && $0.what == job.state } ?? false
        if let end = job.finishedAt, !isTold { events.append(Event(at: end, words: job.state)) }
        // Of one moment in the order above: the sort is stable by the place.
        self.events = events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(
            \.element)
    }
}
