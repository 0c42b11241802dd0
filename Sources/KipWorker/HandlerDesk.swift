import KipCore
import Synchronization

/// Where handlers leave word of their progress, and ask for what their jobs came after.
final class HandlerDesk: Sendable {
    private struct State {
        var reports: [JobID: ProgressReport] = [:]
        var hasTimer = false
        var reads: [ParentsRead] = []
        var waiting: [UInt64: CheckedContinuation<ParentsAnswer?, Never>] = [:]
        var next: UInt64 = 0
        var isClosed = false
    }

    /// What comes within so long is sent together.
    private static let together = Duration.milliseconds(200)

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    /// - Parameter wake: tells the worker's thread that there is something here.
    init(wake: @escaping @Sendable () -> Void) {
        self.wake = wake
    }

    // MARK: Progress

    func note(_ job: JobID, _ attempt: Int32, _ change: (inout ProgressReport) -> Void) {
        let startsTimer = state.withLock { state in
            var report = state.reports[job] ?? ProgressReport(job: job, attempt: attempt)
            // An older attempt that still runs says nothing of the newer one.
            if report.attempt > attempt { return false }
            if report.attempt < attempt { report = ProgressReport(job: job, attempt: attempt) }
            change(&report)
            state.reports[job] = report
            defer { state.hasTimer = true }
            return !state.hasTimer && !state.isClosed
        }
        guard startsTimer else { return }
        Task {
            try? await Task.sleep(for: Self.together)
            state.withLock { $0.hasTimer = false }
            wake()
        }
    }

    func takeReports() -> [ProgressReport] {
        state.withLock { state in
            defer { state.reports = [:] }
            return Array(state.reports.values)
        }
    }

    // MARK: Parents

    /// Asks and waits for the answer, which is sure to come; nil = the job is in other hands.
    func read(_ job: JobID, _ attempt: Int32, from: Int) async -> ParentsAnswer? {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if state.isClosed { return false }
                state.next += 1
                state.waiting[state.next] = continuation
                state.reads.append(
                    ParentsRead(number: state.next, job: job, attempt: attempt, from: Int32(clamping: from)))
                return true
            }
            if isOpen { wake() } else { continuation.resume(returning: nil) }
        }
    }

    func takeReads() -> [ParentsRead] {
        state.withLock { state in
            defer { state.reads = [] }
            return state.reads
        }
    }

    func answer(_ answer: ParentsAnswer?, to number: UInt64) {
        state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: answer)
    }

    /// The thread has ended: whoever asks from here on asks in vain.
    func close() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.isClosed = true
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: nil) }
    }
}

/// The desk of one attempt, as its handler sees it.
struct AttemptDesk: JobDesk {
    let desk: HandlerDesk
    let job: JobID
    let attempt: Int32
    let outgoing: EnqueueChain

    func parents(from: Int) async throws(ParentsError) -> (parents: [ParentResult], more: Bool) {
        guard let answer = await desk.read(job, attempt, from: from) else { throw .void }
        var parents: [ParentResult] = []
        for parent in answer.parents { parents.append(try clear(parent)) }
        return (parents, answer.more)
    }

    private func clear(_ parent: ParentResult) throws(ParentsError) -> ParentResult {
        do {
            let result = try outgoing.open(result: parent.result, of: parent.id)
            return ParentResult(id: parent.id, state: parent.state, result: result, error: parent.error)
        } catch JobSignal.discard(let reason) {
            throw .unreadable(job: parent.id, reason)
        } catch {
            throw .unreadable(job: parent.id, "\(error)")
        }
    }

    func report(fraction: Double?, text: String) {
        desk.note(job, attempt) { report in
            if let fraction { report.fraction = fraction }
            if !text.isEmpty { report.text = text.clipped(toBytes: Limits.logLineBytes) }
        }
    }

    func log(_ line: String) {
        let now = Timestamp.now()
        desk.note(job, attempt) { report in
            report.lines.append((now, line.clipped(toBytes: Limits.logLineBytes)))
            // The broker keeps no more of them.
            if report.lines.count > Limits.logLines { report.lines.removeFirst() }
        }
    }
}
