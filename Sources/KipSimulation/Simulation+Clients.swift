import KipClient
import KipCore

/// A client process: the very machine that clients run, and the programs that use it.
struct SimulatedClient: Sendable {
    /// What a program wants, until it is done or refused for good.
    enum Wish: Sendable {
        /// Jobs in one message, all or none.
        case jobs([WireNewJob], [[UInt8]])
        /// A job that may share its message with others.
        case job(WireNewJob, [UInt8])
        case other(WireHeader.OneOf_Body, [[UInt8]] = [], repeatable: Bool = true)

        var jobs: [(wire: WireNewJob, payload: [UInt8])] {
            switch self {
            case .jobs(let wires, let payloads): zip(wires, payloads).map { ($0, $1) }
            case .job(let wire, let payload): [(wire, payload)]
            case .other: []
            }
        }
    }

    /// How long the machine tries, in milliseconds.
    static let timeout: Int64 = 10_000

    let index: Int
    /// Tells the processes apart that had this place, one after the other.
    let life: Int
    let dialect: Dialect
    var machine = ClientMachine(endpoint: "the simulated broker", timeout: Self.timeout)
    var connection: Int?
    var hungUntil: Int64 = 0
    var wishes: [UInt64: Wish] = [:]
    var nextCaller: UInt64 = 0
    /// When each was asked for first.
    var askedAt: [UInt64: Int64] = [:]
    /// Jobs that it knows of, to cancel and revive some.
    var known: [JobID] = []

    init(index: Int, life: Int, dialect: Dialect) {
        self.index = index
        self.life = life
        self.dialect = dialect
    }
}

extension Simulation {
    mutating func tickClient(_ index: Int) {
        clientTicks[index] += 1
        var dice = dice(.client, UInt64(index), UInt64(clientTicks[index]))
        agenda.add(.clientTick(index), at: max(now + Int64(dice.number(50...400)), clients[index].hungUntil))
        guard clients[index].hungUntil <= now else { return }
        if !isCalm, makes(.request(client: index, clientTicks[index])) { wishSomething(index, &dice) }
        if !isCalm, clients[index].dialect == .newer, dice.percent(2) {
            // It says something that this broker has never heard of.
            _ = sendToBroker(WireMessage(WireHeader()), from: .client(index))
        }
        tell(client: index, .tick)
    }

    private mutating func wishSomething(_ index: Int, _ dice: inout Chance) {
        switch dice.number(0...99) {
        case ..<70: order(index, &dice)
        case ..<76:
            guard let id = someJob(of: index, &dice) else { return }
            var cancel = WireCancelJobs()
            cancel.ids = [id.description]
            // At times it is a mistake, and mended at once: then results of the old attempt are still on their way.
            wish([.other(.cancelJobs(cancel))] + (dice.percent(50) ? [Self.retry(id)] : []), of: index)
        case ..<80:
            guard let id = someJob(of: index, &dice) else { return }
            wish([Self.retry(id)], of: index)
        case ..<83 where seed % 4 == 0: applySchedules(index)
        case ..<85: control(index, &dice)
        case ..<87 where isPruned: prune(index, &dice)
        default: break
        }
    }

    private func someJob(of index: Int, _ dice: inout Chance) -> JobID? {
        let known = clients[index].known
        // Mostly one of the last: those still run.
        let first = dice.percent(60) ? max(0, known.count - 6) : 0
        return known.isEmpty ? nil : known[dice.number(first...known.count - 1)]
    }

    static func retry(_ id: JobID, by person: String = "") -> SimulatedClient.Wish {
        var retry = WireRetryJobs()
        retry.ids = [id.description]
        retry.by = person
        return .other(.retryJobs(retry))
    }

    /// An operator takes away what ended long ago.
    private mutating func prune(_ index: Int, _ dice: inout Chance) {
        var prune = WirePruneJobs()
        if dice.percent(50) { prune.states = [.dead, .succeeded] }
        prune.beforeMs = time.milliseconds - Self.keep
        prune.limit = Int32(dice.number(5...100))
        wish([.other(.pruneJobs(prune))], of: index)
    }

    /// An operator pauses a queue or a kind, or lets it go on; the queue “narrow” has its limit from the beginning.
    private mutating func control(_ index: Int, _ dice: inout Chance) {
        var change = WireChangeControl()
        change.control.scope = dice.percent(50) ? .queue : .kind
        change.control.name = change.control.scope == .queue ? "narrow" : "b"
        if change.control.scope == .queue, dice.percent(50) {
            change.control.rate = dice.percent(50) ? 5 : 0
            change.control.ratePeriodMs = 2_000
            change.control.concurrency = Int32(dice.number(0...3))
            change.control.weight = Int32(dice.number(1...3))
            change.control.mostWaiting = dice.percent(50) ? Int64(dice.number(4...8)) : 0
        } else {
            change.control.paused = dice.percent(50)
        }
        wish([.other(.changeControl(change))], of: index)
    }

