import KipCore

extension KipClient {
    /// Jobs by filter, the newest first, and whether the limit cut the list.
    /// - Parameter before: only those older than this id: the next page.
    /// - Throws: `KipClientError`.
    public func jobs(
        state: JobState? = nil, kind: String = "", queue: String = "", limit: Int = Limits.listRowsByDefault,
        before: JobID? = nil
    ) async throws(KipClientError) -> (jobs: [JobRecord], more: Bool) {
        try await jobs(matching: JobFilter(state: state, kind: kind, queue: queue), limit: limit, before: before)
    }

    /// One job with its payload, result and attempts. What is encrypted comes in the clear where this client's middleware has
    /// the key, and else as it is (`SealedPayload`).
    /// - Throws: `KipClientError`; `.refused` with the code `not-found` where there is none, `.middleware` where what is
    ///   encrypted was changed.
    public func job(_ id: JobID) async throws(KipClientError) -> JobDetail {
        var show = WireShowJob()
        show.id = id.description
        let message = try await ask(.showJob(show))
        guard case .jobDetail(let detail) = message.header.body, let job = JobRecord(detail.job),
            message.payloads.count == 2
        else { throw .unexpectedAnswer }
        return JobDetail(
            job: job,
            payload: try clear(message.payloads[0]) { try outgoing.open(payload: $0, of: id, kind: job.kind) },
            result: try clear(message.payloads[1]) { try outgoing.open(result: $0, of: id) },
            attempts: detail.attempts.map(JobDetail.Attempt.init),
            log: detail.log.map { JobDetail.LogLine(attempt: Int($0.attempt), at: $0.atMs, text: $0.text) })
    }

    private func clear(
        _ bytes: [UInt8], _ open: ([UInt8]) throws -> [UInt8]
    ) throws(KipClientError) -> [UInt8] {
        do {
            return try open(bytes)
        } catch is UnknownPayloadKey {
            return bytes
        } catch is PayloadInTheClear {
            return bytes
        } catch JobSignal.discard(let reason) {
            throw .middleware(reason)
        } catch {
            throw .middleware("\(error)")
        }
    }

    /// The states of jobs, in order; nil = the broker knows no such job.
    /// - Throws: `KipClientError`.
    public func states(_ ids: [JobID]) async throws(KipClientError) -> [JobState?] {
        var states: [JobState?] = []
        for start in stride(from: 0, to: ids.count, by: 1_000) {
            var question = WireStates()
            question.ids = ids[start..<min(start + 1_000, ids.count)].map(\.description)
            guard case .stateList(let list) = try await ask(.states(question)).header.body else {
                throw .unexpectedAnswer
            }
            states += list.states.map(JobState.init(wire:))
        }
        return states
    }

    /// Cancels jobs that have not ended.
    /// - Parameter by: who decided it, for the record.
    /// - Returns: those that were cancelled.
    /// - Throws: `KipClientError`.
    public func cancel(_ ids: [JobID], by: String = "") async throws(KipClientError) -> [JobID] {
        var cancel = WireCancelJobs()
        cancel.by = by
        cancel.ids = ids.map(\.description)
        return try await changed(.cancelJobs(cancel))
    }

    /// Wakes jobs that are dead, cancelled, expired or quarantined: they wait again, their setbacks forgotten.
    /// - Parameter by: who decided it, for the record.
    /// - Returns: those that were woken.
    /// - Throws: `KipClientError`.
    public func retry(_ ids: [JobID], by: String = "") async throws(KipClientError) -> [JobID] {
        var retry = WireRetryJobs()
        retry.by = by
        retry.ids = ids.map(\.description)
        return try await changed(.retryJobs(retry))
    }

    func changed(_ body: WireHeader.OneOf_Body) async throws(KipClientError) -> [JobID] {
        guard case .changed(let changed) = try await ask(body).header.body else { throw .unexpectedAnswer }
        return changed.ids.compactMap(JobID.init)
    }

