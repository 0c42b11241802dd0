import KipCore

/// A worker that speaks KIP/1 as `WorkerSession` does.
struct SimulatedWorker: Sendable {
    struct Held: Sendable {
        var attempt: Int
        var since: Int64
        /// nil = its handler runs.
        var result: WireResult?
        var payloads: [[UInt8]] = []
    }

    let index: Int
    var id: String
    var kinds: [String]
    var credit: Int
    var connection: Int?
    var isAlive = true
    var hungUntil: Int64 = 0
    var session: UInt64?
    var greetAt: Int64 = 0
    /// The number of its last hello.
    var greeting: UInt64 = 0
    var nextBeat: Int64 = 0
    var lastHeard: Int64 = 0
    var held: [JobID: Held] = [:]

    /// The first takes all kinds, so that every job finds one in the end.
    init(index: Int, chance: inout Chance) {
        self.index = index
        id = JobID(at: Timestamp(milliseconds: Simulation.start), using: &chance.generator).description
        kinds = index == 0 ? ["a", "b"] : chance.percent(50) ? ["a"] : ["a", "b"]
        credit = chance.number(1...6)
    }
}

extension Simulation {
    mutating func tickWorker(_ index: Int) {
        agenda.add(.workerTick(index), at: max(now + 200, workers[index].hungUntil))
        guard workers[index].isAlive, workers[index].hungUntil <= now else { return }
        if workers[index].session != nil, now - workers[index].lastHeard > settings.leaseMilliseconds {
            workers[index].session = nil
            workers[index].greetAt = now
        }
        if workers[index].session == nil {
            if now >= workers[index].greetAt { greet(index) }
        } else if now >= workers[index].nextBeat {
            beat(index)
        }
    }

    private mutating func greet(_ index: Int) {
        let worker = workers[index]
        var hello = WireHello()
        hello.workerID = worker.id
        hello.kinds = worker.kinds
        hello.credit = Int32(worker.credit)
        hello.holding = worker.held.sorted { $0.key < $1.key }.map { id, held in
            var word = WireHeld()
            word.id = id.description
            word.attempt = Int32(held.attempt)
            return word
        }
        workers[index].greeting += 1
        let isSent = sendToBroker(
            WireMessage(.hello(hello), request: workers[index].greeting), from: .worker(index))
        workers[index].greetAt = now + (isSent ? 2_000 : 100)
    }

    private mutating func beat(_ index: Int) {
        var heartbeat = WireHeartbeat()
        heartbeat.workerID = workers[index].id
        heartbeat.session = workers[index].session ?? 0
        _ = sendToBroker(WireMessage(.heartbeat(heartbeat)), from: .worker(index))
        workers[index].nextBeat = now + settings.heartbeatMilliseconds
    }

    mutating func takeAtWorker(_ index: Int, _ message: WireMessage) {
        guard workers[index].isAlive else { return }
        workers[index].lastHeard = now
        switch message.header.body {
        case .welcome(let welcome) where message.header.request == workers[index].greeting:
            workers[index].session = welcome.session
            workers[index].nextBeat = now + settings.heartbeatMilliseconds
            for word in welcome.refused { drop(word, at: index) }
            for (id, _) in workers[index].held.sorted(by: { $0.key < $1.key }) { sendResult(index, id) }
        case .work(let work): begin(work, at: index)
        case .recorded(let recorded):
            for result in recorded.results {
                guard let id = JobID(result.id), workers[index].held[id]?.attempt == Int(result.attempt) else {
                    continue
                }
                workers[index].held[id] = nil
            }
        case .revoked(let revoked): for word in revoked.jobs { drop(word, at: index) }
        case .error(let refused) where refused.code == Refusal.Code.unknownSession.rawValue:
            workers[index].session = nil
            workers[index].greetAt = now
        default: break
        }
    }

    private mutating func drop(_ word: WireHeld, at index: Int) {
        guard let id = JobID(word.id), workers[index].held[id]?.attempt == Int(word.attempt) else { return }
        workers[index].held[id] = nil
    }

