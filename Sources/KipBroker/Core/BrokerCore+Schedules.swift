import KipCore
import KipStore

extension BrokerCore {
    /// Fires what is due. A schedule's next time and its job are one mutation, so a time fires once.
    mutating func fireSchedules(at now: Timestamp) {
        for index in schedules.indices {
            guard let next = schedules[index].next, next <= now else { continue }
            let due = schedules[index].due(at: now, by: settings.workingDays)
            let previous = schedules[index]
            schedules[index].next = due.next
            for nominal in due.fire {
                let draft = heldByKind(
                    previous.draft(nominal: nominal, id: JobID(at: now, using: &random), at: now))
                batch.append(
                    .fireSchedule(
                        name: previous.definition.name, nominal: nominal, next: due.next, draft, at: now,
                        skipsOverlap: previous.definition.overlap == .skip))
                unsettled += 1
                pendingBytes += draft.bytes
                let job = NewJob(draft: draft, writtenAt: now, isGranted: false)
                promises.continuations.append(.fired(nominal: nominal, previous: previous, job))
            }
        }
    }

    /// A firing is on disk, or was left out there because the job before it has not ended.
    mutating func fired(_ nominal: Timestamp, _ previous: ScheduleState, _ job: NewJob, _ outcome: WriteOutcome?) {
        settle(job, outcome)
        if case .overlaps = outcome { return }
        guard let index = index(ofSchedule: previous.definition.name) else { return }
        schedules[index].lastNominal = nominal
    }

    /// A firing that was not written is due again, a little later; unless the schedule was paused meanwhile, or is due at
    /// other times now.
    mutating func restore(_ previous: ScheduleState) {
        guard let index = index(ofSchedule: previous.definition.name), schedules[index].isDue(as: previous) else {
            return
        }
        schedules[index].next = previous.next
    }

    private func index(ofSchedule name: String) -> Int? {
        schedules.firstIndex { $0.definition.name == name }
    }

    /// Makes the schedules those of a file. A schedule whose time and zone stay keeps its place.
    mutating func take(_ apply: WireApplySchedules, _ request: Request, at now: Timestamp) throws(Refusal) {
        var applied: [ScheduleState] = []
        for wire in apply.schedules {
            var state = try ScheduleState(Self.definition(wire), after: now, by: settings.workingDays)
            if applied.contains(where: { $0.definition.name == wire.name }) {
                throw Refusal(.invalid, "schedule “\(wire.name)” stands twice in the file")
            }
            if let present = schedules.first(where: { $0.definition.name == wire.name }) {
                state.lastNominal = present.lastNominal
                if state.isDue(as: present) { state.next = present.next }
            }
            applied.append(state)
        }
        batch.append(.applySchedules(applied.map(\.stored)))
        promises.continuations.append(.schedulesApplied(request, applied))
    }

    /// The schedules of a file are on disk. What fired while they were on their way there has fired.
    mutating func applied(_ applied: [ScheduleState], _ request: Request) -> WireMessage {
        let present = schedules
        schedules = applied.map { state in
            var state = state
            let known = present.first { $0.definition.name == state.definition.name }
            state.lastNominal = known?.lastNominal ?? state.lastNominal
            return state
        }
        return scheduleList(schedules, request)
    }

    /// Lets a schedule pause, or go on. It stays so over restarts, until the next file is applied: that says anew what
    /// pauses.
    mutating func take(_ pause: WirePauseSchedule, _ request: Request, at now: Timestamp) throws(Refusal) {
        guard let index = index(ofSchedule: pause.name) else { throw Self.noSchedule(pause.name) }
        // What is written here is the whole definition, and one that is on its way to the disk is not known here yet.
        if isApplying {
            throw Refusal(.busy, "a file of schedules is just being stored; nothing was changed, try again in a moment")
        }
        let state = schedules[index].paused(pause.paused, at: now, by: settings.workingDays)
        batch.append(.storeSchedule(state.stored))
        promises.continuations.append(.schedulePaused(request, pause, at: now))
    }

