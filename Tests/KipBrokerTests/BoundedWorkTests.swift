import KipCore
import KipStore
import Testing

@testable import KipBroker

/// However many jobs something is about, one batch or one round does a bounded share of it, and others are served between.
@Suite struct BoundedWorkTests {
    private let producer = CoreHarness.peer("producer")

    /// What one batch would write, which is then on disk.
    private func write(_ harness: inout CoreHarness) -> [Mutation] {
        guard let batch = harness.core.takeBatch() else { return [] }
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
        return batch
    }

    private func hello(kinds: [String], queues: [String] = [], credit: Int32 = 10) -> WireMessage {
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = kinds
        hello.queues = queues
        hello.credit = credit
        return WireMessage(.hello(hello), request: 7)
    }

    // MARK: Jobs that expire together

    @Test("jobs that expire together end in pages, and to end them no other job is looked at again and again")
    func expiry() {
        var harness = CoreHarness()
        let end = harness.now.milliseconds + 1_000
        for _ in 0..<4 { harness.enqueue(500) { $0.conditions.expiresAtMs = end } }
        harness.now = harness.now.advanced(byMilliseconds: 1_000)
        harness.handle(.message(hello(kinds: ["k"]), from: CoreHarness.peer("w")))
        var pages: [Int] = []
        while true {
            let batch = write(&harness)
            if batch.isEmpty { break }
            pages.append(batch.count { if case .expire = $0 { true } else { false } })
        }
        #expect(pages.reduce(0, +) == 2_000)
        #expect(pages.max() == LateJobs.jobsPerPage)
        #expect(harness.takeSent().work.isEmpty)
        #expect(harness.core.cancelling.isEmpty)
        // To look through all of them for each would be four million.
        #expect(harness.core.jobsLookedThrough <= 2_000 * pages.count)
    }

    @Test("what waits behind them, in memory or on disk, is handed out, and all of them end")
    func behindThem() throws {
        let house = try StoreHarness { $0.windowJobs = 16 }
        let late = (0..<3).flatMap { kind in
            (0..<300).map { _ in
                StoreHarness.job("k\(kind)") { $0.conditions.expiresAtMs = house.now.milliseconds + 1_000 }
            }
        }
        house.send(late)
        let live = (0..<3).map { house.enqueue("k\($0)") }
        house.now = house.now.advanced(byMilliseconds: 1_000)
        house.hello(kinds: ["k0", "k1", "k2"])
        house.pass(seconds: 5)
        #expect(Set(house.begun.ids) == Set(live))
        #expect(house.list { $0.limit = 10_000 }.jobs.count { $0.state == .expired } == 900)
    }

    @Test("behind a late job of a high priority, the job of another kind goes first that has the next lower one")
    func lateByPriority() throws {
        let house = try StoreHarness()
        func job(_ kind: String, priority: Int32, isLate: Bool = false) -> WireNewJob {
            StoreHarness.job(kind) { job in
                job.priority = priority
                if isLate { job.conditions.expiresAtMs = house.now.milliseconds + 1_000 }
            }
        }
        let sent = house.send([job("a", priority: 5, isLate: true), job("a", priority: 1), job("b", priority: 3)])
        house.now = house.now.advanced(byMilliseconds: 1_000)
        house.hello(kinds: ["a", "b"], credit: 1)
        #expect(house.begun.ids == [sent.enqueued[2].id])
    }

    @Test("expiries that cannot be written are tried again")
    func expiryFails() throws {
        let house = try StoreHarness()
        house.send(
            (0..<500).map { _ in StoreHarness.job { $0.conditions.expiresAtMs = house.now.milliseconds + 1_000 } })
        house.isDiskSlow = true
        house.now = house.now.advanced(byMilliseconds: 1_000)
        house.hello()
        house.failWrites()
        house.isDiskSlow = false
        house.pass(seconds: 5)
        #expect(house.begun.isEmpty)
        #expect(house.list { $0.limit = 1_000 }.jobs.count { $0.state == .expired } == 500)
    }

    // MARK: Conditions

    @Test("jobs that come after very many others fill a batch sooner than plain ones: the next are to be sent again")
    func parents() {
        var harness = CoreHarness()
        let parents = (0..<10_000).map { _ in JobID().description }
        var sent = 0
        for _ in 0..<30 {
            harness.enqueueWithoutCommit { job in
                job.conditions.after = parents
                sent += 1
            }
        }
        let batch = write(&harness)
        let inserted = batch.count { if case .insert = $0 { true } else { false } }
        #expect(sent == 30)
        #expect((2...4).contains(inserted), "\(inserted)")
    }

