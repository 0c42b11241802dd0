import KipCore

extension KipClient {
    /// Waits until all jobs have ended, or are uncertain or quarantined, asking at growing intervals (20 to 250 ms).
    /// - Parameters:
    ///   - ids: unknown ids count as ended.
    ///   - timeout: nil = as long as it takes.
    ///   - onProgress: told how many have ended, whenever that changes.
    /// - Returns: the final states, in order; nil = the broker knows no such job.
    /// - Throws: `KipClientError`; `.stillRunning` after the timeout.
    @discardableResult
    public func wait(
        _ ids: [JobID], timeout: Duration? = nil, onProgress: (@Sendable (Int) -> Void)? = nil
    ) async throws(KipClientError) -> [JobState?] {
        let start = ContinuousClock.now
        var states: [JobID: JobState?] = [:]
        var open = ids
        var pause = 20
        while true {
            for (id, state) in zip(open, try await self.states(open))
            where state.map({ $0.isTerminal || $0.waitsForPerson && $0 != .held }) ?? true {
                states[id] = .some(state)
                pause = 20
            }
            open = open.filter { states[$0] == nil }
            onProgress?(ids.count - open.count)
            if open.isEmpty { return ids.map { states[$0] ?? nil } }
            if let timeout, ContinuousClock.now - start > timeout {
                throw .stillRunning(open: open.count, seconds: Double(timeout.milliseconds) / 1000)
            }
            try? await Task.sleep(for: .milliseconds(pause))
            if Task.isCancelled { throw .closed }
            pause = min(250, pause * 2)
        }
    }
}
