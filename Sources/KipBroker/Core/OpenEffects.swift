import KipCore

/// An effect of a job that runs.
struct Intent: Sendable {
    var attempt: Int
    /// The worker that began it; nil = it began before this broker started.
    var worker: String?
    /// Its handler was told to begin: it may have happened.
    var isTold = false
    /// Messages that bring it, on their way to the disk.
    var pending = 0
    /// One of them has brought it there.
    var isWritten = false

    /// Nobody was told, and nobody will be.
    var isIdle: Bool { !isTold && pending == 0 }
}

/// Effects of running jobs that have begun, also on their way to the disk, and whose outcomes are not reported yet. They are
/// counted for each worker: all of a worker's become doubts at once if it is lost.
struct OpenEffects: Sendable {
    private var intents: [JobID: [String: Intent]] = [:]
    private var counts: [String: Int] = [:]
    /// Of all workers.
    private(set) var count = 0

    subscript(job: JobID) -> [String: Intent]? { intents[job] }

    var isEmpty: Bool { intents.isEmpty }

    func count(of worker: String) -> Int { counts[worker] ?? 0 }

    /// A message brings an intent, the first one or again.
    mutating func begin(_ key: String, of job: JobID, attempt: Int, by worker: String) {
        if intents[job]?[key] == nil {
            intents[job, default: [:]][key] = Intent(attempt: attempt, worker: worker)
            add(1, to: worker)
        }
        intents[job]?[key]?.pending += 1
    }

    /// An intent that was on disk when the broker started.
    mutating func restore(_ key: String, of job: JobID, attempt: Int) {
        intents[job, default: [:]][key] = Intent(attempt: attempt, isTold: true)
        add(1, to: nil)
    }

    /// - Returns: the intent after the change; nil = there is none.
    @discardableResult
    mutating func update(_ key: String, of job: JobID, _ change: (inout Intent) -> Void) -> Intent? {
        guard var intent = intents[job]?[key] else { return nil }
        change(&intent)
        intents[job]?[key] = intent
        return intent
    }

    mutating func close(_ key: String, of job: JobID) {
        guard let intent = intents[job]?.removeValue(forKey: key) else { return }
        if intents[job]?.isEmpty == true { intents[job] = nil }
        add(-1, to: intent.worker)
    }

    /// The job runs no more.
    /// - Returns: what it leaves open.
    mutating func removeAll(of job: JobID) -> [String: Intent] {
        guard let open = intents.removeValue(forKey: job) else { return [:] }
        for intent in open.values { add(-1, to: intent.worker) }
        return open
    }

    private mutating func add(_ change: Int, to worker: String?) {
        count += change
        guard let worker else { return }
        let sum = count(of: worker) + change
        counts[worker] = sum > 0 ? sum : nil
    }
}
