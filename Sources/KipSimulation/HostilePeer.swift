import KipBroker
import KipCore
import KipStore

/// A peer with a valid connection, and a worker of its own, that speaks for others: for their ids, their sessions, their
/// jobs and their effects. Nothing that it says may change anything of theirs. Where there are keys it has two of its own,
/// a worker's and a producer's, that allow little, and tries what they do not allow.
struct HostilePeer: Sendable {
    /// No other connections have these numbers: its worker's, and its producer's.
    static let connection = 0xFF_FF_FF
    static let producer = 0xFF_FF_FE
    /// The kind of its own jobs, and the prefix of its own effects.
    static let kind = "hostile"
    static let effects = "hostile/"

    let id: String
    var session: UInt64?
    /// What it has said so far.
    var said = 0
    /// Whom it pretended to be, by the number of its hello.
    var greetings: [UInt64: String] = [:]
    /// Effects that it wanted to begin, by the number of the request.
    var begun: [UInt64: String] = [:]
    /// Enqueues with a key that it guessed, by their numbers.
    var guesses: Set<UInt64> = []
    /// Jobs of its own that it was handed.
    var work: [HandlerID] = []
    /// A broker has started: whoever comes first may be taken for its worker.
    var triesOwners = false

    static func owns(_ connection: Int) -> Bool { connection == self.connection || connection == producer }
}

extension Simulation {
    /// A message of the hostile peer, and which of its connections it goes over.
    private struct Word {
        var body: WireHeader.OneOf_Body
        var payloads: [[UInt8]] = []
        var connection = HostilePeer.connection
    }

    mutating func stepHostilePeer() {
        var dice = dice(.hostile, UInt64(hostile.said))
        hostile.said += 1
        if !isCalm { agenda.add(.hostile, at: now + Int64(dice.number(100...900))) }
        guard core != nil, brokerHungUntil <= now, makes(.hostile(hostile.said)), let word = hostileWord(&dice) else {
            return
        }
        let message = WireMessage(word.body, request: UInt64(hostile.said), payloads: word.payloads)
        receive(message, from: peer(word.connection))
    }

    private mutating func hostileWord(_ dice: inout Chance) -> Word? {
        if hostile.triesOwners {
            hostile.triesOwners = false
            if let word = stolenHello(&dice) { return word }
        }
        guard let session = hostile.session, !dice.percent(3) else { return hello(as: hostile.id) }
        let victim = workers[dice.number(0...workers.count - 1)]
        switch dice.number(0...(keys == nil ? 4 : 11)) {
        case 0:
            var goodbye = WireGoodbye()
            goodbye.workerID = victim.id
            goodbye.session = dice.percent(50) ? 0 : session
            return Word(body: .goodbye(goodbye))
        case 1:
            var heartbeat = WireHeartbeat()
            heartbeat.workerID = victim.id
            heartbeat.session = dice.percent(50) ? session : victim.machine.session ?? 0
            heartbeat.credit = 1
            heartbeat.draining = true
            return Word(body: .heartbeat(heartbeat))
        case 2: return result(of: victim, session, &dice)
        case 3...4: return settlement(session, &dice)
        case 5: return stolenHello(&dice)
        case 6...7: return foreignEffect(session, &dice)
        case 8...9: return guess(&dice)
        default: return ownWord(session, &dice)
        }
    }

    private mutating func hello(as id: String) -> Word {
        hostile.greetings[UInt64(hostile.said)] = id
        if id == hostile.id { hostile.work = [] }
        var hello = WireHello()
        hello.workerID = id
        hello.kinds = [HostilePeer.kind]
        hello.credit = 2
        hello.reconciles = ["fx/", HostilePeer.effects]
        if keys == nil { hello.reconciles = [] }
        return Word(body: .hello(hello))
    }

    /// A hello with the id of another's worker, best of one that holds jobs. Where the clock was years ahead, ids that were not
    /// seen for long are nobody's.
    private mutating func stolenHello(_ dice: inout Chance) -> Word? {
        guard keys != nil, audit.clockIsRight else { return nil }
        var ids = audit.owners.filter { $0.value != hostileKey }.map(\.key).sorted()
        let busy = Set(store.rows.inState(.running).compactMap(\.worker))
        if dice.percent(60), ids.contains(where: busy.contains) { ids.removeAll { !busy.contains($0) } }
        return ids.isEmpty ? nil : hello(as: ids[dice.number(0...ids.count - 1)])
    }

