import KipBroker
import KipClient
import KipCore
import KipStore
import KipWorker

/// The way of jobs through the very code of client, broker, store and worker, on one thread: without sockets, which are
/// libzmq's, and without the tasks in which handlers run, which are Swift's. What is counted of it is the same on every
/// machine of a kind, however busy.
final class Lifecycle {
    private let store: SQLiteJobStore
    private var core: BrokerCore
    private var client = ClientMachine(endpoint: "none", timeout: 30_000)
    private var worker: WorkerMachine
    private let payload = [UInt8](repeating: 7, count: 200)
    private let producer = [UInt8](repeating: 1, count: 5)
    private let consumer = [UInt8](repeating: 2, count: 5)
    private var meter = Meter()

    /// How much each part has cost so far.
    var costs: [Part: UInt64] { meter.allocations }

    /// - Parameter directory: for the database; it must be there.
    /// - Throws: `StoreError`, or `Broken` where the worker is not welcomed.
    init(directory: String) throws {
        let now = Moment.now()
        store = try SQLiteJobStore(directory: directory)
        core = BrokerCore(settings: BrokerSettings(), recovered: Recovered(), seed: 1, at: now)
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.name = "cost"
        hello.kinds = ["kip-cost"]
        hello.credit = 8_000
        hello.places = 64
        worker = WorkerMachine(hello: hello, drainTimeout: 1_000, at: now.steady)
        try greet(at: now)
    }

    /// Takes jobs from the call to the end, as when many are under way: all at once through each station.
    /// - Throws: `StoreError`, or `Broken` where one of them did not come through.
    func run(jobs: Int) throws {
        let now = Moment.now()
        let asked = try enqueue(jobs, at: now)
        let confirmed = try broker(asked, of: producer, at: now)
        guard try take(confirmed.to(producer), at: now) == jobs else { throw Broken.at("confirmation") }
        let results = try work(confirmed.to(consumer), jobs, at: now)
        _ = try broker(results, of: consumer, at: now)
        try meter.measure(.storage) { try store.merge(all: false) }
    }

    /// Writes the rows that are still to be written, which belong to the cost of what went before.
    func settle() throws {
        try meter.measure(.storage) { try store.merge(all: true) }
    }

    // MARK: The stations

    private func enqueue(_ jobs: Int, at now: Moment) throws -> [[[UInt8]]] {
        try meter.measure(.client) {
            let deadline = now.steady.advanced(byMilliseconds: 30_000)
            let singles = (0..<jobs).map { number in
                ClientMachine.SingleJob(
                    caller: UInt64(number), JobRequest(kind: "kip-cost", payload: payload).form, payload: payload,
                    deadline: deadline)
            }
            var actions: [ClientMachine.Action] = []
            client.handle(.asked([], singles), at: now.steady, into: &actions)
            return try actions.compactMap { action in
                guard case .send(let message) = action else { return nil }
                return try WireCodec.encode(message, as: .protobuf)
            }
        }
    }

    /// What goes out when the broker has heard messages and its disk has what they bring about.
    private func broker(_ messages: [[[UInt8]]], of peer: [UInt8], at now: Moment) throws -> Outgoing {
        var effects: [Effect] = []
        let batch = try meter.measure(.router) {
            for frames in messages {
                core.handle(IncomingFrames.event([peer] + frames), at: now, into: &effects)
            }
            core.handle(.timer, at: now, into: &effects)
            core.dispatch(into: &effects)
            return core.takeBatch()
        }
        let applied = try meter.measure(.storage) { try store.apply(batch ?? []) }
        return try meter.measure(.router) {
            core.handle(.committed(applied), at: now, into: &effects)
            core.dispatch(into: &effects)
            return try Outgoing(effects)
        }
    }

    private func take(_ messages: [[[UInt8]]], at now: Moment) throws -> Int {
        try meter.measure(.client) {
            var actions: [ClientMachine.Action] = []
            for frames in messages {
                client.handle(.message(try WireCodec.decode(frames).0), at: now.steady, into: &actions)
            }
            return actions.count { if case .enqueued(.success, _) = $0 { true } else { false } }
        }
    }

    private func work(_ messages: [[[UInt8]]], _ jobs: Int, at now: Moment) throws -> [[[UInt8]]] {
        try meter.measure(.worker) {
            var actions: [WorkerMachine.Action] = []
            for frames in messages {
                worker.handle(.message(try WireCodec.decode(frames).0), at: now.steady, into: &actions)
            }
            var finished: [FinishedWork] = []
            for case .run(let works) in actions {
                finished += works.map { FinishedWork($0, result: [], children: []) }
            }
            guard finished.count == jobs else { throw Broken.at("worker") }
            actions = []
            worker.handle(.finished(finished), at: now.steady, into: &actions)
            return try Outgoing.frames(of: actions)
        }
    }

    private func greet(at now: Moment) throws {
        var actions: [WorkerMachine.Action] = []
        worker.handle(.tick, at: now.steady, into: &actions)
        let answers = try broker(Outgoing.frames(of: actions), of: consumer, at: now)
        actions = []
        for frames in answers.to(consumer) {
            worker.handle(.message(try WireCodec.decode(frames).0), at: now.steady, into: &actions)
        }
        guard worker.session != nil else { throw Broken.at("greeting") }
    }
}