    @Test("a producer whose jobs come after very many others leaves room in the batch for other producers")
    func roomForOthers() {
        var harness = CoreHarness()
        let parents = (0..<10_000).map { _ in JobID().description }
        for _ in 0..<30 { harness.enqueueWithoutCommit { $0.conditions.after = parents } }
        #expect(harness.takeSent().refusals.last == "busy")
        var other = WireEnqueue()
        other.jobs = [StoreHarness.job { $0.conditions.after = [parents[0]] }]
        for name in ["first", "second"] {
            harness.handle(.message(WireMessage(.enqueue(other), request: 1), from: CoreHarness.peer(name)))
        }
        #expect(harness.takeSent().refusals.isEmpty)
        let kinds = write(&harness).map { if case .insert(let draft, _, _) = $0 { draft.kind } else { "" } }
        #expect(kinds.count { $0 == "k" } >= 2)
    }

    // MARK: Decisions

    @Test("jobs that came after very many others are woken a few in a batch, and all are in the end; one answer comes")
    func waking() throws {
        let house = try StoreHarness()
        let parents = house.send((0..<3_000).map { _ in StoreHarness.job("p") }).enqueued.map(\.id)
        let children = (0..<6).map { _ in house.enqueue("c") { $0.conditions.after = parents } }
        house.cancel(children)
        let store = try #require(house.store)
        let woken = try store.apply(children.map { .revive(JobID($0) ?? JobID(), at: house.now, by: "somebody") })
        #expect(woken.outcomes.count { $0 == .postponed } == 5)
        house.cancel(children)
        house.retry(children)
        #expect(children.map { house.state($0) } == children.map { _ in .blocked })
        #expect(house.core.jobsToDecide == 0)
        #expect(house.core.smallDecisionsQueued.isEmpty)
    }

    @Test("many small decisions in one round are no larger batch than one large decision makes")
    func smallDecisions() {
        var harness = CoreHarness()
        var ids: [JobID] = []
        harness.enqueue(600) { ids.append(JobID($0.id) ?? JobID()) }
        for start in stride(from: 0, to: 600, by: 30) {
            var cancel = WireCancelJobs()
            cancel.ids = ids[start..<start + 30].map(\.description)
            harness.handle(.message(WireMessage(.cancelJobs(cancel), request: UInt64(start + 1)), from: producer))
        }
        var pages: [Int] = []
        while true {
            let batch = write(&harness)
            if batch.isEmpty { break }
            pages.append(batch.count { if case .cancel = $0 { true } else { false } })
        }
        #expect(pages.reduce(0, +) == 600)
        #expect((pages.max() ?? 0) <= 2 * BrokerCore.jobsPerPage + 30)
        #expect(harness.core.cancelling.isEmpty)
        #expect(harness.core.jobsToDecide == 0)
    }

    @Test("of two small decisions about one job the later one is written later, however many came before")
    func orderOfDecisions() {
        var harness = CoreHarness()
        var ids: [JobID] = []
        harness.enqueue(90) { ids.append(JobID($0.id) ?? JobID()) }
        for start in [0, 45] {
            var cancel = WireCancelJobs()
            cancel.ids = ids[start..<start + 45].map(\.description)
            harness.handle(.message(WireMessage(.cancelJobs(cancel), request: 1), from: producer))
        }
        // The first decision is in the batch, the second one waits for its turn.
        let retry = WireRetryJobs.with { $0.ids = [ids[60].description] }
        harness.handle(.message(WireMessage(.retryJobs(retry), request: 2), from: producer))
        var order: [String] = []
        while true {
            let batch = write(&harness)
            if batch.isEmpty { break }
            for case let mutation in batch {
                if case .cancel(ids[60], _, _) = mutation { order.append("cancel") }
                if case .revive(ids[60], _, _) = mutation { order.append("retry") }
            }
        }
        #expect(order == ["cancel", "retry"])
    }

    // MARK: Jobs that are replaced