    /// What a person says when all is well again.
    func resumption(_ scope: WireControl.Scope, _ name: String) -> SimulatedClient.Wish {
        var change = WireChangeControl()
        change.control.scope = scope
        change.control.name = name
        change.control.paused = false
        return .other(.changeControl(change))
    }

    static func release(_ id: JobID) -> SimulatedClient.Wish {
        var release = WireReleaseJobs()
        release.ids = [id.description]
        release.by = "a person"
        return .other(.releaseJobs(release))
    }

    private mutating func order(_ index: Int, _ dice: inout Chance) {
        var jobs: [(wire: WireNewJob, payload: [UInt8])] = []
        for number in 0..<dice.number(1...4) {
            var job = Self.newJob(JobID(at: time, using: &dice.generator), &dice)
            // The same in whatever order clients come to it.
            let order = (clientTicks[index] * clients.count + index) * 4 + number
            var payload = JobNote.order(order)
            if hasKillers, dice.percent(4) {
                payload = JobNote.killer(order)
            } else if let twin = jobs.last, (JobNote(twin.payload)?.order ?? 0) >= 1_000_000,
                dice.percent(hasTwins ? 60 : 30)
            {
                // Two jobs of one message for one thing.
                job.uniqueKey = twin.wire.uniqueKey
                job.keyConflict = twin.wire.keyConflict
                job.kind = twin.wire.kind
                payload = twin.payload
            } else if dice.percent(hasTwins ? 50 : 15) {
                let key = hasTwins ? dice.number(13...15) : dice.number(1...20)
                job.uniqueKey = "key \(key)"
                if dice.percent(30) { job.keyConflict = .keepExisting }
                // Mostly the same key stands for the same thing.
                if dice.percent(80) {
                    job.kind = "a"
                    payload = JobNote.order(1_000_000 + key)
                }
            }
            Self.addConditions(to: &job, known: clients[index].known.suffix(5) + own(jobs), at: time, &dice)
            jobs.append((job, payload))
        }
        let isSingle = dice.percent(40)
        wish(
            isSingle ? jobs.map { .job($0.wire, $0.payload) } : [.jobs(jobs.map(\.wire), jobs.map(\.payload))],
            of: index)
    }

    private func own(_ jobs: [(wire: WireNewJob, payload: [UInt8])]) -> [JobID] {
        jobs.compactMap { JobID($0.wire.id) }
    }

    /// What a job asks for beside a worker: most ask for nothing.
    private static func addConditions(
        to job: inout WireNewJob, known: [JobID], at now: Timestamp, _ dice: inout Chance
    ) {
        if dice.percent(20) { job.queue = "narrow" }
        // Some keys stand for ever; others come free again.
        if !job.uniqueKey.isEmpty, comesFree(job.uniqueKey) {
            setScope(of: &job)
            if dice.percent(40) { job.keyConflict = dice.percent(50) ? .replacePending : .reject }
        }
        guard dice.percent(35) else { return }
        if dice.percent(20) {
            job.conditions.expiresAtMs = now.advanced(byMilliseconds: Int64(dice.number(-500...8_000))).milliseconds
        }
        if dice.percent(10) {
            job.conditions.deadlineMs = now.advanced(byMilliseconds: Int64(dice.number(1...12_000))).milliseconds
        }
        job.conditions.hold = dice.percent(10)
        job.conditions.redact = dice.percent(5)
        if dice.percent(40) {
            let place = dice.number(0...3)
            job.conditions.concurrencyKey = "place \(place)"
            job.conditions.concurrency = Int32(1 + place % 2)
        }
        if dice.percent(50), !known.isEmpty {
            for _ in 0..<dice.number(1...3) {
                let parent = known[dice.number(0...known.count - 1)].description
                if !job.conditions.after.contains(parent) { job.conditions.after.append(parent) }
            }
            job.conditions.onParentFailed = dice.percent(50) ? .cancel : .continue
        }
    }

    /// The scope of the job's unique key; all jobs with one key have the same.
    static func setScope(of job: inout WireNewJob) {
        if passes(job.uniqueKey) {
            job.conditions.uniquePeriodMs = period
        } else if comesFree(job.uniqueKey) {
            job.conditions.uniqueScope = .untilDone
        }
    }

    private static func comesFree(_ key: String) -> Bool {
        Int(key.split(separator: " ").last ?? "").map { $0 > 12 } ?? false
    }

    /// How long some keys stand, in milliseconds.
    static let period: Int64 = 3_000

    private static func passes(_ key: String) -> Bool {
        Int(key.split(separator: " ").last ?? "").map { $0 > 16 } ?? false
    }

    static func newJob(_ id: JobID, _ dice: inout Chance) -> WireNewJob {
        var job = WireNewJob()
        job.id = id.description
        job.kind = dice.percent(60) ? "a" : "b"
        job.priority = Int32(dice.number(0...3))
        job.maxAttempts = Int32(dice.number(1...4))
        job.delayMs = dice.percent(15) ? Int64(dice.number(1...3_000)) : 0
        job.backoff.baseMs = 200
        job.backoff.factor = 2
        job.backoff.capMs = 2_000
        return job
    }