    private mutating func begin(_ work: WireWork, at index: Int) {
        guard work.session == workers[index].session else { return }
        for job in work.jobs {
            guard let id = JobID(job.id) else { continue }
            if let held = workers[index].held[id], held.attempt >= Int(job.attempt) { continue }
            for other in workers where other.index != index && other.isAlive {
                guard let held = other.held[id], held.result == nil else { continue }
                // The one with the older attempt must have been silent for a lease.
                let isOlder = held.attempt < Int(job.attempt)
                audit.begin(
                    id, beside: isOlder ? other.index : index, since: isOlder ? held.since : now, at: now,
                    lease: settings.leaseMilliseconds)
            }
            note("worker \(index) begins \(id) attempt \(job.attempt)")
            workers[index].held[id] = SimulatedWorker.Held(attempt: Int(job.attempt), since: now)
            let duration = chance.percent(5) ? chance.number(3_000...9_000) : chance.number(1...400)
            agenda.add(.jobEnds(worker: index, id, attempt: Int(job.attempt)), at: now + Int64(duration))
        }
    }

    mutating func endJob(_ index: Int, _ id: JobID, _ attempt: Int) {
        guard workers[index].isAlive, let held = workers[index].held[id], held.attempt == attempt, held.result == nil
        else { return }
        if workers[index].hungUntil > now {
            return agenda.add(.jobEnds(worker: index, id, attempt: attempt), at: workers[index].hungUntil)
        }
        var result = WireResult()
        result.id = id.description
        result.attempt = Int32(attempt)
        var payloads: [[UInt8]] = []
        switch chance.number(0...99) {
        case ..<20:
            result.outcome = .failed
            result.error = "it failed"
            payloads = [[]]
        case ..<25:
            result.outcome = .givenBack
            payloads = [[]]
        case ..<28:
            result.outcome = .discarded
            result.error = "it is of no use"
            payloads = [[]]
        default:
            result.outcome = .succeeded
            payloads = addChildren(to: &result, of: id, attempt)
        }
        workers[index].held[id]?.result = result
        workers[index].held[id]?.payloads = payloads
        note("worker \(index) ends \(id) attempt \(attempt): \(result.outcome)")
        sendResult(index, id)
    }

    private mutating func addChildren(to result: inout WireResult, of id: JobID, _ attempt: Int) -> [[UInt8]] {
        let count = isCalm || !chance.percent(15) ? 0 : chance.number(1...3)
        var children: [JobID] = []
        for _ in 0..<count {
            let child = JobID(at: time, using: &chance.generator)
            children.append(child)
            result.children.append(newJob(child))
        }
        return [ResultNote.text(attempt: attempt, children: children)] + children.map { _ in JobNote.child(of: id) }
    }

    private mutating func sendResult(_ index: Int, _ id: JobID) {
        guard let session = workers[index].session, let held = workers[index].held[id], let result = held.result
        else { return }
        var results = WireResults()
        results.workerID = workers[index].id
        results.session = session
        results.results = [result]
        if !sendToBroker(WireMessage(.results(results), payloads: held.payloads), from: .worker(index)) {
            workers[index].session = nil
            workers[index].greetAt = now + 100
        }
    }

    /// The process is gone, with all that it held; another takes its place.
    mutating func killWorker(_ index: Int) {
        note("worker \(index) is killed")
        breakConnection(of: .worker(index), reconnectAfter: Int64(chance.number(100...2_000)))
        var fresh = SimulatedWorker(index: index, chance: &chance)
        fresh.kinds = workers[index].kinds
        workers[index] = fresh
    }

    /// The process leaves in good order: handlers are given back, then it says goodbye; another takes its place.
    mutating func drainWorker(_ index: Int) {
        guard let session = workers[index].session else { return }
        note("worker \(index) drains")
        var goodbye = WireGoodbye()
        goodbye.workerID = workers[index].id
        goodbye.session = session
        _ = sendToBroker(WireMessage(.goodbye(goodbye)), from: .worker(index))
        var fresh = SimulatedWorker(index: index, chance: &chance)
        fresh.kinds = workers[index].kinds
        if let connection = workers[index].connection { parties[connection] = .departed }
        workers[index] = fresh
        agenda.add(.reconnect(.worker(index)), at: now + Int64(chance.number(50...500)))
    }
}
