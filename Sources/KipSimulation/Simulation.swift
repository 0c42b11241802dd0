import KipBroker
import KipCore
import KipStore

/// A world in which the real core of the broker lives through a seed's worth of crashes, breaks and slow disks: a disk
/// that keeps what was committed, connections that break as ZeroMQ's do (in order, with all that was under way), workers
/// and clients that speak KIP/1. The same seed gives the same world.
///
/// For up to 40 s of its time there are faults (60 s where ended jobs are taken away); then they stop, and all must come to its end. Processes that start anew
/// may speak another dialect of the wire: a later release's, or a script's JSON.
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
    static let patience: Int64 = 900_000
    /// How long ended jobs are kept in worlds in which they are taken away: longer than anybody still speaks of them.
    static let keep: Int64 = 35_000

    let seed: UInt64
    let mutant: Mutant?
    let isTraced: Bool
    /// Faults and requests that are made; nil = all.
    let only: Set<Move>?
    /// Ended jobs are taken away.
    let isPruned: Bool
    /// Some jobs kill their workers.
    let hasKillers: Bool
    /// Messages often have two jobs with one of few unique keys, which come free when their jobs are done.
    let hasTwins: Bool
    /// Peers need keys, which allow them some things.
    let needsKeys: Bool
    /// Backups are made, and restored.
    let keepsCopies: Bool
    /// How long things go wrong, in milliseconds.
    let faultsEnd: Int64
    var settings = BrokerSettings()

    var now: Int64 = 0
    var agenda = Agenda()
    var audit = Audit()
    var trace: [String] = []
    var events = 0
    var isCalm = false
    /// Those that were made.
    var moves: [Move] = []
    var strikes = 0
    var looks = 0

    // The broker and its disk
    var core: BrokerCore?
    var brokerDialect = Dialect.present
    /// It hands nothing out, as its database was restored from a backup.
    var isHeld = false
    var journals = Journals()
    /// It stands still, as SIGSTOP does.
    var brokerHungUntil: Int64 = 0
    var diskTasks: UInt64 = 0
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
    /// Messages between a party and the broker so far.
    var carried: [Party: UInt64] = [:]
    /// nil = nobody needs a key.
    var keys: PeerKeys?
    var keyByConnection: [Int: PeerIdentity] = [:]

    var workers: [SimulatedWorker] = []
    var clients: [SimulatedClient] = []
    var clientTicks: [Int] = []
    /// How often each effect happened.
    var world: [String: Int] = [:]
    var hostile: HostilePeer
    /// A batch whose commit failed so that nobody knows whether it is on disk.
    var unknownBatch: [Mutation]?
    /// By how much the wall clock is wrong.
    var clockOffset: Int64 = 0

    struct Arrival: Hashable {
        var connection: Int
        var isToBroker: Bool
    }

    private init(seed: UInt64, mutant: Mutant?, only: Set<Move>?, isTraced: Bool) {
        self.seed = seed
        self.mutant = mutant
        self.isTraced = isTraced
        self.only = only
        var world = Chance(generator: SplitMix64(seed: seed))
        hostile = HostilePeer(id: JobID(at: Timestamp(milliseconds: Self.start), using: &world.generator).description)
        // A world in which jobs are taken away lives longer, as they are kept for a while.
        isPruned = seed % 16 == 1
        hasKillers = seed % 4 == 3
        hasTwins = seed % 8 == 5
        needsKeys = seed % 3 != 0
        keepsCopies = seed % 5 == 3 && !isPruned
        faultsEnd = Int64(isPruned ? world.number(45_000...60_000) : world.number(3_000...40_000))
        settings.broken = mutant?.inCore
        settings.heartbeatMilliseconds = 1_000
        settings.leaseMilliseconds = 5_000
        settings.windowJobs = 8
        settings.correctedAtOnce = 3
        settings.prunes = isPruned
        settings.keepMilliseconds = Self.keep
        settings.knownNames = seed % 4 == 2 ? 0 : 3
        settings.turnJobs = 3
        store.forgetsKeys = mutant?.around == .storesKeysTwice
        store.forgetsIntents = mutant?.around == .forgetsIntents
        store.forgetsLosses = mutant?.around == .storesNoLosses
        store.forgetsParents = mutant?.around == .forgetsParents
        store.forgetsPlaces = mutant?.around == .forgetsPlaces
        store.forgetsHolds = mutant?.around == .forgetsHolds
        store.forgetsRooms = mutant?.around == .forgetsRooms
        store.keepsDoneKeys = mutant?.around == .keepsDoneKeys
        store.letsNobodyIn = mutant?.around == .letsNobodyIn
        store.reopensNobody = mutant?.around == .reopensNobody
        store.prunesTooMuch = mutant?.around == .prunesTooMuch
        store.forgetsDependents = mutant?.around == .forgetsDependents
    }

    /// Runs a seed.
    /// - Parameters:
    ///   - seed: which world.
    ///   - mutant: what to break in it on purpose.
    ///   - isTraced: whether to note everything that happens; slower.
    public static func run(seed: UInt64, mutant: Mutant? = nil, isTraced: Bool = false) -> Outcome {
        finished(seed: seed, mutant: mutant, isTraced: isTraced).outcome
    }

    static func finished(
        seed: UInt64, mutant: Mutant?, only: Set<Move>? = nil, isTraced: Bool = false
    ) -> Simulation {
        var simulation = Simulation(seed: seed, mutant: mutant, only: only, isTraced: isTraced)
        simulation.run()
        return simulation
    }

    var outcome: Outcome {
        Outcome(
            seed: seed, events: events, lost: audit.lost, doubled: audit.doubled, violations: audit.violations,
            trace: trace)
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
            store.rows.now = at
            events += 1
            happen(happening)
            if !audit.violations.isEmpty { return }
            if isCalm, now >= faultsEnd + 3_000, case .look = happening, isQuiet { break }
            if now > Self.patience { break }
        }
        audit.lookAtAll(store)
        audit.end(store, world, unanswered: clients.reduce(0) { $0 + $1.wishes.count }, at: time)
    }

    /// Whether a fault or a request is made in this world.
    mutating func makes(_ move: Move) -> Bool {
        guard only?.contains(move) ?? true else { return false }
        moves.append(move)
        return true
    }

    private mutating func setUp() {
        var dice = dice(.world)
        for index in 0..<dice.number(2...4) {
            workers.append(newWorker(index, life: 0))
            agenda.add(.reconnect(.worker(index)), at: Int64(dice.number(0...200)))
            agenda.add(.workerTick(index), at: 1)
        }
        if needsKeys { makeKeys() }
        for index in 0..<2 {
            clients.append(SimulatedClient(index: index, life: 0, dialect: .any(&dice)))
            clientTicks.append(0)
            agenda.add(.reconnect(.client(index)), at: Int64(dice.number(0...200)))
            agenda.add(.clientTick(index), at: Int64(dice.number(1...100)))
        }
        agenda.add(.brokerStarts, at: 0)
        agenda.add(.fault, at: Int64(dice.number(200...2_000)))
        agenda.add(.hostile, at: Int64(dice.number(100...1_000)))
        if keepsCopies { agenda.add(.copy, at: Int64(dice.number(500...3_000))) }
        agenda.add(.look, at: 500)
    }

    private mutating func happen(_ happening: Happening) {
        switch happening {
        case .toBroker(let connection, let message): arriveAtBroker(connection, message)
        case .toPeer(let connection, let message): arriveAtPeer(connection, message)
        case .reconnect(let party): reconnect(party)
        case .diskIsDone(let life):
            if life == self.life { if stands(.diskIsDone(life: life)) { return } else { finishTask() } }
        case .brokerTimer(let life):
            if life == self.life { if stands(.brokerTimer(life: life)) { return } else { tick() } }
        case .brokerWakes(let life, let after): if life == self.life { wakeBroker(after: after) }
        case .brokerHesitates(let life): if life == self.life { hesitate() }
        case .brokerStarts: startBroker()
        case .workerTick(let index): tickWorker(index)
        case .handlerSteps(let worker, let life, let id): stepHandler(id, at: worker, life: life)
        case .clientTick(let index): tickClient(index)
        case .clientAsksAgain(let index, let life, let caller): askAgain(caller, of: index, life: life)
        case .fault: strike()
        case .hostile: stepHostilePeer()
        case .copy: makeCopy()
        case .reconciles(let life): if life == self.life { stopToReconcile() }
        case .look:
            audit.look(at: &store)
            lookForWaiting()
            decide()
            agenda.add(.look, at: now + 500)
        }
    }

    /// A broker that stands still does nothing now; it does it when it goes on.
    mutating func stands(_ happening: Happening) -> Bool {
        guard brokerHungUntil > now else { return false }
        agenda.add(happening, at: brokerHungUntil)
        return true
    }

    private var isQuiet: Bool {
        core != nil && clients.allSatisfy(\.wishes.isEmpty) && store.rows.haveEnded
    }

    mutating func note(_ text: @autoclosure () -> String) {
        if isTraced { trace.append("\(now) ms  \(text())") }
    }
}
