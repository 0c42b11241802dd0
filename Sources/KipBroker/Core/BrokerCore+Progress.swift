import KipCore
import KipStore

extension BrokerCore {
    /// What a handler says of its progress. It counts while the worker holds the job, and is not worth an answer.
    mutating func take(_ progress: WireProgress, _ request: Request, at now: Timestamp) throws(Refusal) {
        let worker = try known(progress.workerID, progress.session, request)
        workers[worker]?.lastSeen = steady
        let id = try Self.id(progress.jobID)
        guard holds(id, Int(progress.attempt), worker), batch.count < settings.pendingMutations,
            notedBytes < settings.notedBytes
        else { return }
        let lines = progress.log.suffix(Limits.logLines).map { line in
            ProgressNote.Line(at: Timestamp(milliseconds: line.atMs), text: Self.clipped(line.text))
        }
        let text = Self.clipped(progress.text)
        notedBytes += lines.reduce(text.utf8.count) { $0 + $1.text.utf8.count }
        let isKnown = progress.fraction.isFinite && progress.fraction >= 0
        batch.append(
            .progress(
                ProgressNote(
                    job: id, attempt: Int(progress.attempt), fraction: isKnown ? min(1, progress.fraction) : nil,
                    text: text, lines: lines)))
    }

    private static func clipped(_ text: String) -> String {
        text.clipped(toBytes: Limits.logLineBytes)
    }

    /// A handler wants the results of the jobs that its own came after.
    mutating func take(_ read: WireReadParents, _ request: Request, _ effects: inout [Effect]) throws(Refusal) {
        let worker = try known(read.workerID, read.session, request)
        let id = try Self.id(read.jobID)
        guard holds(id, Int(read.attempt), worker) else {
            throw Refusal(.conflict, "the worker no longer holds job \(id)")
        }
        effects.append(
            .ask(.parents(of: id, from: Int(read.from)), request: request.number, peer: request.peer))
    }
}