    private mutating func applySchedules(_ index: Int) {
        var apply = WireApplySchedules()
        apply.schedules = Self.schedules.map { rhythm in
            var schedule = WireSchedule()
            schedule.name = rhythm.name
            schedule.cron = rhythm.cron
            schedule.timeZone = "UTC"
            schedule.kind = rhythm.kind
            schedule.catchUp = rhythm.catchUp
            schedule.overlap = rhythm.overlap
            return schedule
        }
        wish([.other(.applySchedules(apply))], of: index)
    }

    // MARK: Asking

    mutating func wish(_ wishes: [SimulatedClient.Wish], of index: Int) {
        var callers: [UInt64] = []
        for wish in wishes {
            clients[index].nextCaller += 1
            clients[index].wishes[clients[index].nextCaller] = wish
            clients[index].askedAt[clients[index].nextCaller] = now
            callers.append(clients[index].nextCaller)
        }
        ask(callers, of: index)
    }

    private mutating func ask(_ callers: [UInt64], of index: Int) {
        let deadline = steady.advanced(byMilliseconds: SimulatedClient.timeout)
        var questions: [ClientMachine.Question] = []
        var singles: [ClientMachine.SingleJob] = []
        for caller in callers {
            switch clients[index].wishes[caller] {
            case .jobs(let wires, let payloads):
                // As clients do.
                let message = WireMessage(enqueuing: wires.map { NewJobForm($0) }, payloads: payloads)
                questions.append(ClientMachine.Question(caller: caller, message, deadline: deadline))
            case .job(let wire, let payload):
                singles.append(
                    ClientMachine.SingleJob(
                        caller: caller, NewJobForm(wire), payload: payload, deadline: deadline))
            case .other(let body, let payloads, let repeatable):
                questions.append(
                    ClientMachine.Question(
                        caller: caller, WireMessage(body, payloads: payloads), repeatable: repeatable,
                        deadline: deadline))
            case nil: continue
            }
        }
        tell(client: index, .asked(questions, singles))
    }

    mutating func askAgain(_ caller: UInt64, of index: Int, life: Int) {
        guard clients[index].life == life, clients[index].wishes[caller] != nil else { return }
        ask([caller], of: index)
    }

    mutating func tell(client index: Int, _ event: ClientMachine.Event) {
        var actions: [ClientMachine.Action] = []
        clients[index].machine.handle(event, at: steady, into: &actions)
        while !actions.isEmpty {
            let round = actions
            actions = []
            for action in round {
                switch action {
                case .send(let message):
                    if !sendToBroker(message, from: .client(index)) {
                        clients[index].machine.handle(.unsent(message.request), at: steady, into: &actions)
                    }
                case .answer(.success(let message), let caller):
                    if let enqueued = message.enqueued {
                        succeed(caller, of: index, enqueued.map(\.id))
                    } else {
                        clients[index].wishes[caller] = nil
                    }
                case .enqueued(.success(let job), let caller): succeed(caller, of: index, [job.id])
                case .answer(.failure(let error), let caller), .enqueued(.failure(let error), let caller):
                    fail(caller, of: index, error)
                }
            }
        }
    }

    private mutating func succeed(_ caller: UInt64, of index: Int, _ ids: [JobID]) {
        guard let wish = clients[index].wishes.removeValue(forKey: caller) else { return }
        clients[index].known += ids
        audit.take(ids, for: wish.jobs, store)
    }

    private mutating func fail(_ caller: UInt64, of index: Int, _ error: KipClientError) {
        guard let wish = clients[index].wishes[caller] else { return }
        let final: [Refusal.Code] = [.keyTaken, .conflict, .notFound, .invalid]
        switch error {
        case .refused(let code, _) where final.contains { $0.rawValue == code }:
            note("client \(index): \(wish.jobs.map(\.wire.id)) \(error)")
            // Where a key comes free, a copy of the message that was under way may be taken after all.
            if code == Refusal.Code.keyTaken.rawValue, !wish.jobs.contains(where: { Self.comesFree($0.wire.uniqueKey) })
            {
                audit.refuse(wish.jobs.map(\.payload))
            }
            clients[index].wishes[caller] = nil
        case .unreachable where !wish.isRepeatable:
            // A person looks first what became of it.
            clients[index].wishes[caller] = nil
        case _ where isPruned && now - (clients[index].askedAt[caller] ?? now) > Self.keep / 3:
            // Nobody asks for a job so long that it may have been done and taken away meanwhile.
            note("client \(index) gives up \(wish.jobs.map(\.wire.id))")
            clients[index].wishes[caller] = nil
        default:
            // The disk is full or busy, or nobody answers: the program wants it all the same.
            agenda.add(.clientAsksAgain(index, life: clients[index].life, caller), at: now + 500)
        }
    }
}

extension SimulatedClient.Wish {
    var isRepeatable: Bool {
        if case .other(_, _, let repeatable) = self { repeatable } else { true }
    }
}