    @Test("jobs that yield their keys are looked for in their own lane, once for all of a batch")
    func replaced() throws {
        let house = try StoreHarness()
        for kind in 0..<20 { house.send((0..<100).map { _ in StoreHarness.job("other\(kind)") }) }
        func send(_ payload: UInt8) -> [WireEnqueuedJob] {
            let jobs = (0..<200).map { index in
                StoreHarness.job("r") { job in
                    job.uniqueKey = "key \(index)"
                    job.keyConflict = .replacePending
                }
            }
            return house.send(jobs, payloads: jobs.map { _ in [payload] }).enqueued
        }
        _ = send(0)
        let before = house.core.jobsLookedThrough
        let replacing = send(1)
        #expect(replacing.allSatisfy { $0.outcome == .created })
        #expect(house.core.jobsLookedThrough - before <= 400)
        house.hello(kinds: ["r"], credit: 1_000)
        #expect(Set(house.begun.ids) == Set(replacing.map(\.id)))
    }

    @Test("a job that is cancelled while it waits in memory is not handed out before that is on disk, nor after")
    func cancelled() throws {
        let house = try StoreHarness()
        let ids = (0..<10).map { _ in house.enqueue() }
        house.isDiskSlow = true
        house.cancel(Array(ids.dropLast()))
        house.hello()
        house.isDiskSlow = false
        #expect(house.begun.ids == [ids[9]])
    }

    // MARK: Dispatch

    @Test("one dispatch looks at so many lanes and jobs; the next round goes on by itself until all is handed out")
    func dispatch() {
        var harness = CoreHarness()
        let names = (0..<60).map { "n\($0)" }
        for queue in names {
            var enqueue = WireEnqueue()
            enqueue.jobs = names.map { StoreHarness.job($0, queue: queue) }
            harness.say(.enqueue(enqueue), from: producer)
        }
        harness.handle(.message(hello(kinds: names, queues: names, credit: 10_000), from: CoreHarness.peer("w")))
        var rounds = 1
        // A turn is never broken off within a lane or two.
        let limit = BrokerCore.workPerDispatch + 2 * names.count * names.count
        while harness.core.wait(at: harness.moment) == 0, rounds < 100 {
            #expect(harness.core.dispatchWork <= limit)
            harness.handle(.timer)
            rounds += 1
        }
        #expect(harness.core.leases.count == 3_600)
        // To look at each lane for each job would be thirteen millions.
        #expect(rounds > 1 && rounds * limit < 3_600 * 3_600 / 4)
    }

    @Test("so does a dispatch of jobs that were lost with a worker")
    func dispatchIsolated() {
        var harness = CoreHarness()
        let names = (0..<40).map { "n\($0)" }
        for queue in names {
            let enqueue = WireEnqueue.with { $0.jobs = names.map { StoreHarness.job($0, queue: queue) } }
            harness.say(.enqueue(enqueue), from: producer)
        }
        harness.handle(.message(hello(kinds: names, queues: names, credit: 10_000), from: CoreHarness.peer("w")))
        for _ in 0..<100 where harness.core.wait(at: harness.moment) == 0 { harness.handle(.timer) }
        harness.settle()
        #expect(harness.core.leases.count == 1_600)
        harness.beSilent()
        harness.settle()
        #expect(harness.core.leases.isEmpty)

        let limit = BrokerCore.isolationWorkPerDispatch + 2 * 100 + names.count * names.count / 16
        for number in 0..<40 {
            let message = hello(kinds: names, queues: names, credit: 100)
            harness.handle(.message(message, from: CoreHarness.peer("w\(number)")))
            #expect(harness.core.isolationWork <= limit)
        }
        var rounds = 0
        while harness.core.wait(at: harness.moment) == 0, rounds < 1_000 {
            harness.handle(.timer)
            #expect(harness.core.isolationWork <= limit)
            rounds += 1
        }
        #expect(rounds > 0 && rounds < 1_000, "\(rounds)")
        #expect(harness.core.pausedIsolation == nil)
        #expect(!harness.core.leases.isEmpty)
    }

    // MARK: Effects

    private func begin(_ key: String, _ job: WireLeasedJob, _ worker: (id: String, session: UInt64)) -> WireMessage {
        var begin = WireBeginEffect()
        begin.workerID = worker.id
        begin.session = worker.session
        begin.jobID = job.id
        begin.attempt = job.attempt
        begin.key = key
        return WireMessage(.beginEffect(begin), request: 5)
    }

