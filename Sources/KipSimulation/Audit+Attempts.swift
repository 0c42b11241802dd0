import Foundation
import KipCore
import KipStore

/// What an attempt costs a job, when the next one may begin, and who goes first.
extension Audit {
    /// A job waits again: what it is said to have cost is what it costs.
    mutating func check(_ again: Mutation.Again, of row: ModelStore.Row) {
        let known = row.job.setbacks
        switch again.outcome {
        case "failed":
            failures[again.id, default: 0] += 1
            let count = failures[again.id] ?? 0
            if count >= row.job.maxAttempts {
                report("job \(again.id) waits again after \(count) failures, and may have \(row.job.maxAttempts)")
            }
            let wait = again.runAt.milliseconds - again.at.milliseconds
            let least = Self.shortestWait(row.job.retry, after: count)
            if wait < least { report("job \(again.id) waits \(wait) ms after failure \(count), not \(least)") }
        case "worker lost":
            if again.setbacks.failures != known.failures {
                report("job \(again.id) was lost, which counts as a failure")
            }
        default:
            if again.setbacks.failures != known.failures || again.setbacks.losses != known.losses {
                report("job \(again.id) was \(again.outcome), which costs it something")
            }
        }
    }

    /// By the rule as it is written down: base · factor^(n-1), at most the cap, spread by the jitter.
    private static func shortestWait(_ policy: RetryPolicy, after failures: Int) -> Int64 {
        let wait = Double(policy.baseMilliseconds) * pow(policy.factor, Double(failures - 1))
        return Int64(min(wait, Double(policy.capMilliseconds)) * (1 - policy.jitter)) - 1
    }

    /// How long the broker must have known a job, undisturbed, to hand it out before another, in milliseconds.
    static let priorityGrace: Int64 = 6_000

    /// Of the jobs of a lane that have waited for a while, the one with the highest priority is leased first.
    mutating func lookAtPriorities(_ batch: [Mutation], over store: ModelStore, at now: Int64) {
        guard now - disturbedAt > Self.priorityGrace, batch.contains(where: \.isLease) else { return }
        var waiting = store.rows.availableSince(before: now - Self.priorityGrace).filter { row in
            !row.job.needsIsolation && row.conditions.lastStart == nil && !leavers.contains(row.job.id)
        }
        if waiting.isEmpty { return }
        for case .lease(let id, _, _) in batch {
            guard let row = store.rows[id], row.state == .available, !row.job.needsIsolation else { continue }
            waiting.removeAll { $0.job.id == id }
            guard let first = waiting.first(where: { $0.lane == row.lane && $0.job.priority > row.job.priority }) else {
                continue
            }
            report(
                "job \(id) with priority \(row.job.priority) is leased before \(first.job.id) with \(first.job.priority)"
            )
        }
    }
}

extension Mutation {
    var isLease: Bool { if case .lease = self { true } else { false } }
}
