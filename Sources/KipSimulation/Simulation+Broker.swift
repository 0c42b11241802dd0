import KipBroker
import KipCore
import KipStore

/// What the storage thread is asked, in order.
enum DiskTask: Sendable {
    case write([Mutation])
    case refill(Lane, limit: Int, bytes: Int, generation: Int)
    case promote(limit: Int)
}

/// The shell around the core, as the real one does it: a round for each message, at most two batches with the disk.
extension Simulation {
    mutating func startBroker() {
        guard core == nil else { return }
        life += 1
        audit.disturbedAt = now
        audit.sessionsUnsureAt = now
        unknownBatch = nil
        tasks = []
        writing = 0
        timerAt = nil
        var dice = dice(.broker, UInt64(life))
        if isCalm || journals.isReconciling || dice.percent(20) { reconcile() }
        let reason = heldReason()
        isHeld = reason != nil
        if isHeld { agenda.add(.reconciles(life: life), at: now + Int64(dice.number(500...4_000))) }
        let recovered = Recovered(
            lanes: store.lanes(),
            running: mutant?.around == .forgetsRunning ? [] : store.running(),
            nextDue: store.promote(upTo: time, limit: 0).next,
            schedules: store.schedules().compactMap(ScheduleState.init(stored:)), openEffects: store.openEffects(),
            controls: store.controls(), starts: store.starts(), kinds: store.kinds(), latestClock: store.latestClock(),
            workerOwners: mutant?.around == .forgetsOwners ? [] : store.workerOwners(),
            hasUntoldDependents: store.firstPostponed() != nil,
            heldBecause: reason)
        core = BrokerCore(settings: settings, recovered: recovered, seed: dice.generator.next(), at: moment)
        // It may be a later release than the one that stopped.
        brokerDialect = dice.percent(20) ? .newer : .present
        note("the broker starts, \(recovered.running.count) jobs run")
        hostile.triesOwners = true
        tick()
    }

    /// Everything that was not on disk is gone. What the disk was about to write may be on it or not.
    mutating func crashBroker(_ dice: inout Chance) {
        guard core != nil else { return }
        if let unknownBatch, dice.percent(50) {
            note("what was not known to be written is on disk")
            _ = writeAudited(unknownBatch)
        } else if case .write(let batch)? = tasks.first {
            if mutant?.around == .tearsBatches {
                _ = store.apply(Array(batch.prefix(max(1, batch.count / 2))))
            } else if dice.percent(50) {
                _ = writeAudited(batch)
            }
        }
        note("the broker crashes")
        core = nil
        life += 1
        brokerHungUntil = 0
        if !isCalm, dice.percent(35), let copy = journals.copy { restore(copy, &dice) }
        for party in parties.sorted(by: { $0.key < $1.key }).map(\.value) {
            breakConnection(of: party, reconnectAfter: Int64(dice.number(50...1_500)))
        }
        parties = [:]
        // Sometimes it stays down for so long that schedules miss their times.
        let isLong = !isCalm && seed % 8 == 4 && dice.percent(15)
        agenda.add(.brokerStarts, at: now + Int64(isLong ? dice.number(60_000...200_000) : dice.number(10...3_000)))
    }

    mutating func arriveAtBroker(_ connection: Int, _ message: WireMessage) {
        guard core != nil, parties[connection] != nil else { return }
        if stands(.toBroker(connection: connection, message)) {
            if case .heartbeat = message.header.body, case .worker(let index)? = parties[connection],
                now - audit.sessionsUnsureAt > 2 * settings.leaseMilliseconds
            {
                audit.arrives(from: index, at: now, lease: settings.leaseMilliseconds)
            }
            return
        }
        if case .goodbye = message.header.body { parties[connection] = nil }
        audit.hear(message, at: now)
        receive(message, from: peer(connection))
    }

    mutating func tick() {
        timerAt = nil
        round(nil)
    }

    mutating func round(_ event: Event?) {
        guard var core else { return }
        self.core = nil
        var effects: [Effect] = []
        if let event { core.handle(event, at: moment, into: &effects) }
        if mutant?.around != .hearsNoTimer { core.handle(.timer, at: moment, into: &effects) }
        core.dispatch(into: &effects)
        for note in core.takeNotes() { lookAtLoss(note) }
        while !effects.isEmpty {
            let round = effects
            effects = []
            for effect in round { perform(effect, &core, &effects) }
        }
        while writing < 2, let batch = core.takeBatch() {
            writing += 1
            if mutant?.around == .answersForTheDisk {
                var foreseen = store
                for case .write(let earlier) in tasks { _ = foreseen.apply(earlier) }
                core.handle(.committed(foreseen.apply(batch)), at: moment, into: &effects)
                for effect in effects { perform(effect, &core, &effects) }
                effects = []
            }
            submit(.write(batch))
        }
        wake(core.wait(at: moment))
        self.core = core
    }