    @Test("an attempt has a limit of open effects, and reconcilers are asked about many in pages")
    func effects() throws {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let handed = harness.takeSent().work
        let job = try #require(handed.first)
        let peer = CoreHarness.peer("w")
        for index in 0..<Limits.openEffectsPerAttempt {
            harness.handle(.message(begin("e\(index)", job, worker), from: peer))
        }
        harness.settle()
        #expect(harness.takeSent().standings.count == Limits.openEffectsPerAttempt)
        harness.handle(.message(begin("another", job, worker), from: peer))
        #expect(harness.takeSent().refusals == ["too-large"])
        // Asked again, one that is known is not another one.
        harness.handle(.message(begin("e0", job, worker), from: peer))
        harness.settle()
        #expect(harness.takeSent().standings == [.begun])

        harness.finish(job, by: worker, "w", .failed)
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["other"]
        hello.credit = 1
        hello.reconciles = ["e"]
        harness.say(.hello(hello), from: CoreHarness.peer("r"))
        var asked: Set<String> = []
        for _ in 0..<200 where asked.count < Limits.openEffectsPerAttempt {
            harness.steady = harness.steady.advanced(byMilliseconds: 20)
            harness.handle(.timer)
            let page = harness.takeSent().asked.map(\.key)
            #expect(page.count <= BrokerCore.asksPerRound)
            asked.formUnion(page)
        }
        #expect(asked.count == Limits.openEffectsPerAttempt)
    }

    @Test("the jobs of one worker have a limit of open effects together; when some have ended there is room again")
    func effectsOfAWorker() throws {
        var harness = CoreHarness()
        let worker = harness.worker("w", credit: 100)
        _ = harness.takeSent()
        let other = harness.worker("o", credit: 100)
        harness.enqueue(20)
        let work = harness.takeSent().work
        let own = work.filter { harness.core.leases[JobID($0.id) ?? JobID()]?.worker == worker.id }
        let theirs = try #require(work.first { harness.core.leases[JobID($0.id) ?? JobID()]?.worker == other.id })
        let peer = CoreHarness.peer("w")
        for index in 0..<Limits.openEffectsPerWorker {
            harness.handle(.message(begin("e\(index)", own[index / 1_000], worker), from: peer))
        }
        harness.settle()
        #expect(harness.takeSent().standings.count == Limits.openEffectsPerWorker)
        harness.handle(.message(begin("more", own[6], worker), from: peer))
        #expect(harness.takeSent().refusals == ["busy"])
        harness.handle(.message(begin("theirs", theirs, other), from: CoreHarness.peer("o")))
        harness.settle()
        #expect(harness.takeSent().standings == [.begun])
        let settle = WireSettleEffect.with {
            $0.workerID = worker.id
            $0.session = worker.session
            $0.jobID = own[0].id
            $0.attempt = own[0].attempt
            $0.key = "e0"
            $0.settlement = .undone
        }
        harness.say(.settleEffect(settle), from: peer)
        _ = harness.takeSent()
        harness.handle(.message(begin("more", own[6], worker), from: peer))
        harness.settle()
        #expect(harness.takeSent().standings == [.begun])
        harness.finish(own[6], by: worker, "w", .failed)
        #expect(harness.core.openEffects.count(of: worker.id) == Limits.openEffectsPerWorker - 1)
    }

    @Test("however many effects are in doubt, a worker may begin a few")
    func effectsBesideDoubts() throws {
        let doubtful = JobID()
        let doubts = (0..<Limits.openEffects).map {
            OpenEffect(key: "d\($0)", job: doubtful, attempt: 1, isUncertain: true)
        }
        var recovered = Recovered()
        recovered.openEffects = doubts
        var harness = CoreHarness(recovered: recovered)
        let worker = harness.worker("w")
        harness.enqueue()
        let job = try #require(harness.takeSent().work.first)
        for index in 0...Limits.openEffectsBeyond {
            harness.handle(.message(begin("e\(index)", job, worker), from: CoreHarness.peer("w")))
        }
        harness.settle()
        let sent = harness.takeSent()
        #expect(sent.standings.count == Limits.openEffectsBeyond)
        #expect(sent.refusals == ["busy"])
    }

    // MARK: Keys