    /// A result for a job of another worker: in its name and session, or in its own.
    private func result(of victim: SimulatedWorker, _ session: UInt64, _ dice: inout Chance) -> Word? {
        let running = store.rows.inState(.running).filter { $0.lane.kind != HostilePeer.kind }
            .sorted { $0.job.id < $1.job.id }
        guard !running.isEmpty else { return nil }
        let row = running[dice.number(0...running.count - 1)]
        var result = WireResult()
        result.id = row.job.id.description
        result.attempt = Int32(clamping: row.job.attempt)
        result.outcome = dice.percent(50) ? .succeeded : .discarded
        var results = WireResults()
        let isOwn = dice.percent(40)
        results.workerID = isOwn ? hostile.id : row.worker ?? victim.id
        results.session = isOwn ? session : workers.first { $0.id == results.workerID }?.machine.session ?? session
        results.results = [result]
        return Word(body: .results(results), payloads: [Array("hostile".utf8)])
    }

    /// A report from a reconciler that was not asked, or from a handler that did not begin the effect.
    private func settlement(_ session: UInt64, _ dice: inout Chance) -> Word? {
        let open = store.openEffects().filter { !$0.key.hasPrefix(HostilePeer.effects) }
        guard !open.isEmpty else { return nil }
        let effect = open[dice.number(0...open.count - 1)]
        var settle = WireSettleEffect()
        settle.workerID = hostile.id
        settle.session = session
        settle.jobID = effect.job.description
        settle.attempt = Int32(clamping: effect.attempt)
        settle.key = effect.key
        settle.settlement = dice.percent(50) ? .undone : .done
        settle.reconciled = keys == nil || dice.percent(70)
        return Word(body: .settleEffect(settle), payloads: [Array("hostile".utf8)])
    }

    /// It begins an effect in a job of its own: mostly another's.
    private mutating func foreignEffect(_ session: UInt64, _ dice: inout Chance) -> Word? {
        guard let own = hostile.work.last else { return nil }
        let others = store.effects.keys.filter { !$0.hasPrefix(HostilePeer.effects) }.sorted()
        var begin = WireBeginEffect()
        begin.workerID = hostile.id
        begin.session = session
        begin.jobID = own.job.description
        begin.attempt = own.attempt
        begin.key =
            others.isEmpty || dice.percent(20)
            ? "\(HostilePeer.effects)\(dice.number(0...9))" : others[dice.number(0...others.count - 1)]
        hostile.begun[UInt64(hostile.said)] = begin.key
        return Word(body: .beginEffect(begin))
    }

    /// It enqueues a job of its own, at times with a key that it guessed, or after a job that is not its own.
    private mutating func guess(_ dice: inout Chance) -> Word? {
        var job = WireNewJob()
        job.id = JobID(at: time, using: &dice.generator).description
        job.kind = HostilePeer.kind
        job.maxAttempts = 2
        if dice.percent(50) {
            job.uniqueKey = "key \(dice.number(1...20))"
            Self.setScope(of: &job)
            job.keyConflict = [.refuse, .keepExisting, .replacePending, .reject][dice.number(0...3)]
            hostile.guesses.insert(UInt64(hostile.said))
        } else if dice.percent(20) {
            let others = store.rows.ids.filter { store.rows[$0]?.lane.kind != HostilePeer.kind }
            if !others.isEmpty { job.conditions.after = [others[dice.number(0...others.count - 1)].description] }
        }
        // It goes away by itself, if its worker does not take it.
        job.conditions.expiresAtMs = time.advanced(byMilliseconds: 4_000).milliseconds
        var enqueue = WireEnqueue()
        enqueue.jobs = [job]
        return Word(
            body: .enqueue(enqueue), payloads: [Array(HostilePeer.kind.utf8)], connection: HostilePeer.producer)
    }

    /// Messages that its own worker is allowed to send.
    private mutating func ownWord(_ session: UInt64, _ dice: inout Chance) -> Word? {
        guard dice.percent(40), let work = hostile.work.popLast() else {
            var heartbeat = WireHeartbeat()
            heartbeat.workerID = hostile.id
            heartbeat.session = session
            return Word(body: .heartbeat(heartbeat))
        }
        var result = WireResult()
        result.id = work.job.description
        result.attempt = work.attempt
        result.outcome = .succeeded
        var results = WireResults()
        results.workerID = hostile.id
        results.session = session
        results.results = [result]
        return Word(body: .results(results), payloads: [ResultNote.text(attempt: Int(work.attempt), children: [])])
    }
}
