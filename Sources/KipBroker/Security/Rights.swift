import KipCore

/// What the owner of a key may do.
public struct Rights: Sendable, Equatable, Codable {
    /// What somebody is here.
    public enum Role: String, Sendable, Codable, CaseIterable {
        /// Enqueues jobs and asks after them.
        case producer
        /// Runs jobs.
        case worker
        /// May do everything.
        case `operator`
    }

    /// The key's name.
    public var name: String
    /// The public key, in Z85.
    public var key: String
    /// What its owner is.
    public var role: Role
    /// The kinds that a producer may enqueue, or a worker run; empty = all.
    public var kinds: [String]
    /// The queues that a producer may fill, or a worker serve; empty = all.
    public var queues: [String]
    /// Prefixes of the effects that a worker may begin, and tell of as a reconciler; nil = all, where it may run all kinds
    /// of all queues, else none.
    public var effects: [String]?

    /// Rights.
    public init(
        name: String, key: String, role: Role, kinds: [String] = [], queues: [String] = [], effects: [String]? = nil
    ) {
        self.effects = effects
        self.name = name
        self.key = key
        self.role = role
        self.kinds = kinds
        self.queues = queues
    }

    /// Whether a message may pass.
    /// - Throws: `Refusal` that says what is missing.
    func check(_ message: WireMessage) throws(Refusal) {
        switch (role, message.hot) {
        case (.operator, _): return
        case (.producer, .newJobs(let jobs)): return try check(jobs)
        case (.worker, .results(let results)):
            for result in results.results { try check(result.children) }
            return
        default: break
        }
        switch (role, message.header.body) {
        case (_, .ping), (_, nil): return
        case (.producer, .enqueue(let enqueue)): try check(enqueue.jobs)
        case (.producer, .states), (.producer, .showJob): return
        // Whether a worker takes what it enqueues: the answer names none.
        case (.producer, .listKinds(let list)) where !list.kinds.isEmpty: try check(list.kinds, within: kinds, "kind")
        case (.worker, .hello(let hello)):
            try check(hello.kinds, within: kinds, "kind")
            try check(hello.queues.isEmpty ? ["default"] : hello.queues, within: queues, "queue")
            try check(hello.kindOptions.map(\.options.queue).filter { !$0.isEmpty }, within: queues, "queue")
        case (.worker, .results(let results)):
            for result in results.results { try check(result.children) }
        case (.worker, .beginEffect(let begin)):
            // Whoever may begin any key would have the receipts of others, and could say that their effects are done.
            guard mayAct(on: begin.key) else {
                throw Refusal(
                    .forbidden,
                    "the key “\(name)” has no right to the effect “\(begin.key.clipped(toBytes: 60))”; make one with --effects and the "
                        + "prefixes of its effects")
            }
        case (.worker, .heartbeat), (.worker, .goodbye), (.worker, .settleEffect), (.worker, .progress),
            (.worker, .readParents):
            return
        // A pool of worker processes sizes itself by these; they tell counts and names, and of no job.
        case (.worker, .readOverview), (.worker, .listWorkers): return
        default: throw Refusal(.forbidden, "the key “\(name)” is a \(role.rawValue)'s and may not ask this")
        }
    }

    /// Jobs go to the allowed queues; a producer's also have the allowed kinds. What a worker's handlers make may be of any
    /// kind: it is run by others, who have rights of their own.
    private func check(_ jobs: [some NewJobWords]) throws(Refusal) {
        if role == .producer { try check(jobs.map(\.kind), within: kinds, "kind") }
        try check(jobs.map { $0.queue.isEmpty ? "default" : $0.queue }, within: queues, "queue")
    }

    /// Whether its owner may begin effects whose keys begin so, and is asked what became of them.
    func mayAct(on prefix: String) -> Bool {
        if role == .operator || effects == nil && kinds.isEmpty && queues.isEmpty { return true }
        return effects?.contains { prefix.hasBytePrefix($0) } ?? false
    }

    /// The queues in whose jobs the options count that its owner says of kinds; empty = all.
    var queuesOfKindOptions: [String] { role == .operator ? [] : queues }

    private func check(_ names: [String], within allowed: [String], _ what: String) throws(Refusal) {
        guard !allowed.isEmpty, let stranger = names.first(where: { !allowed.contains($0) }) else { return }
        throw Refusal(
            .forbidden,
            "the key “\(name)” has no right to the \(what) “\(stranger.clipped(toBytes: 60))”; it has \(allowed.joined(separator: ", "))"
        )
    }
}
