import KipCore
import KipWorker

/// A handler of one attempt.
struct HandlerID: Hashable, Sendable {
    var job: JobID
    var attempt: Int32
}

/// Where a handler is on its way.
struct SimulatedHandler: Sendable {
    enum Stage: Sendable {
        /// Works; then it begins its effect, or ends.
        case working
        /// Wants to know what its job came after, by the number of its question.
        case reading(UInt64)
        /// Waits for the broker's word, by the number of its question.
        case asking(UInt64)
        /// Inside the block of `once`, before it has done anything.
        case acting
        /// It was done; the receipt is on its way to the broker's disk.
        case settling(UInt64)
    }

    var work: LeasedWork
    var stage = Stage.working
    /// What it does to the world; nil = nothing.
    var effect: String?
    /// It reads first what its job came after.
    var readsParents = false
    /// It kills its worker.
    var isKiller = false
    /// The worker has no use for it any more; a handler may not care.
    var isStopped = false
    /// The database was restored, and knows nothing of its attempt.
    var isStray = false
    var dice: Chance
}

/// What handlers do in a simulated world.
extension Simulation {
    mutating func begin(_ work: LeasedWork, at index: Int) {
        for other in workers where other.index != index {
            for (id, handler) in other.handlers.sorted(by: { $0.key.attempt < $1.key.attempt })
            where id.job == work.id && !handler.isStopped && !handler.isStray {
                // The one with the older attempt must have been silent for a lease.
                let isOlder = id.attempt < work.attempt
                audit.begin(
                    work.id, beside: isOlder ? other.index : index, older: Int(min(id.attempt, work.attempt)), at: now,
                    lease: settings.leaseMilliseconds)
            }
        }
        note("worker \(index) begins \(work.id) attempt \(work.attempt)")
        let id = HandlerID(job: work.id, attempt: work.attempt)
        // Who was cancelled has left its place, though its worker may hear of it late, or never.
        if !hasLeft(work.id) {
            let holding = workers[index].handlers.filter { !$0.value.isStopped && !hasLeft($0.key.job) }
            audit.runs(id, beside: holding.map(\.key), on: index)
            audit.begins(id, on: workers[index].id, beside: holding.count, at: now)
        }
        audit.begins(id, in: work.queue, running: running(in: work.queue), at: now, store)
        let dice = dice(.handler, work.id.low, UInt64(work.attempt))
        var handler = SimulatedHandler(work: work, dice: dice)
        let note = JobNote(work.payload)
        handler.effect = note?.effect(of: work.id)
        handler.isKiller = note?.isKiller ?? false
        handler.readsParents = handler.dice.percent(20)
        // Those that were lost take long at the end, so that others would have to wait for them.
        let isLong = handler.dice.percent(isCalm && (audit.losses[work.id] ?? 0) > 0 ? 60 : 5)
        let duration = isLong ? handler.dice.number(3_000...9_000) : handler.dice.number(1...400)
        workers[index].handlers[id] = handler
        step(id, at: index, after: duration)
    }

    private func hasLeft(_ id: JobID) -> Bool {
        audit.leavers.contains(id) || store.rows[id]?.state.isTerminal ?? false
    }

    /// Handlers of a queue whose attempts are those that the disk knows to run.
    private func running(in queue: String) -> Int {
        var count = 0
        for worker in workers {
            for (id, handler) in worker.handlers
            where handler.work.queue == queue && !handler.isStopped && !handler.isStray {
                if store.runs(id.job, Int(id.attempt)) { count += 1 }
            }
        }
        return count
    }

    private mutating func kill(_ index: Int, by id: HandlerID) {
        note("job \(id.job) kills worker \(index)")
        let victims = workers[index].handlers.filter { !$0.value.isStopped && !hasLeft($0.key.job) }
        audit.kills(id.job, with: victims.keys.map(\.job).sorted())
        var dice = dice(.handler, id.job.low, UInt64(id.attempt) &+ 1 << 40)
        killWorker(index, &dice)
    }

