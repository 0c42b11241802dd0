import KipCore
import KipStore

extension BrokerCore {
    /// A producer's jobs: all are written, or none and the answer says why.
    mutating func take(
        _ enqueue: WireEnqueue, _ payloads: [[UInt8]], _ request: Request, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        guard !enqueue.jobs.isEmpty else { throw Refusal(.invalid, "the enqueue message names no job") }
        try checkRoom()
        var frames = PayloadFrames(payloads)
        let drafts = try drafts(enqueue.jobs, &frames, at: now)
        try frames.checkEnd()
        for draft in drafts { batch.append(.insert(draft, at: now)) }
        continuations.append(.enqueued(request, drafts, at: now))
    }

    /// The jobs of a message, checked.
    func drafts(
        _ jobs: [WireNewJob], _ frames: inout PayloadFrames, at now: Timestamp
    ) throws(Refusal) -> [JobDraft] {
        if jobs.count > Limits.jobsPerMessage {
            throw Refusal(
                .tooLarge, "the message names \(jobs.count) jobs, the limit is \(Limits.jobsPerMessage); send several")
        }
        var drafts: [JobDraft] = []
        drafts.reserveCapacity(jobs.count)
        for (index, job) in jobs.enumerated() {
            drafts.append(try JobDraft(wire: job, payload: try frames.next(), position: index + 1, now: now))
        }
        return drafts
    }

    /// Refuses new work while too much waits for the disk, so that memory stays bounded.
    func checkRoom() throws(Refusal) {
        if batch.count >= settings.pendingMutations {
            throw Refusal(.busy, "\(batch.count) changes wait for the disk; nothing was stored, try again in a moment")
        }
    }

    /// Puts a job that is now on disk where it belongs.
    mutating func settle(_ draft: JobDraft, at now: Timestamp) {
        settle(
            WaitingJob(draft, createdAt: now), Lane(queue: draft.queue, kind: draft.kind), runAt: draft.runAt, at: now)
    }

    /// Puts a waiting job that is on disk where it belongs: before a worker, or with those whose time has not come.
    mutating func settle(_ job: WaitingJob, _ lane: Lane, runAt: Timestamp, at now: Timestamp) {
        if runAt > now {
            nextDue = min(nextDue ?? runAt, runAt)
        } else {
            lanes[index(of: lane)].offer(job)
        }
    }
}

/// The payload frames of a message, taken one by one. A message without any stands for empty payloads.
struct PayloadFrames {
    private let frames: [[UInt8]]
    private var position = 0

    init(_ frames: [[UInt8]]) {
        self.frames = frames
    }

    mutating func next() throws(Refusal) -> [UInt8] {
        if frames.isEmpty { return [] }
        guard position < frames.count else {
            throw Refusal(
                .malformed,
                "the message has \(frames.count) payload frames, fewer than jobs; send one for each job, in order")
        }
        position += 1
        return frames[position - 1]
    }

    func checkEnd() throws(Refusal) {
        if position < frames.count, !frames.isEmpty {
            throw Refusal(
                .malformed,
                "the message has \(frames.count) payload frames for \(position) jobs; send one for each job, in order")
        }
    }
}
