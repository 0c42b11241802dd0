import KipCore
import KipStore

extension BrokerCore {
    /// Firings of one batch, and bytes of their payloads, after which the next batch has the others; one schedule may have more.
    static let firingsAtOnce = 500
    private static let firedBytesAtOnce = 4 << 20

    /// Whether the present batch may have more firings.
    var mayFire: Bool { firingsInBatch < Self.firingsAtOnce && firedBytesInBatch < Self.firedBytesAtOnce }

    /// Fires what is due, a page for each batch. A schedule's next time and its job are one mutation, so a time fires once.
    mutating func fireSchedules(at now: Timestamp) {
        for index in schedules.indices where mayFire {
            guard let next = schedules[index].next, next <= now else { continue }
            let due = schedules[index].due(
                at: now, by: settings.workingDays, onceIsAll: settings.broken == .onceCatchesUpAll)
            let previous = schedules[index]
            schedules[index].next = due.next
            for nominal in due.fire {
                let draft = heldByKind(
                    previous.draft(
                        nominal: nominal, id: JobID(at: now, using: &random), at: now,
                        kind: kindDefaults(of: previous.definition)))
                batch.append(
                    .fireSchedule(
                        name: previous.definition.name, nominal: nominal, next: due.next, draft, at: now,
                        skipsOverlap: previous.definition.overlap == .skip))
                unsettled += 1
                pendingBytes += draft.bytes
                firingsInBatch += 1
                firedBytesInBatch += draft.bytes
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
        guard settings.broken != .schedNotRestored, let index = index(ofSchedule: previous.definition.name),
            schedules[index].isDue(as: previous)
        else {
            return
        }
        schedules[index].next = previous.next
    }

    /// By bisection: they are in the order of their names.
    private func index(ofSchedule name: String) -> Int? {
        var (low, high) = (0, schedules.count)
        while low < high {
            let middle = (low + high) / 2
            if schedules[middle].definition.name < name { low = middle + 1 } else { high = middle }
        }
        return low < schedules.count && schedules[low].definition.name == name ? low : nil
    }

    /// The schedules of an owner become those of a file, or it is only looked at what they would be.
    mutating func take(
        _ apply: WireApplyScheduleSet, _ request: Request, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        if apply.dryRun {
            let planned = try planned(apply.schedules, of: apply.owner, at: now)
            effects.append(.send(scheduleList(planned, request), to: request.peer))
        } else {
            try applySchedules(apply.schedules, of: apply.owner, request, at: now)
        }
    }

    /// Makes the schedules of an owner those of a file.
    mutating func applySchedules(
        _ wires: [WireSchedule], of owner: String, _ request: Request, at now: Timestamp
    ) throws(Refusal) {
        // Its names are not known here yet.
        if isApplying(otherThan: owner) {
            throw Refusal(.busy, "a file of schedules is just being stored; nothing was changed, try again in a moment")
        }
        let applied = try planned(wires, of: owner, at: now)
        batch.append(.applySchedules(applied.map(\.stored), owner: owner))
        promises.continuations.append(.schedulesApplied(request, applied, owner: owner))
    }

    /// The schedules of a file as they would be. A schedule whose time and zone stay keeps its place.
    private func planned(
        _ wires: [WireSchedule], of owner: String, at now: Timestamp
    ) throws(Refusal) -> [ScheduleState] {
        let others = schedules.count { $0.definition.owner != owner }
        if others + wires.count > Limits.schedules {
            throw Refusal(
                .tooLarge,
                "there would be \(others + wires.count) schedules, the limit is \(Limits.schedules); nothing was changed. Let one "
                    + "schedule make the jobs of many")
        }
        let known = Self.byName(schedules)
        var applied: [ScheduleState] = []
        applied.reserveCapacity(wires.count)
        var names: Set<String> = []
        for wire in wires {
            var definition = try Self.definition(wire)
            definition.owner = owner
            var state = try ScheduleState(definition, after: now, by: settings.workingDays)
            guard names.insert(wire.name).inserted else {
                throw Refusal(.invalid, "schedule “\(wire.name)” stands twice in the file")
            }
            if let present = known[wire.name] {
                guard present.definition.owner == owner else { throw Self.otherOwner(present.definition) }
                state.lastNominal = present.lastNominal
                // Not one that was counted from a clock that was ahead; while these are corrected, the correction finds it, and
                // the times that were missed.
                let isBeingCorrected = correctionDue != nil || isCorrectionUnderway
                if state.isDue(as: present), let next = present.next, isBeingCorrected || next < state.next ?? next {
                    state.next = next
                }
            }
            applied.append(state)
        }
        return applied
    }

    private static func byName(_ schedules: [ScheduleState]) -> [String: ScheduleState] {
        Dictionary(schedules.map { ($0.definition.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func otherOwner(_ schedule: ScheduleDefinition) -> Refusal {
        let owner = schedule.owner.isEmpty ? "the set without an owner" : "the owner “\(schedule.owner)”"
        return Refusal(
            .conflict,
            "schedule “\(schedule.name)” belongs to \(owner); nothing was changed. Choose another name, or take it out "
                + "of that set first")
    }

    /// The schedules of a file are on disk. What fired, or was corrected, while they were on their way there is so.
    mutating func applied(_ applied: [ScheduleState], of owner: String, _ request: Request) -> WireMessage {
        let known = Self.byName(schedules)
        let set = applied.map { state in
            var state = state
            guard let present = known[state.definition.name] else { return state }
            state.lastNominal = present.lastNominal ?? state.lastNominal
            if state.isDue(as: present) { state.next = present.next }
            return state
        }
        let names = Set(set.map(\.definition.name))
        let others = schedules.filter { $0.definition.owner != owner && !names.contains($0.definition.name) }
        schedules = (set + others).sorted { $0.definition.name < $1.definition.name }
        return scheduleList(set, request)
    }

    /// Lets a schedule pause, or go on. It stays so over restarts, until the next file is applied: that says anew what
    /// pauses.
    mutating func take(_ pause: WirePauseSchedule, _ request: Request, at now: Timestamp) throws(Refusal) {
        guard let index = index(ofSchedule: pause.name) else { throw Self.noSchedule(pause.name) }
        // What is written here is the whole definition, and one that is on its way to the disk is not known here yet.
        if isApplying() {
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
    /// - Parameter owner: those of this owner do not count; nil = all count.
    private func isApplying(otherThan owner: String? = nil) -> Bool {
        (takenPromises + [promises]).contains { promises in
            promises.continuations.contains {
                if case .schedulesApplied(_, _, let applied) = $0 { applied != owner } else { false }
            }
        }
    }

    private static func noSchedule(_ name: String) -> Refusal {
        Refusal(
            .notFound,
            "there is no schedule “\(name.clipped(toBytes: 60))”; “kip schedules list” shows those that there are")
    }

    private static func definition(_ wire: WireSchedule) throws(Refusal) -> ScheduleDefinition {
        guard !wire.name.isEmpty, !wire.kind.isEmpty else {
            throw Refusal(.invalid, "a schedule needs a name and a kind")
        }
        guard let catchUp = ScheduleDefinition.CatchUp(rawValue: wire.catchUp.isEmpty ? "once" : wire.catchUp) else {
            throw Refusal(
                .invalid,
                "schedule “\(wire.name)”: catchUp is “\(wire.catchUp.clipped(toBytes: 60))”, not once, all or skip")
        }
        guard let overlap = ScheduleDefinition.Overlap(rawValue: wire.overlap.isEmpty ? "allow" : wire.overlap) else {
            throw Refusal(
                .invalid,
                "schedule “\(wire.name)”: overlap is “\(wire.overlap.clipped(toBytes: 60))”, not allow or skip")
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
            queue: wire.queue, priority: Int(wire.priority), catchUp: catchUp,
            paused: wire.paused, jitterMilliseconds: wire.jitterMs, overlap: overlap,
            options: try options(of: wire))
    }

    /// The options of the schedule's jobs.
    private static func options(of wire: WireSchedule) throws(Refusal) -> JobDefaults {
        let label = "schedule “\(wire.name.clipped(toBytes: 60))”"
        if !wire.options.queue.isEmpty || wire.options.priority != 0 {
            throw Refusal(.invalid, "\(label): queue and priority are its own fields, not some of its options")
        }
        let options = try JobDefaults(wire: wire.options, label: label)
        let latest = wire.jitterMs + (options.delay ?? 0)
        for (name, time) in [("expires", options.expires), ("within", options.within)] {
            guard let time, time <= latest else { continue }
            throw Refusal(
                .invalid, "\(label): its jobs could never begin: \(name) is over before jitter and delay let them")
        }
        return options
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
            // As long as it is when its date and time are filled in.
            _ = try JobDraft(
                wire: job, payload: ScheduleDefinition.filled(wire.payload, date: "2024-03-29", time: "07:30"),
                position: 1,
                now: Timestamp(milliseconds: 0))
        } catch {
            throw Refusal(
                error.code, "schedule “\(wire.name.clipped(toBytes: 60))”: its job would be refused: \(error.message)")
        }
    }

    /// Fires a schedule now, by hand; its next time stays.
    mutating func take(_ trigger: WireTriggerSchedule, _ request: Request, at now: Timestamp) throws(Refusal) {
        try checkRoom(for: request.peer)
        try checkUnconfirmed(request.peer)
        guard let index = index(ofSchedule: trigger.name) else { throw Self.noSchedule(trigger.name) }
        let state = schedules[index]
        let draft = state.draft(
            nominal: now, id: JobID(at: now, using: &random), at: now, manually: true,
            kind: kindDefaults(of: state.definition))
        let jobs = insert([draft], at: now)
        batch.append(.noteTrigger(schedule: trigger.name, draft.id, at: now, by: trigger.by))
        promise(jobs, Claim(), request)
    }

    func scheduleList(_ schedules: [ScheduleState], _ request: Request) -> WireMessage {
        var list = WireScheduleList()
        list.schedules = schedules.map(\.wire)
        return WireMessage(.scheduleList(list), request: request.number)
    }
}
