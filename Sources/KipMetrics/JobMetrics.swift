import KipCore
import KipWorker
import Metrics
import Synchronization

/// Counts and times jobs through swift-metrics, by kind.
///
/// | metric | dimensions | what |
/// |---|---|---|
/// | `kip_jobs_enqueued` | `kind` | jobs that left a producer or a handler; whether the broker took them is not known yet |
/// | `kip_jobs_started` | `kind` | attempts |
/// | `kip_jobs_succeeded` | `kind` | attempts that did their work |
/// | `kip_jobs_failed` | `kind`, `outcome`: `failed`, `discarded` or `cancelled` | attempts that did not |
/// | `kip_jobs_snoozed` | `kind` | attempts for which the time had not come |
/// | `kip_job_duration` | `kind` | timer: of each attempt's handler |
/// | `kip_job_wait` | `kind` | timer: from the confirmation to the first attempt, a delay that was asked for included |
///
/// ```swift
/// registry.use(JobMetrics())                            // the outermost: it counts what further ones throw
/// let client = try KipClient(middleware: [JobMetrics()])
/// ```
public final class JobMetrics: JobMiddleware, EnqueueMiddleware {
    private struct Name: Hashable {
        var label: String
        var kind: String
        var outcome: String?

        var dimensions: [(String, String)] {
            [("kind", kind)] + (outcome.map { [("outcome", $0)] } ?? [])
        }
    }

    private let factory: (any MetricsFactory)?
    private let counters = Mutex<[Name: Counter]>([:])
    private let timers = Mutex<[Name: Timer]>([:])

    /// Metrics.
    /// - Parameter factory: default that of `MetricsSystem`.
    public init(factory: (any MetricsFactory)? = nil) {
        self.factory = factory
    }

    /// Counts a job that leaves.
    public func prepare(_ job: inout OutgoingJob) {
        count("kip_jobs_enqueued", job.kind)
    }

    /// Counts and times an attempt.
    public func handle(_ context: JobContext, next: JobMiddleware.Next) async throws -> Outcome {
        let kind = context.kind
        if context.attempt == 1 {
            let wait = Timestamp.now().milliseconds(since: context.enqueuedAt)
            time("kip_job_wait", kind, .milliseconds(max(0, wait)))
        }
        count("kip_jobs_started", kind)
        let start = ContinuousClock.now
        defer { time("kip_job_duration", kind, ContinuousClock.now - start) }
        do {
            let outcome = try await next(context)
            count(outcome, kind)
            return outcome
        } catch {
            if let signal = error as? JobSignal {
                count(signal.outcome, kind)
            } else {
                count("kip_jobs_failed", kind, error is CancellationError ? "cancelled" : "failed")
            }
            throw error
        }
    }

    private func count(_ outcome: Outcome, _ kind: String) {
        switch outcome {
        case .succeeded: count("kip_jobs_succeeded", kind)
        case .retry: count("kip_jobs_failed", kind, "failed")
        case .discard: count("kip_jobs_failed", kind, "discarded")
        case .snooze: count("kip_jobs_snoozed", kind)
        }
    }

    private func count(_ label: String, _ kind: String, _ outcome: String? = nil) {
        let name = Name(label: label, kind: kind, outcome: outcome)
        counters.withLock { counters in
            counters[name, default: Counter(label: label, dimensions: name.dimensions, factory: used)].increment()
        }
    }

    private func time(_ label: String, _ kind: String, _ duration: Duration) {
        let name = Name(label: label, kind: kind)
        timers.withLock { timers in
            timers[name, default: Timer(label: label, dimensions: name.dimensions, factory: used)]
                .recordNanoseconds(duration.nanoseconds)
        }
    }

    private var used: any MetricsFactory { factory ?? MetricsSystem.factory }
}

extension Duration {
    fileprivate var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? .max : whole + attoseconds / 1_000_000_000
    }
}
