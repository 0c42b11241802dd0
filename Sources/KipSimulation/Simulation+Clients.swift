import KipCore

/// A client that asks until it is answered, as `ClientTransport` does.
struct SimulatedClient: Sendable {
    struct Ask: Sendable {
        var body: WireHeader.OneOf_Body
        var payloads: [[UInt8]]
        var resendAt: Int64
    }

    let index: Int
    var connection: Int?
    var asks: [UInt64: Ask] = [:]
    var nextRequest: UInt64 = 0
    /// Jobs that it knows of, to cancel and revive some.
    var known: [JobID] = []

    init(index: Int) {
        self.index = index
    }
}

extension Simulation {
    mutating func tickClient(_ index: Int) {
        agenda.add(.clientTick(index), at: now + Int64(chance.number(50...400)))
        if !isCalm { askSomething(index) }
        for (request, ask) in clients[index].asks.sorted(by: { $0.key < $1.key }) where ask.resendAt <= now {
            send(index, request)
        }
    }

    private mutating func askSomething(_ index: Int) {
        switch chance.number(0...99) {
        case ..<70: order(index)
        case ..<76:
            guard let id = someJob(of: index) else { return }
            var cancel = WireCancelJobs()
            cancel.ids = [id.description]
            ask(index, .cancelJobs(cancel))
        case ..<80:
            guard let id = someJob(of: index) else { return }
            var retry = WireRetryJobs()
            retry.ids = [id.description]
            ask(index, .retryJobs(retry))
        case ..<83 where seed % 4 == 0: applySchedule(index)
        default: break
        }
    }

    private mutating func someJob(of index: Int) -> JobID? {
        let known = clients[index].known
        return known.isEmpty ? nil : known[chance.number(0...known.count - 1)]
    }

    private mutating func order(_ index: Int) {
        var enqueue = WireEnqueue()
        var payloads: [[UInt8]] = []
        for _ in 0..<chance.number(1...4) {
            var job = newJob(JobID(at: time, using: &chance.generator))
            nextOrder += 1
            var payload = JobNote.order(nextOrder)
            if chance.percent(15) {
                let key = chance.number(1...20)
                job.uniqueKey = "key \(key)"
                if chance.percent(30) { job.keyConflict = .keepExisting }
                // Mostly the same key stands for the same thing.
                if chance.percent(80) {
                    job.kind = "a"
                    payload = JobNote.order(1_000_000 + key)
                }
            }
            enqueue.jobs.append(job)
            payloads.append(payload)
        }
        ask(index, .enqueue(enqueue), payloads)
    }

    mutating func newJob(_ id: JobID) -> WireNewJob {
        var job = WireNewJob()
        job.id = id.description
        job.kind = chance.percent(60) ? "a" : "b"
        job.priority = Int32(chance.number(0...3))
        job.maxAttempts = Int32(chance.number(1...4))
        job.delayMs = chance.percent(15) ? Int64(chance.number(1...3_000)) : 0
        job.backoff.baseMs = 200
        job.backoff.factor = 2
        job.backoff.capMs = 2_000
        return job
    }

    private mutating func applySchedule(_ index: Int) {
        var schedule = WireSchedule()
        schedule.name = "minute"
        schedule.cron = "* * * * *"
        schedule.timeZone = "UTC"
        schedule.kind = "a"
        schedule.catchUp = "all"
        var apply = WireApplySchedules()
        apply.schedules = [schedule]
        ask(index, .applySchedules(apply))
    }

    private mutating func ask(_ index: Int, _ body: WireHeader.OneOf_Body, _ payloads: [[UInt8]] = []) {
        clients[index].nextRequest += 1
        let request = clients[index].nextRequest
        clients[index].asks[request] = SimulatedClient.Ask(body: body, payloads: payloads, resendAt: now)
    }

    private mutating func send(_ index: Int, _ request: UInt64) {
        guard var ask = clients[index].asks[request] else { return }
        let isSent = sendToBroker(
            WireMessage(ask.body, request: request, payloads: ask.payloads), from: .client(index))
        ask.resendAt = now + (isSent ? 2_000 : 50)
        clients[index].asks[request] = ask
    }

    mutating func takeAtClient(_ index: Int, _ message: WireMessage) {
        let request = message.header.request
        guard clients[index].asks[request] != nil else { return }
        if case .error(let refused) = message.header.body {
            if refused.code == Refusal.Code.keyTaken.rawValue || refused.code == Refusal.Code.conflict.rawValue {
                audit.refuse(clients[index].asks[request])
                clients[index].asks[request] = nil
                return
            }
            // The disk is full or busy: nothing was stored, it asks again.
            clients[index].asks[request]?.resendAt = now + 500
            return
        }
        let ask = clients[index].asks.removeValue(forKey: request)
        if case .enqueued(let enqueued) = message.header.body {
            clients[index].known += enqueued.jobs.compactMap { JobID($0.id) }
            audit.take(enqueued, for: ask, store)
        }
    }

    /// A person who looks after what waits for one: at times while things go wrong, and to the end when they do not.
    mutating func decide() {
        guard isCalm || chance.percent(20), clients[0].asks.count < 20 else { return }
        for (id, row) in store.rows.sorted(by: { $0.key < $1.key }) where row.state == .quarantined {
            var retry = WireRetryJobs()
            retry.ids = [id.description]
            retry.by = "a person"
            ask(0, .retryJobs(retry))
        }
        for effect in store.openEffects() where effect.isUncertain && isCalm {
            guard let found = finding(effect.key, HandlerID(job: effect.job, attempt: Int32(effect.attempt))) else {
                continue
            }
            var resolve = WireResolveEffect()
            resolve.key = effect.key
            resolve.by = "a person"
            resolve.settlement = found == .undone ? .undone : .done
            ask(0, .resolveEffect(resolve), [Array(effect.key.utf8)])
        }
    }
}
