import KipCore
import KipStore
import Testing

@testable import KipBroker

/// What producers, workers and operators say to the harness.
extension StoreHarness {
    // MARK: Producers

    /// A job as a producer names it.
    static func job(_ kind: String = "k", queue: String = "", edit: (inout WireNewJob) -> Void = { _ in }) -> WireNewJob
    {
        var job = WireNewJob()
        job.id = JobID().description
        job.kind = kind
        job.queue = queue
        edit(&job)
        return job
    }

    /// A job that comes after others.
    static func job(after parents: [String], _ kind: String = "k", edit: (inout WireNewJob) -> Void = { _ in })
        -> WireNewJob
    {
        job(kind) { job in
            job.conditions.after = parents
            edit(&job)
        }
    }

    /// Enqueues one job.
    /// - Returns: the id in the answer; empty where it was refused.
    @discardableResult
    func enqueue(
        _ kind: String = "k", queue: String = "", payload: String = "", edit: (inout WireNewJob) -> Void = { _ in }
    ) -> String {
        let answer = send([Self.job(kind, queue: queue, edit: edit)], payloads: [Array(payload.utf8)])
        return answer.enqueued.first?.id ?? ""
    }

    /// Enqueues jobs in one message.
    @discardableResult
    func send(_ jobs: [WireNewJob], payloads: [[UInt8]] = []) -> [WireMessage] {
        var enqueue = WireEnqueue()
        enqueue.jobs = jobs
        return [ask(.enqueue(enqueue), payloads: payloads)].compactMap { $0 }
    }

    // MARK: Workers

    /// A worker comes.
    func hello(
        _ name: String = "w", kinds: [String] = ["k"], queues: [String] = [], credit: Int32 = 10, places: Int32 = 0,
        options: [WireKindOptions] = []
    ) {
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.name = name
        hello.kinds = kinds
        hello.queues = queues
        hello.credit = credit
        hello.places = places
        hello.kindOptions = options
        workers[name] = Hand(hello: hello, session: 0)
        returns(name)
    }

    /// A worker comes back with what it holds.
    func returns(_ name: String) {
        guard var hello = workers[name]?.hello else { return }
        hello.holding =
            workers[name]?.held.values.map { job in
                var held = WireHeld()
                held.id = job.id
                held.attempt = job.attempt
                return held
            } ?? []
        guard case .welcome(let welcome)? = ask(.hello(hello), from: name)?.header.body else {
            Issue.record("worker \(name) is not welcome")
            return
        }
        workers[name]?.session = welcome.session
        for held in welcome.refused { workers[name]?.held[held.id] = nil }
    }

    /// A worker leaves.
    func goodbye(_ name: String = "w") {
        var goodbye = WireGoodbye()
        goodbye.workerID = workers[name]?.hello.workerID ?? ""
        goodbye.session = workers[name]?.session ?? 0
        workers[name] = nil
        ask(.goodbye(goodbye), from: name)
    }

    func heartbeat(_ name: String = "w", draining: Bool = false) {
        var beat = WireHeartbeat()
        beat.workerID = workers[name]?.hello.workerID ?? ""
        beat.session = workers[name]?.session ?? 0
        beat.draining = draining
        ask(.heartbeat(beat), from: name)
    }

    /// All jobs in workers' hands.
    var running: Set<String> { Set(workers.values.flatMap(\.held.keys)) }

    /// Whoever has the job says how it went.
    @discardableResult
    func report(
        _ id: String, _ outcome: WireResult.Outcome, error: String = "", after milliseconds: Int64 = 0,
        result: [UInt8] = [], children: [WireNewJob] = [], childPayload: [UInt8] = []
    ) -> WireMessage? {
        guard let name = workers.first(where: { $0.value.held[id] != nil })?.key, let hand = workers[name],
            let job = hand.held[id]
        else {
            Issue.record("nobody has job \(id)")
            return nil
        }
        var wire = WireResult()
        wire.id = id
        wire.attempt = job.attempt
        wire.outcome = outcome
        wire.error = error
        wire.retryAfterMs = milliseconds
        wire.children = children
        var results = WireResults()
        results.workerID = hand.hello.workerID
        results.session = hand.session
        results.results = [wire]
        workers[name]?.held[id] = nil
        return ask(.results(results), payloads: [result] + children.map { _ in childPayload }, from: name)
    }

    func finish(_ id: String, result: String = "", children: [WireNewJob] = []) {
        report(id, .succeeded, result: Array(result.utf8), children: children)
    }
    func fail(_ id: String, _ error: String = "boom", after milliseconds: Int64 = 0) {
        report(id, .failed, error: error, after: milliseconds)
    }
    func discard(_ id: String, _ error: String = "never") { report(id, .discarded, error: error) }
    func snooze(_ id: String, milliseconds: Int64) { report(id, .givenBack, after: milliseconds) }

    /// Everything in workers' hands is done, in the order in which it was handed out.
    func finishAll() {
        for id in begun.ids where running.contains(id) { finish(id) }
    }

