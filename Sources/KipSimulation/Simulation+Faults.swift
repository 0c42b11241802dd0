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
        let until = max(workers[index].hungUntil, now + Int64(dice.number(200...12_000)))
        workers[index].hungUntil = until
        note("worker \(index) hangs until \(until) ms")
    }

    private mutating func hang(client index: Int, _ dice: inout Chance) {
        let until = max(clients[index].hungUntil, now + Int64(dice.number(200...12_000)))
        clients[index].hungUntil = until
        note("client \(index) hangs until \(until) ms")
    }

    private mutating func hangBroker(_ dice: inout Chance) {
        guard core != nil, brokerHungUntil <= now else { return }
        let duration = Int64(dice.number(200...12_000))
        brokerHungUntil = now + duration
        note("the broker hangs for \(duration) ms")
        agenda.add(.brokerWakes(life: life, after: duration), at: brokerHungUntil)
    }

    /// Somebody sets the wall clock, by up to five minutes.
    private mutating func setClock(_ dice: inout Chance) {
        // What is old there would be young here.
        if isPruned { return }
        audit.clockIsRight = false
        clockOffset = Int64(dice.number(-300_000...300_000))
        let offset = clockOffset
        note("the clock is wrong by \(offset) ms")
    }

    private mutating func heal() {
        isCalm = true
        note("the faults stop")
        // Somebody has reconciled it, and starts it again.
        if isHeld {
            var dice = dice(.fault)
            crashBroker(&dice)
        }
    }
}
