import KipCore

extension Simulation {
    /// One more thing goes wrong; after a while nothing does any more.
    mutating func strike() {
        guard now < faultsEnd else { return heal() }
        strikes += 1
        var dice = dice(.fault, UInt64(strikes))
        agenda.add(.fault, at: now + Int64(dice.number(100...3_000)))
        guard makes(.fault(strikes)) else { return }
        let worker = dice.number(0...workers.count - 1)
        let client = dice.number(0...clients.count - 1)
        switch dice.number(0...99) {
        case ..<20: crashBroker(&dice)
        case ..<34: killWorker(worker, &dice)
        case ..<44: drainWorker(worker)
        case ..<58: hang(worker: worker, &dice)
        case ..<75: breakConnection(of: .worker(worker), reconnectAfter: Int64(dice.number(1...7_000)))
        case ..<84: breakConnection(of: .client(client), reconnectAfter: Int64(dice.number(1...5_000)))
        case ..<88: killClient(client, &dice)
        case ..<91: hang(client: client, &dice)
        case ..<94: hangBroker(&dice)
        case ..<96: setClock(&dice)
        default:
            diskFullUntil = now + Int64(dice.number(100...4_000))
            let until = diskFullUntil
            note("the disk is full until \(until) ms")
        }
    }

    /// As SIGSTOP does: longer than a lease, or shorter.
    private mutating func hang(worker index: Int, _ dice: inout Chance) {
        // One that stands still already goes on no sooner: what waits for it comes in order.
        guard dice.percent(30) else { return hang(worker: index, until: now + Int64(dice.number(200...12_000))) }
        // It is heard again just before its lease ends, by a socket whose broker stands still for a moment.
        let end = now + settings.leaseMilliseconds - Int64(dice.number(100...1_200))
        hang(worker: index, until: end)
        agenda.add(.brokerHesitates(life: life), at: end - 20)
    }

    private mutating func hang(worker index: Int, until end: Int64) {
        let until = max(workers[index].hungUntil, end)
        workers[index].hungUntil = until
        note("worker \(index) hangs until \(until) ms")
    }

    /// A broker that stood still for no longer than this does not know of it (`RouterThread.stall`), in milliseconds.
    private static let shortStall: Int64 = 500

    mutating func hesitate() {
        guard core != nil, brokerHungUntil <= now else { return }
        brokerHungUntil = now + Self.shortStall
        audit.disturbedAt = brokerHungUntil
        agenda.add(.brokerWakes(life: life, after: Self.shortStall), at: brokerHungUntil)
    }

    mutating func wakeBroker(after milliseconds: Int64) {
        audit.disturbedAt = now
        if milliseconds <= Self.shortStall { return round(nil) }
        audit.stalled(milliseconds, at: now)
        round(.stalled(milliseconds: milliseconds))
    }

    private mutating func hang(client index: Int, _ dice: inout Chance) {
        let until = max(clients[index].hungUntil, now + Int64(dice.number(200...12_000)))
        clients[index].hungUntil = until
        note("client \(index) hangs until \(until) ms")
    }

    private mutating func hangBroker(_ dice: inout Chance) {
        guard core != nil, brokerHungUntil <= now else { return }
        // One that is short is not noticed by the broker itself.
        let duration = Int64(dice.percent(40) ? dice.number(50...Int(Self.shortStall)) : dice.number(501...12_000))
        brokerHungUntil = now + duration
        // What is written meanwhile was decided before.
        audit.disturbedAt = brokerHungUntil
        // At times the whole machine stands still, and a worker takes a little longer to go on.
        if dice.percent(40) {
            hang(worker: dice.number(0...workers.count - 1), until: now + duration + Int64(dice.number(1...4_000)))
        }
        note("the broker hangs for \(duration) ms")
        agenda.add(.brokerWakes(life: life, after: duration), at: brokerHungUntil)
    }

    /// Somebody sets the wall clock, by up to five minutes; or it is years ahead for a while.
    private mutating func setClock(_ dice: inout Chance) {
        // What is old there would be young here.
        if isPruned { return }
        audit.clockIsRight = false
        clockOffset = dice.percent(25) ? Self.yearsAhead : Int64(dice.number(-300_000...300_000))
        let offset = clockOffset
        note("the clock is wrong by \(offset) ms")
    }

    /// How far a clock is ahead that a faulty time server has set, in milliseconds.
    static let yearsAhead: Int64 = 3_000 * 86_400_000

    private mutating func heal() {
        isCalm = true
        if clockOffset == Self.yearsAhead { clockOffset = 0 }
        note("the faults stop")
        // Somebody has reconciled it, and starts it again.
        if isHeld {
            var dice = dice(.fault)
            crashBroker(&dice)
        }
    }

    /// The process is gone. The next one in its place is started by the same script, which at times enqueues again what
    /// it does not know to be done: with the same ids, that does no harm.
    mutating func killClient(_ index: Int, _ dice: inout Chance) {
        note("client \(index) is killed")
        breakConnection(of: .client(index), reconnectAfter: Int64(dice.number(100...2_000)))
        let old = clients[index]
        clients[index] = SimulatedClient(index: index, life: old.life + 1, dialect: .any(&dice))
        clients[index].known = old.known
        guard dice.percent(50) else { return }
        let unknown = old.wishes.sorted { $0.key < $1.key }.map(\.value).filter { !$0.jobs.isEmpty }
        if !isPruned { wish(unknown, of: index) }
    }
}