    /// A handler is about to act on the world.
    func beginEffect(_ key: String, in id: String) {
        guard let (name, hand) = workers.first(where: { $0.value.held[id] != nil }) else { return }
        var begin = WireBeginEffect()
        begin.workerID = hand.hello.workerID
        begin.session = hand.session
        begin.jobID = id
        begin.attempt = hand.held[id]?.attempt ?? 0
        begin.key = key
        ask(.beginEffect(begin), from: name)
    }

    // MARK: Operators

    @discardableResult
    func control(
        _ scope: WireControl.Scope = .queue, _ name: String, by: String = "Ánh", edit: (inout WireControl) -> Void
    ) -> WireMessage? {
        var change = WireChangeControl()
        change.control.scope = scope
        change.control.name = name
        change.control.changedBy = by
        edit(&change.control)
        return ask(.changeControl(change))
    }

    var controls: [WireControl] {
        guard case .controlList(let list)? = ask(.listControls(WireListControls()))?.header.body else { return [] }
        return list.controls
    }

    @discardableResult
    func release(_ ids: [String], by: String = "Ánh") -> WireMessage? {
        var release = WireReleaseJobs()
        release.ids = ids
        release.by = by
        return ask(.releaseJobs(release))
    }

    @discardableResult
    func cancel(_ ids: [String], by: String = "Ánh") -> WireChanged {
        var cancel = WireCancelJobs()
        cancel.ids = ids
        cancel.by = by
        return changed(.cancelJobs(cancel))
    }

    @discardableResult
    func retry(_ ids: [String], by: String = "Ánh") -> WireChanged {
        var retry = WireRetryJobs()
        retry.ids = ids
        retry.by = by
        return changed(.retryJobs(retry))
    }

    private func changed(_ body: WireHeader.OneOf_Body) -> WireChanged {
        guard case .changed(let changed)? = ask(body)?.header.body else { return WireChanged() }
        return changed
    }

    @discardableResult
    func prune(edit: (inout WirePruneJobs) -> Void = { _ in }) -> WirePruned {
        var prune = WirePruneJobs()
        prune.beforeMs = now.milliseconds
        edit(&prune)
        guard case .pruned(let pruned)? = ask(.pruneJobs(prune))?.header.body else { return WirePruned() }
        return pruned
    }

    // MARK: Looks

    /// nil = there is no such job.
    func state(_ id: String) -> JobState? {
        var states = WireStates()
        states.ids = [id]
        guard case .stateList(let list)? = ask(.states(states))?.header.body else { return nil }
        return list.states.first.flatMap(JobState.init(wire:))
    }

    func states(_ ids: [String]) -> [JobState?] { ids.map { state($0) } }

    func show(_ id: String) throws -> (detail: WireJobDetail, payload: [UInt8], result: [UInt8]) {
        var show = WireShowJob()
        show.id = id
        let answer = try #require(ask(.showJob(show)))
        guard case .jobDetail(let detail)? = answer.header.body else { throw Missing(what: "job \(id)") }
        return (detail, answer.payloads[0], answer.payloads[1])
    }

    func list(edit: (inout WireListJobs) -> Void = { _ in }) -> WireJobList {
        var list = WireListJobs()
        edit(&list)
        guard case .jobList(let jobs)? = ask(.listJobs(list))?.header.body else { return WireJobList() }
        return jobs
    }

    func explain(_ id: String) throws -> WireExplanation {
        var explain = WireExplainJob()
        explain.id = id
        guard case .explanation(let explanation)? = ask(.explainJob(explain))?.header.body else {
            throw Missing(what: "explanation of \(id)")
        }
        return explanation
    }

    struct Missing: Error { var what: String }
}

extension WireMessage? {
    /// The code of a refusal; nil = it was none.
    var refusal: String? {
        if case .error(let refused)? = self?.header.body { refused.code } else { nil }
    }
}

extension StoreHarness {
    /// A handler reads the results of the jobs that its own came after.
    func readParents(of id: String, from: Int = 0) throws -> (page: WireParentResults, results: [[UInt8]]) {
        let (name, hand) = try #require(workers.first { $0.value.held[id] != nil })
        var read = WireReadParents()
        read.workerID = hand.hello.workerID
        read.session = hand.session
        read.jobID = id
        read.attempt = hand.held[id]?.attempt ?? 0
        read.from = Int32(from)
        let answer = try #require(ask(.readParents(read), from: name))
        guard case .parentResults(let page)? = answer.header.body else { throw Missing(what: "parents of \(id)") }
        return (page, answer.payloads)
    }

    /// The worker “w” says of many jobs that they are done.
    func finishAtOnce(_ ids: some Sequence<String>) {
        var results = WireResults()
        results.workerID = workers["w"]?.hello.workerID ?? ""
        results.session = workers["w"]?.session ?? 0
        for id in ids {
            var result = WireResult()
            result.id = id
            result.attempt = workers["w"]?.held[id]?.attempt ?? 0
            result.outcome = .succeeded
            results.results.append(result)
            workers["w"]?.held[id] = nil
        }
        ask(.results(results), from: "w")
    }
}

extension StoreHarness {
    /// A person says that an effect in doubt did not happen.
    func resolveUndone(_ key: String) {
        var resolve = WireResolveEffect()
        resolve.key = key
        resolve.settlement = .undone
        resolve.by = "Ánh"
        ask(.resolveEffect(resolve))
    }
}