    /// The pause, or its end, is on disk.
    mutating func paused(_ pause: WirePauseSchedule, _ request: Request, at asked: Timestamp) -> WireMessage {
        guard let index = index(ofSchedule: pause.name) else {
            return WireMessage(Self.noSchedule(pause.name).wire, request: request.number)
        }
        schedules[index] = schedules[index].paused(pause.paused, at: asked, by: settings.workingDays)
        return scheduleList([schedules[index]], request)
    }

    /// A file of schedules is on its way to the disk.
    private var isApplying: Bool {
        (takenPromises + [promises]).contains { promises in
            promises.continuations.contains { if case .schedulesApplied = $0 { true } else { false } }
        }
    }

    private static func noSchedule(_ name: String) -> Refusal {
        Refusal(
            .notFound, "there is no schedule “\(name.prefix(60))”; “kip schedules list” shows those that there are")
    }

    private static func definition(_ wire: WireSchedule) throws(Refusal) -> ScheduleDefinition {
        guard !wire.name.isEmpty, !wire.kind.isEmpty else {
            throw Refusal(.invalid, "a schedule needs a name and a kind")
        }
        guard let catchUp = ScheduleDefinition.CatchUp(rawValue: wire.catchUp.isEmpty ? "once" : wire.catchUp) else {
            throw Refusal(.invalid, "schedule “\(wire.name)”: catchUp is “\(wire.catchUp)”, not once, all or skip")
        }
        guard let overlap = ScheduleDefinition.Overlap(rawValue: wire.overlap.isEmpty ? "allow" : wire.overlap) else {
            throw Refusal(.invalid, "schedule “\(wire.name)”: overlap is “\(wire.overlap)”, not allow or skip")
        }
        guard (0...ScheduleDefinition.longestJitterMilliseconds).contains(wire.jitterMs) else {
            throw Refusal(
                .invalid,
                "schedule “\(wire.name)”: the jitter is \(wire.jitterMs) ms, not from 0 to a day, such as 5m (300000 ms)"
            )
        }
        try check(wire)
        return ScheduleDefinition(
            name: wire.name, cron: wire.cron, rule: wire.rule,
            timeZone: wire.timeZone.isEmpty ? "Asia/Ho_Chi_Minh" : wire.timeZone, kind: wire.kind,
            payload: wire.payload.isEmpty ? "{}" : wire.payload,
            queue: wire.queue.isEmpty ? "default" : wire.queue, priority: Int(wire.priority), catchUp: catchUp,
            paused: wire.paused, jitterMilliseconds: wire.jitterMs, overlap: overlap)
    }

    /// A schedule's job must be one that a producer could enqueue.
    private static func check(_ wire: WireSchedule) throws(Refusal) {
        var job = WireNewJob()
        job.kind = wire.kind
        job.queue = wire.queue
        job.priority = wire.priority
        // The unique key of a firing holds the name and a time.
        job.uniqueKey = "schedule/\(wire.name)/\(Int64.max)"
        do throws(Refusal) {
            _ = try JobDraft(
                wire: job, payload: Array(wire.payload.utf8), position: 1, now: Timestamp(milliseconds: 0))
        } catch {
            throw Refusal(error.code, "schedule “\(wire.name.prefix(60))”: its job would be refused: \(error.message)")
        }
    }

    /// Fires a schedule now, by hand; its next time stays.
    mutating func take(_ trigger: WireTriggerSchedule, _ request: Request, at now: Timestamp) throws(Refusal) {
        guard let state = schedules.first(where: { $0.definition.name == trigger.name }) else {
            throw Self.noSchedule(trigger.name)
        }
        let draft = state.draft(nominal: now, id: JobID(at: now, using: &random), at: now, manually: true)
        let jobs = insert([draft], at: now)
        batch.append(.noteTrigger(schedule: trigger.name, draft.id, at: now, by: trigger.by))
        promise(.enqueued(request, jobs, Claim()), to: request.peer)
    }

    func scheduleList(_ schedules: [ScheduleState], _ request: Request) -> WireMessage {
        var list = WireScheduleList()
        list.schedules = schedules.map(\.wire)
        return WireMessage(.scheduleList(list), request: request.number)
    }
}
