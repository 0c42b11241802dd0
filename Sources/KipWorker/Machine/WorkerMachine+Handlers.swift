import KipCore

/// What a handler says of its progress.
package struct ProgressReport: Sendable {
    package var job: JobID
    package var attempt: Int32
    package var fraction: Double?
    package var text = ""
    package var lines: [(at: Timestamp, text: String)] = []

    package init(job: JobID, attempt: Int32) {
        self.job = job
        self.attempt = attempt
    }
}

extension ProgressReport {
    /// One that could not be sent.
    init?(_ wire: WireProgress) {
        guard let job = JobID(wire.jobID) else { return nil }
        self.init(job: job, attempt: wire.attempt)
        if wire.fraction >= 0 { fraction = wire.fraction }
        text = wire.text
        lines = wire.log.map { (Timestamp(milliseconds: $0.atMs), $0.text) }
    }
}

/// A handler wants to know what its job came after.
package struct ParentsRead: Sendable {
    /// Who waits for the answer.
    package var number: UInt64
    package var job: JobID
    package var attempt: Int32
    /// How many it has already.
    package var from: Int32

    package init(number: UInt64, job: JobID, attempt: Int32, from: Int32) {
        self.number = number
        self.job = job
        self.attempt = attempt
        self.from = from
    }
}

/// What the broker answered.
package struct ParentsAnswer: Sendable, Equatable {
    package var parents: [ParentResult]
    package var more: Bool
}

extension WorkerMachine {
    /// Progress is said once. While the broker is away it is kept; what was under way when it went is lost.
    mutating func take(_ report: ProgressReport, _ actions: inout [Action]) {
        guard held[report.job] == report.attempt, unrecorded[report.job] == nil else { return }
        if session == nil { keep(report) } else { send(report, &actions) }
    }

    mutating func keep(_ report: ProgressReport?) {
        guard let report, held[report.job] == report.attempt else { return }
        guard var kept = unsaid[report.job], kept.attempt == report.attempt else {
            unsaid[report.job] = report
            return
        }
        if let fraction = report.fraction { kept.fraction = fraction }
        if !report.text.isEmpty { kept.text = report.text }
        // The broker keeps no more of them.
        kept.lines = Array((kept.lines + report.lines).suffix(Limits.logLines))
        unsaid[report.job] = kept
    }

    mutating func sendUnsaid(_ actions: inout [Action]) {
        for report in unsaid.values.sorted(by: { $0.job < $1.job }) where held[report.job] == report.attempt {
            send(report, &actions)
        }
        unsaid = [:]
    }

    private mutating func send(_ report: ProgressReport, _ actions: inout [Action]) {
        guard let session else { return }
        var progress = WireProgress()
        progress.workerID = hello.workerID
        progress.session = session
        progress.jobID = report.job.description
        progress.attempt = report.attempt
        progress.fraction = report.fraction ?? -1
        progress.text = report.text
        progress.log = report.lines.map { line in
            var wire = WireLogLine()
            wire.atMs = line.at.milliseconds
            wire.text = line.text
            return wire
        }
        actions.append(.send(WireMessage(.progress(progress))))
    }

    /// A question is asked until it is answered, in this session or the next ones.
    mutating func take(_ read: ParentsRead, _ actions: inout [Action]) {
        guard held[read.job] == read.attempt else { return actions.append(.parents(nil, to: read.number)) }
        reads[read.number] = read
        send(read, &actions)
    }

    mutating func sendReads(_ actions: inout [Action]) {
        readBy = [:]
        for read in reads.values.sorted(by: { $0.number < $1.number }) { send(read, &actions) }
    }

    private mutating func send(_ read: ParentsRead, _ actions: inout [Action]) {
        guard let session else { return }
        nextMessage += 1
        readBy[nextMessage] = read.number
        var wire = WireReadParents()
        wire.workerID = hello.workerID
        wire.session = session
        wire.jobID = read.job.description
        wire.attempt = read.attempt
        wire.from = read.from
        actions.append(.send(WireMessage(.readParents(wire), request: nextMessage)))
    }

    mutating func take(
        _ results: WireParentResults, _ payloads: [[UInt8]], _ request: UInt64, _ actions: inout [Action]
    ) {
        guard let number = readBy.removeValue(forKey: request), reads.removeValue(forKey: number) != nil else { return }
        var parents: [ParentResult] = []
        for (parent, payload) in zip(results.parents, payloads) {
            guard let id = JobID(parent.id) else { continue }
            parents.append(
                ParentResult(id: id, state: JobState(wire: parent.state), result: payload, error: parent.error))
        }
        actions.append(.parents(ParentsAnswer(parents: parents, more: results.more), to: number))
    }

    /// The job is in other hands, or the worker leaves.
    mutating func voidReads(of id: JobID?, _ actions: inout [Action]) {
        for read in reads.values.sorted(by: { $0.number < $1.number }) where id == nil || read.job == id {
            reads[read.number] = nil
            actions.append(.parents(nil, to: read.number))
        }
    }

    /// A broker that is busy is asked again; what it will never answer is void.
    mutating func refusedRead(
        _ number: UInt64, _ refused: WireRefused, at now: SteadyTime, _ actions: inout [Action]
    ) {
        guard reads[number] != nil else { return }
        if [Refusal.Code.storage.rawValue, Refusal.Code.busy.rawValue].contains(refused.code) {
            askAgainAt = now.advanced(byMilliseconds: Self.askAgainAfter)
        } else {
            reads[number] = nil
            actions.append(.parents(nil, to: number))
        }
    }
}
