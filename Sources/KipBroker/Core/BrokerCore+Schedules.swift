import KipCore
import KipStore

extension BrokerCore {
    /// Fires what is due. A schedule's next time and its job are one mutation, so a time fires once.
    mutating func fireSchedules(at now: Timestamp) {
        for index in schedules.indices {
            guard let next = schedules[index].next, next <= now else { continue }
            let due = schedules[index].due(at: now)
            let previous = schedules[index]
            schedules[index].next = due.next
            for nominal in due.fire {
                schedules[index].lastNominal = nominal
                let draft = heldByKind(
                    previous.draft(nominal: nominal, id: JobID(at: now, using: &random), at: now))
                batch.append(
                    .fireSchedule(name: previous.definition.name, nominal: nominal, next: due.next, draft, at: now))
                unsettled += 1
                pendingBytes += draft.payload.count
                let job = NewJob(draft: draft, writtenAt: now, isGranted: false)
                promises.continuations.append(.fired(name: previous.definition.name, previous: previous, job))
            }
        }
    }

    /// A firing that was not written is due again, a little later.
    mutating func restore(_ previous: ScheduleState, named name: String) {
        guard let index = schedules.firstIndex(where: { $0.definition.name == name }) else { return }
        schedules[index].next = previous.next
        schedules[index].lastNominal = previous.lastNominal
    }

    /// Makes the schedules those of a file. A schedule whose time and zone stay keeps its place.
    mutating func take(_ apply: WireApplySchedules, _ request: Request, at now: Timestamp) throws(Refusal) {
        var applied: [ScheduleState] = []
        for wire in apply.schedules {
            var state = try ScheduleState(Self.definition(wire), after: now)
            if applied.contains(where: { $0.definition.name == wire.name }) {
                throw Refusal(.invalid, "schedule “\(wire.name)” stands twice in the file")
            }
            if let present = schedules.first(where: { $0.definition.name == wire.name }) {
                state.lastNominal = present.lastNominal
                let isSameTime =
                    present.definition.cron == state.definition.cron && present.zone == state.zone
                    && present.definition.paused == state.definition.paused
                if isSameTime { state.next = present.next }
            }
            applied.append(state)
        }
        batch.append(.applySchedules(applied.map(\.stored)))
        promises.continuations.append(.schedulesApplied(request, applied))
    }

    private static func definition(_ wire: WireSchedule) throws(Refusal) -> ScheduleDefinition {
        guard !wire.name.isEmpty, !wire.kind.isEmpty else {
            throw Refusal(.invalid, "a schedule needs a name and a kind")
        }
        guard let catchUp = ScheduleDefinition.CatchUp(rawValue: wire.catchUp.isEmpty ? "once" : wire.catchUp) else {
            throw Refusal(.invalid, "schedule “\(wire.name)”: catchUp is “\(wire.catchUp)”, not once, all or skip")
        }
        try check(wire)
        return ScheduleDefinition(
            name: wire.name, cron: wire.cron, timeZone: wire.timeZone.isEmpty ? "Asia/Ho_Chi_Minh" : wire.timeZone,
            kind: wire.kind, payload: wire.payload.isEmpty ? "{}" : wire.payload,
            queue: wire.queue.isEmpty ? "default" : wire.queue, priority: Int(wire.priority), catchUp: catchUp,
            paused: wire.paused)
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
            throw Refusal(
                .notFound, "there is no schedule “\(trigger.name)”; “kip schedules list” shows those that there are")
        }
        let draft = state.draft(nominal: now, id: JobID(at: now, using: &random), at: now, manually: true)
        promises.continuations.append(.enqueued(request, insert([draft], at: now), Claim()))
    }

    func scheduleList(_ schedules: [ScheduleState], _ request: Request) -> WireMessage {
        var list = WireScheduleList()
        list.schedules = schedules.map(\.wire)
        return WireMessage(.scheduleList(list), request: request.number)
    }
}
