import KipCore
import KipStore

/// A peer with a valid connection, and a worker of its own, that speaks for others: for their ids, their sessions, their
/// jobs and their effects. Nothing that it says may change anything of theirs.
struct HostilePeer: Sendable {
    /// No other connection has this number.
    static let connection = 0xFF_FF_FF
    let id: String
    var session: UInt64?
    /// What it has said so far.
    var said = 0
}

extension Simulation {
    mutating func stepHostilePeer() {
        var dice = dice(.hostile, UInt64(hostile.said))
        hostile.said += 1
        if !isCalm { agenda.add(.hostile, at: now + Int64(dice.number(100...900))) }
        guard core != nil, brokerHungUntil <= now, makes(.hostile(hostile.said)), let body = hostileBody(&dice) else {
            return
        }
        round(.message(WireMessage(body.0, request: 1, payloads: body.1), from: peer(HostilePeer.connection)))
    }

    /// What the broker answers: the session of its own worker is all that it needs.
    mutating func answerHostilePeer(_ message: WireMessage) {
        switch message.header.body {
        case .welcome(let welcome): hostile.session = welcome.session
        case .error(let error) where error.code == Refusal.Code.unknownSession.rawValue: hostile.session = nil
        default: break
        }
    }

    private mutating func hostileBody(_ dice: inout Chance) -> (WireHeader.OneOf_Body, [[UInt8]])? {
        guard let session = hostile.session, !dice.percent(3) else { return (.hello(hostileHello()), []) }
        let victim = workers[dice.number(0...workers.count - 1)]
        switch dice.number(0...4) {
        case 0:
            var goodbye = WireGoodbye()
            goodbye.workerID = victim.id
            goodbye.session = dice.percent(50) ? 0 : session
            return (.goodbye(goodbye), [])
        case 1:
            var heartbeat = WireHeartbeat()
            heartbeat.workerID = victim.id
            heartbeat.session = dice.percent(50) ? session : victim.machine.session ?? 0
            heartbeat.credit = 1
            heartbeat.draining = true
            return (.heartbeat(heartbeat), [])
        case 2: return result(of: victim, session, &dice)
        default: return settlement(session, &dice)
        }
    }

    private func hostileHello() -> WireHello {
        var hello = WireHello()
        hello.workerID = hostile.id
        hello.kinds = ["hostile"]
        hello.credit = 1
        return hello
    }

    /// A result for a job of another worker: in its name and session, or in its own.
    private func result(
        of victim: SimulatedWorker, _ session: UInt64, _ dice: inout Chance
    ) -> (WireHeader.OneOf_Body, [[UInt8]])? {
        let running = store.rows.inState(.running).sorted { $0.job.id < $1.job.id }
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
        return (.results(results), [Array("hostile".utf8)])
    }

    /// The word of a reconciler that nobody asked.
    private func settlement(_ session: UInt64, _ dice: inout Chance) -> (WireHeader.OneOf_Body, [[UInt8]])? {
        let open = store.openEffects()
        guard !open.isEmpty else { return nil }
        let effect = open[dice.number(0...open.count - 1)]
        var settle = WireSettleEffect()
        settle.workerID = hostile.id
        settle.session = session
        settle.jobID = effect.job.description
        settle.attempt = Int32(clamping: effect.attempt)
        settle.key = effect.key
        settle.settlement = dice.percent(50) ? .undone : .done
        settle.reconciled = true
        return (.settleEffect(settle), [Array("hostile".utf8)])
    }
}
