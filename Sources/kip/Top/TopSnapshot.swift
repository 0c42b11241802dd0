import KipClient

/// One look at a broker: what `kip top` shows, and prints with `--json`. Times are milliseconds since 1970, durations
/// milliseconds.
struct TopSnapshot: Sendable, Encodable {
    struct Worker: Sendable, Encodable {
        var id: String
        var name: String
        var queues: [String]
        var holding: Int
        var credit: Int
        /// Jobs that it runs at once; 0 = it did not say.
        var places: Int
        /// When the broker heard it last.
        var lastSeen: Int64
        var draining: Bool
        var reachable: Bool

        /// Of what it holds, how many it runs; the others wait in it.
        var running: Int { places == 0 ? holding : min(holding, places) }
    }

    /// Jobs of a queue as they are counted on disk, which takes longer than a look.
    struct Counts: Sendable, Encodable, Equatable {
        var scheduled = 0
        var held = 0
        /// Uncertain and quarantined ones: a person decides.
        var uncertain = 0
        var dead = 0
    }

    struct Running: Sendable, Encodable {
        var id: String
        var kind: String
        var queue: String
        var attempt: Int
        /// The worker's name, or its id where it has gone.
        var worker: String
        /// When it was handed out, or the earliest time at which that may have been.
        var since: Int64
        /// Whether `since` is when it was handed out: only of those that came while we looked.
        var isSinceExact: Bool
    }

    var at: Int64
    var broker: String
    var version: String
    var uptime: Int64
    var queues: [QueueTempoRecord]
    var workers: [Worker]
    /// The newest jobs in workers' hands.
    var running: [Running]
    /// Others run.
    var moreRunning: Bool
    /// By queue; nil = they are not counted yet.
    var counts: [String: Counts]?
    /// What waits and no connected worker takes.
    var unserved: [UnservedRecord] = []
    /// Why the broker hands nothing out; nil = all is well.
    var heldBecause: String?
}

/// Since when jobs run, as far as we saw them come. The broker keeps no such time: a job that was not there at the last
/// look was handed out since, one that was there at the first was handed out at some time after it might run.
struct HandOuts: Sendable {
    private struct Attempt: Hashable {
        var id: JobID
        var attempt: Int
    }

    private var known: [Attempt: (since: Int64, isExact: Bool)] = [:]
    /// The last look saw all that ran.
    private var sawAll = false

    /// - Parameters:
    ///   - isAll: whether these are all that run.
    ///   - now: milliseconds since 1970.
    /// - Returns: for each job since when it runs.
    mutating func look(_ jobs: [JobRecord], isAll: Bool, at now: Int64) -> [(since: Int64, isExact: Bool)] {
        look(jobs.map { ($0.id, $0.attempt, max($0.createdAt, $0.runAt)) }, isAll: isAll, at: now)
    }

    mutating func look(
        _ jobs: [(id: JobID, attempt: Int, mayRunSince: Int64)], isAll: Bool, at now: Int64
    ) -> [(since: Int64, isExact: Bool)] {
        var next: [Attempt: (since: Int64, isExact: Bool)] = [:]
        let found = jobs.map { job in
            let attempt = Attempt(id: job.id, attempt: job.attempt)
            let since = known[attempt] ?? (sawAll ? (now, true) : (min(job.mayRunSince, now), false))
            next[attempt] = since
            return since
        }
        known = next
        sawAll = isAll
        return found
    }
}
