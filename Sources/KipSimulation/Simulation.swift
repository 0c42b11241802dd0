import KipBroker
import KipCore
import KipStore

/// A world in which the real core of the broker lives through a seed's worth of crashes, breaks and slow disks: a disk
/// that keeps what was committed, connections that break as ZeroMQ's do (in order, with all that was under way), workers
/// and clients that speak KIP/1. The same seed gives the same world.
///
/// For 40 s of its time there are faults; then they stop, and all must come to its end.
public struct Simulation: Sendable {
    /// What a run came to.
    public struct Outcome: Sendable, Equatable {
        /// Which run.
        public var seed: UInt64
        /// Things that happened.
        public var events: Int
        /// Confirmed jobs or recorded results that were not there, or never ended.
        public var lost: Int
        /// Jobs that ran or exist twice and should not.
        public var doubled: Int
        /// Broken promises, in words.
        public var violations: [String]
        /// What happened, where it was asked for.
        public var trace: [String]
    }

    static let start: Int64 = 1_700_000_000_000
    static let faultsEnd: Int64 = 40_000
    static let patience: Int64 = 900_000

    let seed: UInt64
    let mutant: Mutant?
    let isTraced: Bool
    var settings = BrokerSettings()

    var now: Int64 = 0
    var agenda = Agenda()
    var chance: Chance
    var audit = Audit()
    var trace: [String] = []
    var events = 0
    var isCalm = false

    // The broker and its disk
    var core: BrokerCore?
    var life = 0
    var store = ModelStore()
    var tasks: [DiskTask] = []
    var writing = 0
    var timerAt: Int64?
    var diskFullUntil: Int64 = 0

    // The network
    var parties: [Int: Party] = [:]
    var nextConnection = 0
    var lastArrival: [Arrival: Int64] = [:]

    var workers: [SimulatedWorker] = []
    var clients: [SimulatedClient] = []
    var nextOrder = 0
    /// How often each effect happened.
    var world: [String: Int] = [:]
    /// By how much the wall clock is wrong.
    var clockOffset: Int64 = 0

    struct Arrival: Hashable {
        var connection: Int
        var isToBroker: Bool
    }

    init(seed: UInt64, mutant: Mutant?, isTraced: Bool) {
        self.seed = seed
        self.mutant = mutant
        self.isTraced = isTraced
        chance = Chance(generator: SplitMix64(seed: seed))
        settings.heartbeatMilliseconds = 1_000
        settings.leaseMilliseconds = 5_000
        settings.windowJobs = 8
        settings.turnJobs = 3
        store.forgetsKeys = mutant == .forgetsKeys
        store.forgetsIntents = mutant == .forgetsIntents
        store.forgetsLosses = mutant == .forgetsLosses
    }

    /// Runs a seed.
    /// - Parameters:
    ///   - seed: which world.
    ///   - mutant: what to break in it on purpose.
    ///   - isTraced: whether to note everything that happens; slower.
    public static func run(seed: UInt64, mutant: Mutant? = nil, isTraced: Bool = false) -> Outcome {
        var simulation = Simulation(seed: seed, mutant: mutant, isTraced: isTraced)
        simulation.run()
        return Outcome(
            seed: seed, events: simulation.events, lost: simulation.audit.lost, doubled: simulation.audit.doubled,
            violations: simulation.audit.violations, trace: simulation.trace)
    }

    /// The wall clock, which is put forward and back.
    var time: Timestamp { Timestamp(milliseconds: Self.start + now + clockOffset) }
    /// The clock that only goes forward.
    var steady: SteadyTime { SteadyTime(milliseconds: now) }
    var moment: Moment { Moment(wall: time, steady: steady) }

    private mutating func run() {
        setUp()
        while let (at, happening) = agenda.next() {
            now = at
            events += 1
            happen(happening)
            if !audit.violations.isEmpty { return }
            if isCalm, now >= Self.faultsEnd + 3_000, case .look = happening, isQuiet { break }
            if now > Self.patience { break }
        }
        audit.look(at: store)
        audit.end(store, world, unanswered: clients.reduce(0) { $0 + $1.asks.count })
    }

    private mutating func setUp() {
        for index in 0..<chance.number(2...4) {
            workers.append(SimulatedWorker(index: index, life: 0, at: 0, chance: &chance))
            agenda.add(.reconnect(.worker(index)), at: Int64(chance.number(0...200)))
            agenda.add(.workerTick(index), at: 1)
        }
        for index in 0..<2 {
            clients.append(SimulatedClient(index: index))
            agenda.add(.reconnect(.client(index)), at: Int64(chance.number(0...200)))
            agenda.add(.clientTick(index), at: Int64(chance.number(1...100)))
        }
        agenda.add(.brokerStarts, at: 0)
        agenda.add(.fault, at: Int64(chance.number(200...2_000)))
        agenda.add(.look, at: 500)
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .toBroker(let connection, let message): arriveAtBroker(connection, message)
        case .toPeer(let connection, let message): arriveAtPeer(connection, message)
        case .reconnect(let party): reconnect(party)
        case .diskIsDone(let life): if life == self.life { finishTask() }
        case .brokerTimer(let life): if life == self.life { tick() }
        case .brokerStarts: startBroker()
        case .workerTick(let index): tickWorker(index)
        case .handlerSteps(let worker, let life, let id): stepHandler(id, at: worker, life: life)
        case .clientTick(let index): tickClient(index)
        case .fault: strike()
        case .look:
            audit.look(at: store)
            decide()
            agenda.add(.look, at: now + 500)
        }
    }

    private var isQuiet: Bool {
        core != nil && clients.allSatisfy(\.asks.isEmpty) && store.rows.values.allSatisfy(\.state.isTerminal)
    }

    mutating func note(_ text: @autoclosure () -> String) {
        if isTraced { trace.append("\(now) ms  \(text())") }
    }
}
