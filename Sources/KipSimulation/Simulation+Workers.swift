import KipCore
import KipWorker

/// A worker process: the very machine that real workers run, with handlers of the simulation.
struct SimulatedWorker: Sendable {
    let index: Int
    /// Tells the processes apart that had this place, one after the other.
    let life: Int
    let id: String
    let kinds: [String]
    let credit: Int
    let reconciles: Bool
    let dialect: Dialect
    var machine: WorkerMachine
    var connection: Int?
    var hungUntil: Int64 = 0
    /// When it was last handed a job that was never lost.
    var ordinaryAt: Int64 = 0
    var handlers: [HandlerID: SimulatedHandler] = [:]
    var nextAsk: UInt64 = 0

    /// The first takes all kinds and knows how to look, so that every job ends.
    init(index: Int, life: Int, kinds: [String]?, at now: Int64, _ dice: inout Chance) {
        self.index = index
        self.life = life
        id = JobID(at: Timestamp(milliseconds: Simulation.start), using: &dice.generator).description
        self.kinds = kinds ?? (index == 0 ? ["a", "b"] : dice.percent(50) ? ["a"] : ["a", "b"])
        credit = dice.number(1...6)
        reconciles = index == 0 || dice.percent(50)
        dialect = .any(&dice)
        var hello = WireHello()
        hello.workerID = id
        hello.kinds = self.kinds
        hello.queues = ["default", "narrow"]
        hello.credit = Int32(credit)
        hello.places = Int32(dice.number(0...credit))
        if reconciles { hello.reconciles = ["fx/"] }
        machine = WorkerMachine(hello: hello, drainTimeout: 300, at: SteadyTime(milliseconds: now))
    }
}

extension Simulation {
    mutating func tickWorker(_ index: Int) {
        agenda.add(.workerTick(index), at: max(now + 200, workers[index].hungUntil))
        guard workers[index].hungUntil <= now else { return }
        var dice = dice(.worker, UInt64(index), UInt64(now) &+ 1 << 32)
        // As its handlers go, it wants to hold more or fewer.
        if dice.percent(1) { tell(index, .credit(dice.number(0...6))) }
        // One that wants nothing does so for a while only.
        if dice.percent(5), workers[index].machine.credit == 0 { tell(index, .credit(workers[index].credit)) }
        tell(index, .tick)
    }

    /// Something happens to a worker's machine, and what it wants is done.
    mutating func tell(_ index: Int, _ event: WorkerMachine.Event) {
        var actions: [WorkerMachine.Action] = []
        workers[index].machine.handle(event, at: steady, into: &actions)
        while !actions.isEmpty {
            let round = actions
            actions = []
            for action in round { perform(action, of: index, &actions) }
        }
    }

    private mutating func perform(
        _ action: WorkerMachine.Action, of index: Int, _ actions: inout [WorkerMachine.Action]
    ) {
        switch action {
        case .send(let message):
            if !sendToBroker(message, from: .worker(index)) {
                workers[index].machine.handle(.unsent(message), at: steady, into: &actions)
            }
        case .run(let works): for work in works { begin(work, at: index) }
        case .stop(let id): stop(id, at: index)
        case .close: break
        case .interrupt: interrupt(index)
        case .answer(let answer, let number): answered(answer, number, at: index)
        case .parents(let answer, let number): answered(answer, number, at: index)
        case .reconcile(let effect): look(for: effect, at: index)
        case .note(let note): self.note("worker \(index): \(note)")
        case .leave: leave(index)
        }
    }

    mutating func takeAtWorker(_ index: Int, _ message: WireMessage) {
        tell(index, .message(message))
    }

    /// The process is gone, with all that it held; another takes its place.
    mutating func killWorker(_ index: Int, _ dice: inout Chance) {
        note("worker \(index) is killed")
        breakConnection(of: .worker(index), reconnectAfter: Int64(dice.number(100...2_000)))
        replaceWorker(index)
    }

    /// The process leaves in good order: by a signal, or because an operator asks the broker for it.
    mutating func drainWorker(_ index: Int) {
        guard strikes.isMultiple(of: 2), core != nil, brokerHungUntil <= now else {
            note("worker \(index) drains")
            return tell(index, .drain)
        }
        note("an operator drains worker \(index)")
        var drain = WireDrainWorkers()
        drain.ids = [workers[index].id]
        // Nobody waits for the answer.
        receive(WireMessage(.drainWorkers(drain)), from: peer(0))
    }

    private mutating func leave(_ index: Int) {
        note("worker \(index) has left")
        if let connection = workers[index].connection { parties[connection] = .departed }
        replaceWorker(index)
        agenda.add(.reconnect(.worker(index)), at: now + 300)
    }

    private mutating func replaceWorker(_ index: Int) {
        workers[index] = newWorker(index, life: workers[index].life + 1, kinds: workers[index].kinds)
    }

    func newWorker(_ index: Int, life: Int, kinds: [String]? = nil) -> SimulatedWorker {
        var dice = dice(.worker, UInt64(index), UInt64(life))
        return SimulatedWorker(index: index, life: life, kinds: kinds, at: now, &dice)
    }
}
