import KipCore

extension WorkerMachine {
    // MARK: Jobs

    mutating func take(
        _ work: WorkWords, _ payloads: [[UInt8]], at now: SteadyTime, _ actions: inout [Action]
    ) {
        guard work.session == session else { return }
        var accepted: [LeasedWork] = []
        accepted.reserveCapacity(work.jobs.count)
        for (words, payload) in zip(work.jobs, payloads) {
            let job = LeasedWork(words, payload: payload, at: now)
            if let attempt = held[job.id] {
                if attempt >= job.attempt { continue }
                // The broker took the older attempt back: nobody waits for its result.
                forget(job.id, &actions)
            }
            held[job.id] = job.attempt
            accepted.append(job)
        }
        if !accepted.isEmpty { actions.append(.run(accepted)) }
    }

    /// Work that has something out of the ordinary, or comes in JSON. What has no id is nobody's job.
    mutating func take(_ work: WireWork, _ payloads: [[UInt8]], at now: SteadyTime, _ actions: inout [Action]) {
        var (jobs, frames): ([LeasedWords], [[UInt8]]) = ([], [])
        for (job, payload) in zip(work.jobs, payloads) {
            guard let words = try? LeasedWords(job) else { continue }
            jobs.append(words)
            frames.append(payload)
        }
        take(WorkWords(jobs, session: work.session), frames, at: now, &actions)
    }

    mutating func drop(_ job: WireHeld, _ actions: inout [Action]) {
        if let id = JobID(job.id), held[id] == job.attempt { forget(id, &actions) }
    }

    private mutating func forget(_ id: JobID, _ actions: inout [Action]) {
        held[id] = nil
        unrecorded[id] = nil
        begun[id] = nil
        unsaid[id] = nil
        actions.append(.stop(id))
        voidReads(of: id, &actions)
        // It may not begin an effect any more. What it did is still told.
        for ask in asks.values.sorted(by: { $0.number < $1.number }) where ask.job == id && ask.isBeginning {
            asks[ask.number] = nil
            actions.append(.answer(.void, to: ask.number))
        }
    }

    // MARK: Results

    mutating func finished(_ works: [FinishedWork], _ actions: inout [Action]) {
        var fresh: [FinishedWork] = []
        for work in works where held[work.id] == work.attempt {
            // The first word counts.
            if let first = unrecorded.updateValue(work, forKey: work.id) {
                unrecorded[work.id] = first
            } else {
                fresh.append(work)
            }
        }
        if !fresh.isEmpty { send(fresh, &actions) }
    }

    /// Sends results, or keeps them for the next session.
    mutating func send(_ finished: [FinishedWork], _ actions: inout [Action]) {
        var group = ResultGroup()
        for work in finished {
            if !group.hasRoom(for: work) {
                send(message: group.works, &actions)
                group = ResultGroup()
            }
            group.add(work)
        }
        if !group.works.isEmpty { send(message: group.works, &actions) }
    }

    private mutating func send(message works: [FinishedWork], _ actions: inout [Action]) {
        guard let session else { return }
        let results = WorkerResults(works.map { $0.words }, workerID: hello.workerID, session: session)
        nextMessage += 1
        underway[nextMessage] = works.map { $0.id }
        var payloads: [[UInt8]] = []
        payloads.reserveCapacity(works.count)
        for work in works { work.addPayloads(to: &payloads) }
        actions.append(.send(WireMessage(.results(results), request: nextMessage, payloads: payloads)))
    }

    mutating func take(_ recorded: [RecordedWords], _ request: UInt64, _ actions: inout [Action]) {
        underway[request] = nil
        for result in recorded {
            // “Stale” to what was said before the last hello is void: that hello has announced the job, and the broker may
            // have taken it up again. The result is said anew in the session that follows, and judged then.
            if result.status == .stale, request < greeting { continue }
            let id = result.id
            guard let place = held.index(forKey: id), held.values[place] == result.attempt else { continue }
            held.remove(at: place)
            unrecorded[id] = nil
            if !begun.isEmpty { begun[id] = nil }
            if result.status == .stale { actions.append(.note(.stale(id))) }
        }
    }

    /// Results that the broker will never take must not be kept for ever: one of a group is sought by sending each
    /// alone, and that one becomes a dead letter that says why.
    /// - Parameter ids: the jobs whose results were refused; empty for another message.
    mutating func replace(_ ids: [JobID], _ refused: WireRefused, _ actions: inout [Action]) {
        let works = ids.compactMap { unrecorded[$0] }
        if works.count > 1 {
            for work in works { send(message: [work], &actions) }
        } else if let work = works.first {
            let letter = FinishedWork(refused: work, refused.message)
            unrecorded[work.id] = letter
            send(message: [letter], &actions)
        }
    }
}