    /// Counts for each queue.
    /// - Throws: `KipClientError`.
    public func queues() async throws(KipClientError) -> [QueueRecord] {
        guard case .queueList(let list) = try await ask(.listQueues(WireListQueues())).header.body else {
            throw .unexpectedAnswer
        }
        return list.queues.map { queue in
            QueueRecord(
                name: queue.name, scheduled: Int(queue.scheduled), available: Int(queue.available),
                running: Int(queue.running), succeeded: Int(queue.succeeded), dead: Int(queue.dead),
                cancelled: Int(queue.cancelled), uncertain: Int(queue.uncertain), quarantined: Int(queue.quarantined),
                held: Int(queue.held), blocked: Int(queue.blocked), expired: Int(queue.expired),
                oldestAvailable: queue.oldestAvailableMs == 0 ? nil : queue.oldestAvailableMs)
        }
    }

    /// The workers that the broker hears.
    /// - Throws: `KipClientError`.
    public func workers() async throws(KipClientError) -> [WorkerRecord] {
        guard case .workerList(let list) = try await ask(.listWorkers(WireListWorkers())).header.body else {
            throw .unexpectedAnswer
        }
        return list.workers.map { worker in
            WorkerRecord(
                id: worker.id, name: worker.name, kinds: worker.kinds, queues: worker.queues,
                credit: Int(worker.credit), holding: Int(worker.holding), lastSeen: worker.lastSeenMs,
                draining: worker.draining, reachable: worker.reachable, places: Int(worker.places))
        }
    }

    /// All schedules.
    /// - Throws: `KipClientError`.
    public func schedules() async throws(KipClientError) -> [ScheduleRecord] {
        try await scheduleList(.listSchedules(WireListSchedules()))
    }

    func scheduleList(_ body: WireHeader.OneOf_Body) async throws(KipClientError) -> [ScheduleRecord] {
        guard case .scheduleList(let list) = try await ask(body).header.body else { throw .unexpectedAnswer }
        return list.schedules.map(ScheduleRecord.init)
    }

    /// Lets a schedule pause until it is resumed, or until the next file says that it does not; also over restarts.
    /// - Returns: the schedule as it stands then.
    /// - Throws: `KipClientError`; `.refused` where there is none of this name.
    public func pause(schedule name: String) async throws(KipClientError) -> ScheduleRecord {
        try await pause(name, true)
    }

    /// Lets a paused schedule go on: its next time comes from now on, those of the pause are left out.
    /// - Returns: the schedule as it stands then.
    /// - Throws: `KipClientError`; `.refused` where there is none of this name.
    public func resume(schedule name: String) async throws(KipClientError) -> ScheduleRecord {
        try await pause(name, false)
    }

    private func pause(_ name: String, _ paused: Bool) async throws(KipClientError) -> ScheduleRecord {
        var pause = WirePauseSchedule()
        pause.name = name
        pause.paused = paused
        guard let schedule = try await scheduleList(.pauseSchedule(pause)).first else { throw .unexpectedAnswer }
        return schedule
    }

    /// Fires a schedule now; its next time stays.
    /// - Parameter by: who, for the schedule's history. Default nobody.
    /// - Throws: `KipClientError`.
    public func trigger(_ schedule: String, by: String = "") async throws(KipClientError) -> JobID {
        var trigger = WireTriggerSchedule()
        trigger.name = schedule
        trigger.by = by
        let answer = try await ask(.triggerSchedule(trigger), repeatable: false)
        return try EnqueuedJob.list(answer, count: 1).get()[0].id
    }

    /// The broker's version, and how many malformed messages it has had.
    /// - Throws: `KipClientError`.
    public func ping() async throws(KipClientError) -> (version: String, malformed: Int) {
        guard case .pong(let pong) = try await ask(.ping(WirePing())).header.body else { throw .unexpectedAnswer }
        return (pong.version, Int(pong.malformed))
    }
}
