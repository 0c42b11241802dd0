import KipBroker
import KipCore
import KipStore

/// The keys of a world in which peers need one.
struct PeerKeys: Sendable {
    /// One for each place of a worker: the processes that have it one after the other share it.
    var workers: [PeerIdentity]
    /// Clients and operators.
    let clients: PeerIdentity
    let hostileWorker: PeerIdentity
    let hostileProducer: PeerIdentity

    /// - Parameters:
    ///   - kinds: of each worker.
    ///   - acting: whether each worker may act on the world.
    ///   - ignoresEffects: the right to an effect is not looked at; a mutant.
    init(kinds: [[String]], acting: [Bool], ignoresEffects: Bool) {
        workers = zip(kinds, acting).enumerated().map { index, worker in
            PeerIdentity(
                Rights(
                    name: "worker \(index)", key: "key of worker \(index)", role: .worker, kinds: worker.0,
                    queues: ["default", "narrow"], effects: worker.1 || ignoresEffects ? ["fx/"] : nil))
        }
        clients = PeerIdentity(Rights(name: "clients", key: "key of clients", role: .operator))
        hostileWorker = PeerIdentity(
            Rights(
                name: "stranger", key: "key of a stranger", role: .worker, kinds: [HostilePeer.kind],
                queues: ["default"], effects: ignoresEffects ? [""] : [HostilePeer.effects]))
        hostileProducer = PeerIdentity(
            Rights(
                name: "strange producer", key: "key of a strange producer", role: .producer,
                kinds: [HostilePeer.kind], queues: ["default"]))
    }

    func key(of party: Party) -> PeerIdentity? {
        switch party {
        case .worker(let index): workers[index]
        case .client: clients
        case .departed: nil
        }
    }
}

extension Simulation {
    var hostileKey: String { keys?.hostileWorker.rights.key ?? "" }

    mutating func makeKeys() {
        var dice = dice(.world, 1)
        // The first may do all, so that every job ends.
        let acting = workers.indices.map { $0 < 2 || dice.percent(60) }
        let keys = PeerKeys(
            kinds: workers.map(\.kinds), acting: acting, ignoresEffects: mutant?.around == .ignoresEffectRights)
        self.keys = keys
        settings.recordsWorkerOwners = true
        keyByConnection[0] = keys.clients
        keyByConnection[HostilePeer.connection] = keys.hostileWorker
        keyByConnection[HostilePeer.producer] = keys.hostileProducer
    }

    /// A message is held against its sender's rights before the core has it, as the shell does (`RouterThread.pass`).
    mutating func receive(_ message: WireMessage, from peer: Peer) {
        var message = message
        do throws(Refusal) {
            if let identity = peer.identity {
                try message.validateRareBody()
                try identity.admit(&message)
            }
        } catch {
            return round(.rejected(error, request: message.request, from: peer))
        }
        if HostilePeer.owns(connection(of: peer)) { lookAtHostile(message, from: peer) }
        round(.message(message, from: peer))
    }

    /// What the broker would write after a word of the hostile peer, and would not have written without it, ends no attempt
    /// of others.
    private mutating func lookAtHostile(_ message: WireMessage, from peer: Peer) {
        guard var before = core, var after = core else { return }
        var effects: [Effect] = []
        after.handle(.message(message, from: peer), at: moment, into: &effects)
        let known = Set((before.takeBatch() ?? []).compactMap(\.endedJob))
        for id in (after.takeBatch() ?? []).compactMap(\.endedJob) where !known.contains(id) {
            guard let row = store.rows[id], row.lane.kind != HostilePeer.kind else { continue }
            audit.report("the hostile peer's word ends attempt \(row.job.attempt) of job \(id)")
        }
    }

    /// The broker's answers to the hostile peer contain nothing about other peers.
    mutating func answerHostilePeer(_ message: WireMessage) {
        switch message.header.body {
        case .welcome(let welcome):
            let id = hostile.greetings[message.request] ?? hostile.id
            if let owner = audit.owners[id], owner != hostileKey {
                audit.report("the hostile peer is welcomed as worker \(id), which belongs to the \(owner)")
            }
            if id == hostile.id { hostile.session = welcome.session }
        case .work(let work):
            for job in work.jobs {
                guard let id = JobID(job.id) else { continue }
                checkOwn(id, "is handed")
                hostile.work.append(HandlerID(job: id, attempt: job.attempt))
            }
        case .enqueued(let enqueued):
            for id in enqueued.jobs.compactMap({ JobID($0.id) }) {
                checkOwn(id, "learns of")
                audit.confirm(id, store)
            }
        case .effectStanding(let standing):
            if let id = JobID(standing.jobID) { checkOwn(id, "learns of") }
            guard let key = hostile.begun[message.request], !key.hasPrefix(HostilePeer.effects) else { return }
            audit.report("the hostile peer hears of the effect \(key): \(standing.standing)")
        case .reconcileEffect(let ask) where !ask.key.hasPrefix(HostilePeer.effects):
            audit.report("the hostile peer is asked about the effect \(ask.key)")
        case .error(let error):
            if error.code == Refusal.Code.unknownSession.rawValue { hostile.session = nil }
            guard hostile.guesses.contains(message.request) else { return }
            for word in error.message.split(whereSeparator: { !$0.isHexDigit && $0 != "-" }) {
                if let id = JobID(String(word)) { checkOwn(id, "learns of") }
            }
        default: break
        }
    }

    private mutating func checkOwn(_ id: JobID, _ what: String) {
        guard let row = store.rows[id], row.lane.kind != HostilePeer.kind else { return }
        audit.report("the hostile peer \(what) job \(id) of kind \(row.lane.kind)")
    }
}

extension Audit {
    /// The stored owners of workers' ids, and the stored effects of the hostile peer.
    mutating func lookAtRights(_ batch: [Mutation], _ outcomes: [WriteOutcome], _ store: ModelStore, _ hostile: String)
    {
        for case .recordWorkerOwner(let owner) in batch {
            if let known = owners[owner.worker], known != owner.publicKey {
                report("worker \(owner.worker), which belonged to the \(known), belongs to the \(owner.publicKey) now")
            }
            owners[owner.worker] = owner.publicKey
        }
        for case .removeWorkerOwners(let workers) in batch { for worker in workers { owners[worker] = nil } }
        for (mutation, outcome) in zip(batch.lazy.filter(\.hasOutcome), outcomes) {
            guard case .settleEffect(let word) = mutation, case .settled = outcome,
                word.worker?.credential?.publicKey == hostile, let effect = store.effects[word.key],
                store.rows[effect.job]?.lane.kind != HostilePeer.kind
            else { continue }
            report("the hostile peer's word of the effect \(word.key) is taken")
        }
    }
}

extension Mutation {
    /// The job whose attempt it ends.
    fileprivate var endedJob: JobID? {
        switch self {
        case .finish(let finish): finish.id
        case .again(let again): again.id
        case .park(let park): park.id
        case .cancel(let id, _, _): id
        default: nil
        }
    }
}
