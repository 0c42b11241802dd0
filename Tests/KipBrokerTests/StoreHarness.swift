import Foundation
import KipCore
import KipStore
import Testing

@testable import KipBroker

/// The real core with the real store in a directory of its own, and virtual time: what a broker does, without its threads
/// and sockets. Every message passes the codec, every batch the disk.
final class StoreHarness {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString)").path
    private(set) var store: SQLiteJobStore?
    var core: BrokerCore
    let settings: BrokerSettings
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    var steady = SteadyTime(milliseconds: 5_000)
    /// While it is set nothing is written: what the core wants on disk is on its way there.
    var isDiskSlow = false {
        didSet { settle() }
    }
    /// Workers by name, with what they hold.
    var workers: [String: Hand] = [:]
    /// Everything that was handed out, in order.
    var begun: [Begin] = []
    /// What an operator should know.
    private(set) var notes: [BrokerNote] = []
    /// The keys of peers, by their names; the others need none.
    var identities: [String: PeerIdentity] = [:]
    /// What was answered since the last question.
    private(set) var answers: [WireMessage] = []
    private var requests: UInt64 = 0

    struct Hand {
        var hello: WireHello
        var session: UInt64
        /// Jobs in its hands, by id.
        var held: [String: WireLeasedJob] = [:]
    }

    struct Begin {
        var job: WireLeasedJob
        var payload: [UInt8]
        var worker: String
        var at: Timestamp
    }

    /// - Parameter edit: changes the settings; workers are never lost unless it says so, so that a test hears of nothing
    ///   but what it asks for.
    init(edit: (inout BrokerSettings) -> Void = { _ in }) throws {
        var settings = BrokerSettings()
        settings.leaseMilliseconds = 1_000_000_000_000
        // Else the core wakes up for its own sake, which hides what it forgot to wake up for.
        settings.prunes = false
        edit(&settings)
        self.settings = settings
        let store = try SQLiteJobStore(directory: directory)
        self.store = store
        let moment = Moment(wall: now, steady: steady)
        core = BrokerCore(
            settings: settings, recovered: try .load(from: store, by: settings.workingDays, at: now), seed: 1,
            at: moment)
        settle()
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var moment: Moment { Moment(wall: now, steady: steady) }

    /// Stops the broker and starts it anew on the same directory. Its workers went on, and come back with what they hold.
    func restart() throws {
        try restartWithoutWorkers()
        for name in workers.keys.sorted() { returns(name) }
    }

    /// As `restart`, but nobody is heard yet.
    func restartWithoutWorkers() throws {
        store?.close()
        store = nil
        let store = try SQLiteJobStore(directory: directory)
        self.store = store
        core = BrokerCore(
            settings: settings, recovered: try .load(from: store, by: settings.workingDays, at: now),
            seed: UInt64(now.milliseconds), at: moment)
        settle()
    }

    // MARK: Rounds

    /// Says something to the broker.
    /// - Returns: what it answers; nil = nothing (yet).
    @discardableResult
    func ask(_ body: WireHeader.OneOf_Body, payloads: [[UInt8]] = [], from peer: String = "client") -> WireMessage? {
        requests += 1
        answers = []
        let message = WireMessage(body, request: requests, payloads: payloads)
        do {
            let (decoded, _) = try WireCodec.decode(
                try WireCodec.encode(message, as: requests.isMultiple(of: 2) ? .protobuf : .json))
            var sender = CoreHarness.peer(peer)
            sender.identity = identities[peer]
            round([.message(decoded, from: sender)])
        } catch {
            Issue.record("the message does not pass the codec: \(error)")
        }
        return answers.last { $0.header.request == requests }
    }

    /// What is on its way to the slow disk cannot be written.
    func failWrites() {
        if core.takeBatch() != nil { round([.commitFailed(.full(path: directory))]) }
    }

    /// Nothing more is to be said, read or written.
    func settle() { round([]) }

    private func round(_ events: [Event]) {
        var events = events
        repeat {
            var effects: [Effect] = []
            for event in events { core.handle(event, at: moment, into: &effects) }
            core.handle(.timer, at: moment, into: &effects)
            core.dispatch(into: &effects)
            notes += core.takeNotes()
            events = effects.compactMap { perform($0) }
            if !isDiskSlow, let batch = core.takeBatch() { events.append(write(batch)) }
        } while !events.isEmpty
    }

    private func write(_ batch: [Mutation]) -> Event {
        do throws(StoreError) {
            return .committed(try store!.apply(batch))
        } catch {
            return .commitFailed(error)
        }
    }

    private func perform(_ effect: Effect) -> Event? {
        switch effect {
        case .send(let message, let peer):
            deliver(message, to: String(decoding: peer.routingID, as: UTF8.self))
            return nil
        case .ask(let question, let request, _):
            do {
                var message = try store!.answer(question).message(request: request)
                core.explain(&message, at: moment)
                answers.append(message)
            } catch {
                Issue.record("the store gave no answer: \(error)")
            }
            return nil
        case .refill(let lane, let limit, let bytes, let generation):
            let waiting = try? store!.available(lane: lane, limit: limit, bytes: bytes)
            return waiting.map { .refilled(lane, $0, generation: generation) } ?? .refillFailed(lane)
        case .promote(let limit): return .promoted(try? store!.promote(upTo: now, limit: limit))
        }
    }

    private func deliver(_ message: WireMessage, to peer: String) {
        switch message.header.body {
        case .work(let work):
            for (job, payload) in zip(work.jobs, message.payloads) {
                #expect(workers[peer]?.held[job.id] == nil, "job \(job.id) was handed out twice")
                workers[peer]?.held[job.id] = job
                begun.append(Begin(job: job, payload: payload, worker: peer, at: now))
            }
        case .revoked(let revoked):
            for held in revoked.jobs { workers[peer]?.held[held.id] = nil }
        default: answers.append(message)
        }
    }

    // MARK: Time

    /// Lets time pass as a broker does that sleeps until its core wants to be woken.
    func pass(milliseconds: Int64) {
        var rest = milliseconds
        var sleepless = 0
        while rest > 0 {
            let sleep = min(rest, core.wait(at: moment) ?? rest)
            sleepless = sleep == 0 ? sleepless + 1 : 0
            guard sleepless < 10 else {
                Issue.record("the core wants to be woken again and again without any time between")
                now = now.advanced(byMilliseconds: rest)
                steady = steady.advanced(byMilliseconds: rest)
                return settle()
            }
            rest -= sleep
            now = now.advanced(byMilliseconds: sleep)
            steady = steady.advanced(byMilliseconds: sleep)
            settle()
        }
    }

    func pass(seconds: Int64) { pass(milliseconds: seconds * 1_000) }

    /// Somebody sets the wall clock.
    func setClock(byMilliseconds delta: Int64) {
        now = now.advanced(byMilliseconds: delta)
        settle()
    }
}

extension [StoreHarness.Begin] {
    var ids: [String] { map(\.job.id) }
}