    /// Holds a loss of a worker against what that worker was heard to say. One that was replaced said nothing more.
    private mutating func lookAtLoss(_ note: BrokerNote) {
        guard case .workerLost(let id, _, let jobs) = note else { return }
        self.note("worker \(id.suffix(4)) is lost with \(jobs) jobs")
        guard let index = workers.firstIndex(where: { $0.id == id }) else { return }
        audit.lose(index, at: now, lease: settings.leaseMilliseconds)
    }

    private mutating func wake(_ wait: Int64?) {
        guard let wait else { return }
        // A clock that is put forward makes things due that this could not foresee.
        let at = now + min(1_000, max(1, wait))
        if let timerAt, timerAt <= at { return }
        timerAt = at
        agenda.add(.brokerTimer(life: life), at: at)
    }

    private mutating func perform(_ effect: Effect, _ core: inout BrokerCore, _ effects: inout [Effect]) {
        switch effect {
        case .send(let message, let peer):
            let connection = connection(of: peer)
            if HostilePeer.owns(connection) { return answerHostilePeer(message) }
            guard let party = parties[connection] else {
                // ROUTER says that nobody is there, unless it has not noticed yet.
                var dice = dice(.network, UInt64(connection), UInt64(events))
                if isCalm || dice.percent(50) { core.handle(.unreachable(peer), at: moment, into: &effects) }
                return
            }
            check(message, to: party)
            sendToPeer(message, connection)
            if mutant?.around == .sendsWorkTwice, case .work = message.header.body {
                check(message, to: party)
                sendToPeer(message, connection)
            }
        case .refill(let lane, let limit, let bytes, let generation):
            submit(.refill(lane, limit: limit, bytes: bytes, generation: generation))
        case .promote(let limit): submit(.promote(limit: limit))
        case .ask(.effect, let request, let peer):
            let message = WireMessage(.effectList(WireEffectList()), request: request)
            effects.append(.send(message, to: peer))
        case .ask(.parents(let id, _), let request, let peer):
            effects.append(.send(store.parentResults(of: id, request: request), to: peer))
        case .ask: break
        }
    }

    /// Holds what the broker says against what is on disk.
    private mutating func check(_ message: WireMessage, to party: Party) {
        if isHeld { audit.checkHeld(message) }
        switch message.header.body {
        case .enqueued(let enqueued):
            for job in enqueued.jobs { if let id = JobID(job.id) { audit.confirm(id, store) } }
            if case .client(let index) = party {
                let asked = clients[index].machine.jobs(askedBy: message.header.request)
                audit.checkExisting(enqueued, asked, at: time, store)
            }
        case .work(let work):
            guard case .worker(let index) = party else { return }
            for job in work.jobs { note("worker \(index) is handed \(job.id) attempt \(job.attempt)") }
            for job in work.jobs {
                audit.hand(job, to: workers[index].id, kinds: workers[index].kinds, at: now, store)
                audit.checkConditions(job, at: time, store)
                if JobID(job.id).map({ audit.losses[$0] ?? 0 }) == 0 { workers[index].ordinaryAt = now }
            }
        case .recorded(let recorded):
            for result in recorded.results { audit.record(result, store) }
        case .welcome, .alive: touch(party)
        case .effectStanding(let standing):
            guard case .worker(let index) = party else { return }
            checkStanding(standing, message.header.request, of: index)
        default: break
        }
    }

    private mutating func checkStanding(_ standing: WireEffectStanding, _ request: UInt64, of index: Int) {
        guard mutant?.around != .forgetsIntents, let ask = workers[index].machine.question(request) else { return }
        audit.stand(standing.standing, ask, store)
    }

    private mutating func touch(_ party: Party) {
        guard case .worker(let index) = party else { return }
        audit.touch(index, at: now, lease: settings.leaseMilliseconds)
    }

    // MARK: The disk

    private mutating func submit(_ task: DiskTask) {
        tasks.append(task)
        if tasks.count == 1 { beginTask() }
    }

    private mutating func beginTask() {
        diskTasks += 1
        var dice = dice(.disk, diskTasks)
        let delay = dice.percent(3) && !isCalm ? dice.number(100...2_000) : dice.number(1...8)
        agenda.add(.diskIsDone(life: life), at: now + Int64(delay))
    }

    mutating func finishTask() {
        guard core != nil, !tasks.isEmpty else { return }
        let task = tasks.removeFirst()
        if !tasks.isEmpty { beginTask() }
        var dice = dice(.disk, UInt64(now))
        let fails = !isCalm && (diskFullUntil > now || dice.percent(2))
        switch task {
        case .write(let batch): finish(batch, fails)
        case .refill(let lane, let limit, let bytes, let generation):
            if fails { return round(.refillFailed(lane)) }
            var waiting = store.available(lane: lane, limit: limit, bytes: bytes)
            if mutant?.around == .forgetsFence { for index in waiting.jobs.indices { waiting.jobs[index].attempt = 0 } }
            round(.refilled(lane, waiting, generation: generation))
        case .promote(let limit):
            if fails { return round(.promoted(nil)) }
            round(.promoted(store.promote(upTo: time, limit: limit)))
        }
    }

