import KipCore

extension Simulation {
    /// One more thing goes wrong; after a while nothing does any more.
    mutating func strike() {
        guard now < Self.faultsEnd else { return heal() }
        agenda.add(.fault, at: now + Int64(chance.number(100...3_000)))
        switch chance.number(0...99) {
        case ..<20: crashBroker()
        case ..<35: killWorker(chance.number(0...workers.count - 1))
        case ..<45: drainWorker(chance.number(0...workers.count - 1))
        case ..<60: hang(chance.number(0...workers.count - 1))
        case ..<80:
            breakConnection(
                of: .worker(chance.number(0...workers.count - 1)), reconnectAfter: Int64(chance.number(1...7_000)))
        case ..<92:
            breakConnection(
                of: .client(chance.number(0...clients.count - 1)), reconnectAfter: Int64(chance.number(1...5_000)))
        case ..<96: setClock()
        default:
            diskFullUntil = now + Int64(chance.number(100...4_000))
            let until = diskFullUntil
            note("the disk is full until \(until) ms")
        }
    }

    /// As SIGSTOP does: longer than a lease, or shorter.
    private mutating func hang(_ index: Int) {
        let until = now + Int64(chance.number(200...12_000))
        workers[index].hungUntil = until
        note("worker \(index) hangs until \(until) ms")
    }

    /// Somebody sets the wall clock, by up to five minutes.
    private mutating func setClock() {
        clockOffset = Int64(chance.number(-300_000...300_000))
        let offset = clockOffset
        note("the clock is wrong by \(offset) ms")
    }

    private mutating func heal() {
        isCalm = true
        note("the faults stop")
    }
}