    private mutating func step(_ id: HandlerID, at index: Int, after duration: Int) {
        agenda.add(.handlerSteps(worker: index, life: workers[index].life, id), at: now + Int64(duration))
    }

    mutating func stepHandler(_ id: HandlerID, at index: Int, life: Int) {
        guard workers[index].life == life, let handler = workers[index].handlers[id] else { return }
        if workers[index].hungUntil > now {
            return agenda.add(.handlerSteps(worker: index, life: life, id), at: workers[index].hungUntil)
        }
        switch handler.stage {
        case .working:
            if handler.isStopped { return finish(id, at: index) }
            if handler.isKiller, !isCalm { return kill(index, by: id) }
            if handler.readsParents { return read(id, at: index) }
            guard let key = handler.effect else { return end(handler, at: index) }
            ask(id, key, .begin, at: index) { .asking($0) }
        case .acting: act(id, handler, at: index)
        case .reading, .asking, .settling: break
        }
    }

    /// It says how far it is, and asks what its job came after.
    private mutating func read(_ id: HandlerID, at index: Int) {
        var report = ProgressReport(job: id.job, attempt: id.attempt)
        report.fraction = 0.5
        report.lines = [(time, "half of it is done")]
        tell(index, .progressed(report))
        workers[index].nextAsk += 1
        let number = workers[index].nextAsk
        workers[index].handlers[id]?.stage = .reading(number)
        workers[index].handlers[id]?.readsParents = false
        tell(index, .read(ParentsRead(number: number, job: id.job, attempt: id.attempt, from: 0)))
    }

    mutating func answered(_ answer: ParentsAnswer?, _ number: UInt64, at index: Int) {
        for (id, handler) in workers[index].handlers {
            guard case .reading(number) = handler.stage else { continue }
            guard let answer else { return end(handler, at: index, asFailed: true) }
            audit.checkParents(of: id.job, answer, store)
            workers[index].handlers[id]?.stage = .working
            return step(id, at: index, after: 1)
        }
    }

    private mutating func ask(
        _ id: HandlerID, _ key: String, _ word: EffectAsk.Word, at index: Int,
        _ stage: (UInt64) -> SimulatedHandler.Stage
    ) {
        workers[index].nextAsk += 1
        let number = workers[index].nextAsk
        workers[index].handlers[id]?.stage = stage(number)
        tell(index, .asked(EffectAsk(number: number, job: id.job, attempt: id.attempt, key: key, word: word)))
    }

    /// The block of `once`: mostly it acts, at times it knows that it did not, at times it fails without knowing.
    private mutating func act(_ id: HandlerID, _ handler: SimulatedHandler, at index: Int) {
        guard let key = handler.effect else { return }
        var handler = handler
        let share = isCalm ? 100 : handler.dice.number(0...99)
        workers[index].handlers[id] = handler
        if share < 10 {
            note("worker \(index): effect \(key) did not happen")
            return ask(id, key, .settle(.undone), at: index) { .settling($0) }
        }
        if share < 15 {
            if share < 13 { perform(key, id, at: index) }
            return end(handler, at: index, asFailed: true)
        }
        perform(key, id, at: index)
        ask(id, key, .settle(.done(receipt: Array(key.utf8))), at: index) { .settling($0) }
    }

    private mutating func perform(_ key: String, _ id: HandlerID, at index: Int) {
        note("worker \(index): effect \(key) happens, attempt \(id.attempt)")
        world[key, default: 0] += 1
        audit.perform(key, by: id.job, times: world[key] ?? 0)
    }

    mutating func answered(_ answer: EffectAnswer, _ number: UInt64, at index: Int) {
        for (id, handler) in workers[index].handlers {
            switch handler.stage {
            case .asking(number):
                switch answer {
                case .standing(.begun) where !handler.isStopped:
                    workers[index].handlers[id]?.stage = .acting
                    let duration = workers[index].handlers[id]?.dice.number(1...200) ?? 1
                    step(id, at: index, after: duration)
                case .standing(.done): end(handler, at: index)
                case .standing(.inDoubt): end(handler, at: index, asFailed: true)
                default: end(handler, at: index, asFailed: true)
                }
                return
            case .settling(number):
                let happened = (world[handler.effect ?? ""] ?? 0) > 0
                end(handler, at: index, asFailed: !happened || answer != .settled)
                return
            default: continue
            }
        }
    }

