import KipCore
import KipStore

/// Looks at everything that is said and written, and holds it against the promises.
struct Audit: Sendable {
    /// What was broken, by whom; empty = nothing.
    private(set) var violations: [String] = []
    private(set) var lost = 0
    private(set) var doubled = 0

    private struct Handing: Hashable {
        var id: JobID
        var attempt: Int
    }

    private var confirmed: Set<JobID> = []
    private var handed: Set<Handing> = []
    private var cancelledAt: [JobID: Int64] = [:]
    private var contacts: [Int: (last: Int64, gapEnded: Int64)] = [:]

    mutating func report(_ text: String) {
        violations.append(text)
    }

    // MARK: What is said

    /// Promise 1: confirmed means on disk.
    mutating func confirm(_ id: JobID, _ store: ModelStore) {
        confirmed.insert(id)
        if store.rows[id] == nil {
            lost += 1
            report("job \(id) was confirmed and is not on disk")
        }
    }

    /// Promises 2, 6 and 11: work that is handed out is leased on disk, once for an attempt, to who takes its kind.
    mutating func hand(_ job: WireLeasedJob, to worker: String, kinds: [String], _ store: ModelStore) {
        guard let id = JobID(job.id), let row = store.rows[id] else {
            return report("job \(job.id) was handed out and is not on disk")
        }
        if row.state != .running || row.job.attempt != Int(job.attempt) || row.worker != worker {
            report("job \(id) attempt \(job.attempt) was handed out before its lease was on disk")
        }
        if !kinds.contains(job.kind) { report("job \(id) of kind \(job.kind) went to a worker that does not take it") }
        if !handed.insert(Handing(id: id, attempt: Int(job.attempt))).inserted {
            doubled += 1
            report("job \(id) attempt \(job.attempt) was handed out twice")
        }
    }

    /// Promise 2: what is said to be recorded is on disk.
    mutating func record(_ result: WireRecordedResult, _ store: ModelStore) {
        guard result.status == .recorded, let id = JobID(result.id), let row = store.rows[id] else { return }
        if !row.ended.contains(Int(result.attempt)) {
            lost += 1
            report("the result of job \(id) attempt \(result.attempt) was recorded and is not on disk")
        }
    }

    /// The broker heard a worker and told it so.
    mutating func touch(_ worker: Int, at now: Int64, lease: Int64) {
        let contact = contacts[worker] ?? (now, -1)
        contacts[worker] = (now, now - contact.last >= lease ? now : contact.gapEnded)
    }

    mutating func cancel(_ id: JobID, at now: Int64) {
        cancelledAt[id] = now
    }

    /// Promises 6 and 10: a job begins anew only where the one that ran it was silent for a lease.
    mutating func begin(_ id: JobID, beside other: Int, since: Int64, at now: Int64, lease: Int64) {
        let contact = contacts[other] ?? (now, -1)
        let wasSilent = now - contact.last >= lease || contact.gapEnded >= since
        if !wasSilent, (cancelledAt[id] ?? -1) < since {
            doubled += 1
            report("job \(id) runs twice, though worker \(other), which has its older attempt, was never silent")
        }
    }

    // MARK: What is on disk

    /// All that can be told from the disk alone, at any time.
    mutating func look(at store: ModelStore) {
        for id in confirmed where store.rows[id] == nil {
            lost += 1
            report("job \(id) was confirmed and is gone")
        }
        var keys: [String: JobID] = [:]
        var orders: [Int: JobID] = [:]
        for (id, row) in store.rows {
            if let key = row.uniqueKey, let other = keys.updateValue(id, forKey: key) {
                doubled += 1
                report("jobs \(min(id, other)) and \(max(id, other)) have the key \(key)")
            }
            if row.ends > 1 { report("job \(id) ended \(row.ends) times") }
            let note = JobNote(row.job.payload)
            if let order = note?.order, let other = orders.updateValue(id, forKey: order) {
                doubled += 1
                report("jobs \(min(id, other)) and \(max(id, other)) are the same order \(order)")
            }
            lookAtFamily(id, row, note, store)
        }
    }

    /// Promise 5: children exist with their parent's success, and only with it.
    private mutating func lookAtFamily(_ id: JobID, _ row: ModelStore.Row, _ note: JobNote?, _ store: ModelStore) {
        if let parent = note?.parent, store.rows[parent]?.state != .succeeded {
            report("job \(id) is there without the success of its parent \(parent)")
        }
        guard row.state == .succeeded else { return }
        guard let outcome = ResultNote(row.result) else { return report("job \(id) succeeded without its result") }
        if outcome.attempt != row.job.attempt {
            report("job \(id) has the result of attempt \(outcome.attempt), the last was \(row.job.attempt)")
        }
        for child in outcome.children where store.rows[child] == nil {
            lost += 1
            report("job \(child), a child of \(id), is not there")
        }
    }

    /// Liveness: when the faults have stopped, all ends.
    mutating func end(_ store: ModelStore, unanswered: Int) {
        if unanswered > 0 { report("\(unanswered) requests were never answered") }
        for (id, row) in store.rows where !row.state.isTerminal {
            lost += confirmed.contains(id) ? 1 : 0
            report("job \(id) never ended: \(row.state), attempt \(row.job.attempt), worker \(row.worker ?? "-")")
        }
        lookAtSchedule(store)
    }

    /// Promise 7: a schedule fires once for each of its times, and leaves none out.
    private mutating func lookAtSchedule(_ store: ModelStore) {
        let times = store.rows.values.compactMap { row in
            row.uniqueKey.flatMap { $0.hasPrefix("schedule/") ? Int64($0.split(separator: "/").last ?? "") : nil }
        }.sorted()
        for (earlier, later) in zip(times, times.dropFirst()) where later - earlier != 60_000 {
            report("the schedule fired at \(earlier) and then at \(later)")
        }
    }
}

/// What a simulated job's payload says of it.
struct JobNote {
    var order: Int?
    var parent: JobID?

    init?(_ payload: [UInt8]) {
        let words = String(decoding: payload, as: UTF8.self).split(separator: " ")
        guard words.count == 2 else { return nil }
        if words[0] == "order" { order = Int(words[1]) }
        if words[0] == "child" { parent = JobID(String(words[1])) }
    }

    static func order(_ number: Int) -> [UInt8] { Array("order \(number)".utf8) }
    static func child(of parent: JobID) -> [UInt8] { Array("child \(parent)".utf8) }
}

/// What a simulated handler gives back.
struct ResultNote {
    var attempt: Int
    var children: [JobID]

    init?(_ result: [UInt8]) {
        let words = String(decoding: result, as: UTF8.self).split(separator: " ")
        guard let first = words.first, let attempt = Int(first) else { return nil }
        self.attempt = attempt
        children = words.dropFirst().compactMap { JobID(String($0)) }
    }

    static func text(attempt: Int, children: [JobID]) -> [UInt8] {
        Array(([String(attempt)] + children.map(\.description)).joined(separator: " ").utf8)
    }
}