    private mutating func finish(_ batch: [Mutation], _ fails: Bool) {
        writing -= 1
        if mutant?.around == .answersForTheDisk {
            if !fails { _ = store.apply(batch) }
            return round(nil)
        }
        if fails, mutant?.around == .swallowsFailedCommits {
            var imagined = store
            return round(.committed(imagined.apply(batch)))
        }
        if isTraced {
            for mutation in batch { note("\(fails ? "not written" : "written"): \(Self.words(mutation))") }
        }
        if fails {
            audit.disturbedAt = now
            audit.sessionsUnsureAt = now
            audit.writesFailedAt = now
        }
        var dice = dice(.disk, UInt64(now), 1)
        if fails, dice.percent(30) {
            note("nobody knows whether a batch of \(batch.count) is written")
            unknownBatch = batch
            return round(.commitFailed(.unknown(path: "the simulated disk", detail: "fsync")))
        }
        if fails {
            note("a batch of \(batch.count) is not written")
            return round(.commitFailed(.full(path: "the simulated disk")))
        }
        round(.committed(writeAudited(batch)))
    }

    private mutating func writeAudited(_ batch: [Mutation]) -> Applied {
        unknownBatch = nil
        audit.write(batch, over: store, at: now)
        let crowds = audit.crowded(batch, store)
        let applied = store.apply(batch)
        if isHeld, !store.entries.isEmpty { audit.report("a broker that is held writes \(store.entries)") }
        writeJournal(store.entries)
        audit.wrote(batch, applied.outcomes, store, at: now)
        audit.lookAtRights(batch, applied.outcomes, store, hostileKey)
        audit.lookAtEnds(batch, applied.outcomes, crowds, store, at: time)
        return applied
    }

    private static func words(_ draft: JobDraft) -> String {
        guard let conditions = draft.conditions else { return "" }
        var words: [String] = []
        if conditions.hold { words.append("held") }
        if !conditions.after.isEmpty { words.append("after \(conditions.after) or \(conditions.onParentFailed)") }
        if let key = conditions.concurrencyKey { words.append(key) }
        if let last = conditions.lastStart { words.append("until \(last.milliseconds - start) ms") }
        return words.joined(separator: ", ")
    }

    private static func words(_ mutation: Mutation) -> String {
        switch mutation {
        case .insert(let draft, _, let worker):
            "new \(draft.id) \(words(draft)) \(worker == nil ? "" : "in a worker's hands")"
        case .lease(let id, let attempt, let worker): "lease \(id) attempt \(attempt) of \(worker.suffix(4))"
        case .finish(let finish): "end \(finish.id) attempt \(finish.attempt) \(finish.state)"
        case .again(let again): "again \(again.id) attempt \(again.attempt) \(again.outcome)"
        case .park(let park): "park \(park.id) attempt \(park.attempt) \(park.state)"
        case .cancel(let id, _, _): "cancel \(id)"
        case .revive(let id, _, _): "revive \(id)"
        case .release(let id, _, _): "release \(id)"
        case .expire(let id, _): "too late for \(id)"
        case .claim(let claim, _): "claim \(claim.keys.map(\.key)) \(claim.parents)"
        case .control(let control): "\(control.scope) \(control.name) paused \(control.isPaused)"
        case .start(let queue, _, let jobs, _): "\(jobs) of \(queue) begin"
        case .noteClock(let now): "the clock shows \(now.milliseconds)"
        case .correctWaits: "waits are counted anew"
        case .tellDependents: "those that came after others are told"
        case .recordWorkerOwner(let owner): "worker \(owner.worker.suffix(4)) belongs to a key"
        case .removeWorkerOwners(let workers): "\(workers.count) worker ids belong to no key"
        case .progress(let note): "progress of \(note.job)"
        case .prune: "prune"
        case .beginEffect(let intent): "begin effect \(intent.key) attempt \(intent.attempt)"
        case .settleEffect(let word):
            "settle effect \(word.key) \(word.settlement == .undone ? "undone" : "done") by \(word.by)"
        case .applySchedules: "schedules"
        case .setKinds(let kinds): "kinds \(kinds.map(\.name))"
        case .storeSchedule(let schedule): "schedule \(schedule.name)"
        case .noteTrigger(let schedule, let job, _, _): "\(schedule) by hand: \(job)"
        case .fireSchedule(_, let nominal, _, let draft, _, _): "fire \(nominal.milliseconds) \(draft.id)"
        }
    }
}
