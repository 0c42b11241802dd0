import KipCore

/// How a broker does. Durations are milliseconds.
public struct OverviewRecord: Sendable, Codable, Equatable {
    /// Each queue that the broker has seen since it started, by name.
    public var queues: [QueueTempoRecord]
    /// Workers that the broker hears.
    public var workers: Int
    /// Since when it runs.
    public var uptime: Int64
    /// What waits and no connected worker takes, at most 100 rows.
    public var unserved: [UnservedRecord]
    /// Why nothing is handed out; nil = all is well.
    public var heldBecause: String?
}

/// How a queue goes. Counts are of the last minute (55 to 60 s) where nothing else is said; durations are milliseconds.
public struct QueueTempoRecord: Sendable, Codable, Equatable {
    /// Its name.
    public var name: String
    /// Jobs that wait now, as far as the broker holds them in memory.
    public var waiting: Int
    /// Others wait on disk only: `waiting` is at least so many.
    public var waitingIsMore: Bool
    /// How long the one at the head has waited; 0 = none waits.
    public var oldestWaiting: Int64
    /// Jobs in workers' hands now.
    public var running: Int
    /// Jobs that were handed out.
    public var started: Int
    /// Attempts that ended well.
    public var succeeded: Int
    /// Attempts that failed, were lost with their workers, or left an effect in doubt.
    public var failed: Int
    /// Of the waits from the time that a job may run to its start: half were no longer. At the most an eighth off.
    public var waitP50: Int64
    /// 99 of 100 were no longer. At the most an eighth off.
    public var waitP99: Int64
    /// Nothing is handed out.
    public var paused: Bool

    /// How a queue goes.
    public init(
        name: String, waiting: Int = 0, waitingIsMore: Bool = false, oldestWaiting: Int64 = 0, running: Int = 0,
        started: Int = 0, succeeded: Int = 0, failed: Int = 0, waitP50: Int64 = 0, waitP99: Int64 = 0,
        paused: Bool = false
    ) {
        self.name = name
        self.waiting = waiting
        self.waitingIsMore = waitingIsMore
        self.oldestWaiting = oldestWaiting
        self.running = running
        self.started = started
        self.succeeded = succeeded
        self.failed = failed
        self.waitP50 = waitP50
        self.waitP99 = waitP99
        self.paused = paused
    }

    init(_ wire: WireOverview.Line) {
        self.init(
            name: wire.queue, waiting: Int(wire.waiting), waitingIsMore: wire.waitingIsMore,
            oldestWaiting: wire.oldestWaitingMs, running: Int(wire.running), started: Int(wire.started),
            succeeded: Int(wire.succeeded), failed: Int(wire.failed), waitP50: wire.waitP50Ms, waitP99: wire.waitP99Ms,
            paused: wire.paused)
    }
}

extension KipClient {
    /// How the broker and its queues do. The broker answers from memory, whatever waits on its disk.
    /// - Throws: `KipClientError`.
    public func overview() async throws(KipClientError) -> OverviewRecord {
        guard case .overview(let overview) = try await ask(.readOverview(WireReadOverview())).header.body else {
            throw .unexpectedAnswer
        }
        return OverviewRecord(
            queues: overview.lines.map(QueueTempoRecord.init), workers: Int(overview.workers),
            uptime: overview.uptimeMs, unserved: overview.unserved.map(UnservedRecord.init),
            heldBecause: overview.heldBecause.isEmpty ? nil : overview.heldBecause)
    }

    /// Lets workers finish what they run and leave, as SIGTERM does: they take nothing more, and their processes end with
    /// code 0. One that is away is told when it comes back.
    /// - Parameter ids: of `WorkerRecord`.
    /// - Returns: those that the broker knows, and that it told.
    /// - Throws: `KipClientError`.
    public func drain(workers ids: [String]) async throws(KipClientError) -> [String] {
        var drain = WireDrainWorkers()
        drain.ids = ids
        guard case .changed(let changed) = try await ask(.drainWorkers(drain)).header.body else {
            throw .unexpectedAnswer
        }
        return changed.ids
    }
}