    private mutating func end(_ handler: SimulatedHandler, at index: Int, asFailed: Bool = false) {
        let work = handler.work
        finish(HandlerID(job: work.id, attempt: work.attempt), at: index)
        if handler.isStopped { return }
        var dice = handler.dice
        let share = dice.number(0...99)
        let finished: FinishedWork
        if asFailed || share < 20, !isCalm || asFailed {
            finished = FinishedWork(work, .failed, error: "it failed")
        } else if share < 25, !isCalm {
            // At times it only wants to be called later.
            let later = dice.percent(50) ? Duration.milliseconds(dice.number(1...3_000)) : nil
            finished = FinishedWork(work, .givenBack, retryAfter: later)
        } else if share < 28, !isCalm {
            finished = FinishedWork(work, .discarded, error: "it is of no use")
        } else {
            finished = succeed(work, &dice)
        }
        note("worker \(index) ends \(work.id) attempt \(work.attempt): \(finished.outcome)")
        tell(index, .finished([finished]))
    }

    private func succeed(_ work: LeasedWork, _ dice: inout Chance) -> FinishedWork {
        let count = isCalm || !dice.percent(15) ? 0 : dice.number(1...3)
        var wires: [WireNewJob] = []
        for _ in 0..<count {
            var wire = Self.newJob(JobID(at: time, using: &dice.generator), &dice)
            // At times a child wants a key that belongs to something else: then nothing of the success is written.
            if dice.percent(10) {
                wire.uniqueKey = "key \(dice.number(1...20))"
                if dice.percent(50) { wire.keyConflict = .keepExisting }
            }
            wires.append(wire)
        }
        let result = ResultNote.text(
            attempt: Int(work.attempt), children: wires.filter { $0.uniqueKey.isEmpty }.compactMap { JobID($0.id) })
        let children = wires.map { JobContext.Child(wire: $0, payload: JobNote.child(of: work.id)) }
        return FinishedWork(work, result: result, children: children)
    }

    private mutating func finish(_ id: HandlerID, at index: Int) {
        workers[index].handlers[id] = nil
    }

    /// Its task is cancelled. A handler in the middle of its effect may not care, and tells later what it did.
    mutating func stop(_ id: JobID, at index: Int) {
        for (handler, state) in workers[index].handlers where handler.job == id {
            switch state.stage {
            case .working, .reading, .asking: workers[index].handlers[handler] = nil
            case .acting, .settling:
                workers[index].handlers[handler]?.isStopped = true
                var dice = state.dice
                if case .acting = state.stage, dice.percent(50) { workers[index].handlers[handler] = nil }
            }
        }
    }

    /// What still runs is given back.
    mutating func interrupt(_ index: Int) {
        let running = workers[index].handlers.values.filter { !$0.isStopped }.sorted { $0.work.id < $1.work.id }
        for handler in running { stop(handler.work.id, at: index) }
        tell(index, .finished(running.map { FinishedWork($0.work, .givenBack) }))
    }

    /// A reconciler: it looks into the world, and says “undone” only where nobody can make it happen any more.
    mutating func look(for effect: EffectInDoubt, at index: Int) {
        let found = finding(effect.key, HandlerID(job: effect.job, attempt: effect.attempt))
        note("worker \(index) looks for \(effect.key): \(found.map { "\($0)" } ?? "unknown")")
        tell(index, .reconciled(effect, found))
    }

    func finding(_ key: String, _ id: HandlerID) -> EffectSettlement? {
        if (world[key] ?? 0) > 0 { return .done(receipt: Array(key.utf8)) }
        let mayStillHappen = workers.contains { worker in
            if case .asking? = worker.handlers[id]?.stage { true } else { false }
        }
        return mayStillHappen || isActing(key) ? nil : .undone
    }
}