    @Test("a key that a job has in vain, because it can only expire, is free for the next job before that has expired")
    func keyHeldInVain() throws {
        let house = try StoreHarness()
        func keyed(_ expires: Int64 = 0) -> WireNewJob {
            StoreHarness.job { job in
                job.uniqueKey = "report"
                job.conditions.uniqueScope = .untilDone
                job.keyConflict = .reject
                if expires > 0 { job.conditions.expiresAtMs = expires }
            }
        }
        let late = house.send([keyed(house.now.milliseconds + 1_000)]).enqueued[0].id
        #expect(house.send([keyed()]).refusals == ["key-taken"])
        house.isDiskSlow = true
        house.now = house.now.advanced(byMilliseconds: 1_000)
        house.isDiskSlow = false
        let next = house.send([keyed()]).enqueued
        #expect(next.map(\.outcome) == [.created])
        #expect(house.state(late) == .expired)
        house.hello()
        #expect(house.begun.ids == next.map(\.id))
    }

    // MARK: Pruning

    @Test("of many prunings one page is in a batch, and they take turns")
    func pruningsInTurn() {
        var harness = CoreHarness()
        for request in 1...20 {
            let prune = WirePruneJobs.with {
                $0.limit = 600
                $0.beforeMs = 1
            }
            harness.handle(.message(WireMessage(.pruneJobs(prune), request: UInt64(request)), from: producer))
        }
        var pages = 0
        while let batch = harness.core.takeBatch() {
            #expect(batch.count == 1)
            pages += 1
            if pages == 20 { #expect(harness.takeSent().isEmpty) }
            harness.handle(.committed(Applied(outcomes: [.pruned(jobs: 1, next: JobID())])))
        }
        #expect(pages == 40)
        #expect(harness.takeSent().count == 20)
    }

    @Test("a large pruning looks at its jobs in pages, and answers once")
    func pruning() {
        var harness = CoreHarness()
        var prune = WirePruneJobs()
        prune.limit = 1_200
        prune.beforeMs = 1
        harness.handle(.message(WireMessage(.pruneJobs(prune), request: 3), from: producer))
        var limits: [Int] = []
        while let batch = harness.core.takeBatch() {
            for case .prune(let page) in batch { limits.append(page.limit) }
            #expect(harness.takeSent().isEmpty)
            harness.handle(.committed(Applied(outcomes: [.pruned(jobs: 7, next: JobID())])))
        }
        #expect(limits == [500, 500, 200])
        let answers = harness.takeSent().compactMap { message -> WirePruned? in
            if case .pruned(let pruned) = message.header.body { pruned } else { nil }
        }
        #expect(answers.map(\.jobs) == [21])
        #expect(answers.first?.next.isEmpty == false)
    }

    // MARK: Children

    private func family(_ house: StoreHarness, of parent: String, _ count: Int = 2_500) -> [String] {
        house.send((0..<count).map { _ in StoreHarness.job(after: [parent], "child") }).enqueued.map(\.id)
    }

    private func states(_ house: StoreHarness) -> [WireState: Int] {
        house.list {
            $0.kind = "child"
            $0.limit = 10_000
        }.jobs.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
    }

    @Test("all children of a parent are set free, however many batches that takes; and are cancelled with it")
    func children() throws {
        let house = try StoreHarness()
        house.hello()
        let good = house.enqueue()
        let bad = house.enqueue()
        _ = family(house, of: good)
        house.finish(good)
        #expect(states(house) == [.available: 2_500])
        let cancelled = family(house, of: bad)
        house.discard(bad)
        #expect(states(house) == [.available: 2_500, .cancelled: 2_500])
        // And all of them wait again with it.
        house.goodbye()
        house.retry([bad])
        #expect(states(house) == [.available: 2_500, .blocked: 2_500])
        #expect(house.state(cancelled[2_499]) == .blocked)
    }

    @Test("a broker that dies between two of these batches goes on when it starts")
    func childrenOverARestart() throws {
        let house = try StoreHarness()
        let parent = house.enqueue("parent")
        _ = family(house, of: parent)
        house.isDiskSlow = true
        house.cancel([parent])
        let taken = house.core.takeBatch()
        let batch = try #require(taken)
        let applied = try #require(try house.store?.apply(batch))
        #expect(applied.freed.isUnfinished)
        let left = states(house)
        #expect(left[.blocked, default: 0] > 0)
        house.isDiskSlow = false
        try house.restart()
        #expect(states(house) == [.cancelled: 2_500])
    }
}
