import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Promise 8 in the core: an effect happens at most once, and never silently not at all.
@Suite struct EffectTests {
    private let peer = CoreHarness.peer("w")

    private func begin(
        _ job: WireLeasedJob, _ worker: (id: String, session: UInt64), key: String = "mail/1"
    ) -> WireMessage {
        var begin = WireBeginEffect()
        begin.workerID = worker.id
        begin.session = worker.session
        begin.jobID = job.id
        begin.attempt = job.attempt
        begin.key = key
        return WireMessage(.beginEffect(begin), request: 5)
    }

    private func settle(
        _ job: WireLeasedJob, _ worker: (id: String, session: UInt64),
        _ settlement: WireSettleEffect.Settlement = .done,
        reconciled: Bool = false
    ) -> WireHeader.OneOf_Body {
        var settle = WireSettleEffect()
        settle.workerID = worker.id
        settle.session = worker.session
        settle.jobID = job.id
        settle.attempt = job.attempt
        settle.key = "mail/1"
        settle.settlement = settlement
        settle.reconciled = reconciled
        return .settleEffect(settle)
    }

    /// A worker with one job.
    private func harness(edit: (inout WireNewJob) -> Void = { _ in }) throws -> (
        CoreHarness, (id: String, session: UInt64), WireLeasedJob
    ) {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue(edit: edit)
        let handed = harness.takeSent().work
        return (harness, worker, try #require(handed.first))
    }

    @Test("a handler may act when its intent is on disk, never before")
    func afterCommit() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        #expect(harness.takeSent().standings.isEmpty)
        harness.settle()
        #expect(harness.takeSent().standings == [.begun])
    }

    @Test("an intent that could not be written is refused, and the job is an ordinary one again")
    func intentFails() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "x")))
        #expect(harness.takeSent().refusals == ["storage"])
        harness.finish(job, by: worker, "w")
        #expect(harness.takeSent().recorded.map(\.status) == [.recorded])
    }

    @Test("an intent that two messages brought is known, also where the first of them was not written")
    func intentTwice() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        _ = harness.core.takeBatch()
        harness.handle(.message(begin(job, worker), from: peer))
        let batch = harness.core.takeBatch()
        let second = try #require(batch)
        harness.handle(.commitFailed(.full(path: "x")))
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: second))))
        #expect(harness.takeSent().standings == [.begun])
        // The handler may have acted: a failure leaves it in doubt, and nobody tries again.
        harness.finish(job, by: worker, "w", .failed)
        harness.pass(milliseconds: 60_000)
        #expect(harness.takeSent().work.isEmpty)
        #expect(harness.core.doubts.keys.sorted() == ["mail/1"])
    }

    @Test("an intent that the first of two messages brought, and of which nobody was told, is taken back")
    func intentOnceTold() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        let batch = harness.core.takeBatch()
        let first = try #require(batch)
        harness.handle(.message(begin(job, worker), from: peer))
        // In the same batch the job is given back: its lease closes before anybody hears of the intent.
        let results = CoreHarness.results(of: job, by: worker, .givenBack)
        harness.handle(.message(WireMessage(.results(results), request: 6), from: peer))
        _ = harness.core.takeBatch()
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: first))))
        harness.handle(.commitFailed(.full(path: "x")))
        let written = harness.core.takeBatch()
        let settled = try #require(written).contains { if case .settleEffect = $0 { true } else { false } }
        #expect(settled)
    }

    @Test("nobody acts on an intent that the journal outside does not have; the worker asks again")
    func unmirrored() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        _ = harness.core.takeBatch()
        harness.handle(.committed(Applied(outcomes: [.unmirrored])))
        let answers = harness.takeSent()
        #expect(answers.standings.isEmpty)
        #expect(answers.refusals == ["storage"])
        harness.handle(.message(begin(job, worker), from: peer))
        harness.settle()
        #expect(harness.takeSent().standings == [.begun])
    }

    @Test("a broker that is held hands nothing out, new jobs neither, lets nobody begin, and asks nobody")
    func held() throws {
        let effect = OpenEffect(key: "mail/0", job: JobID(), attempt: 1, isUncertain: true)
        let running = WaitingJob(
            JobDraft(kind: "k", runAt: Timestamp(milliseconds: 0)), createdAt: Timestamp(milliseconds: 0))
        let worker = (id: JobID().description, session: UInt64(0))
        var harness = CoreHarness(
            recovered: Recovered(
                running: [RunningJob(job: running, lane: Lane(queue: "default", kind: "k"), worker: worker.id)],
                openEffects: [effect], heldBecause: "older than its journal"))
        var word = WireHeld()
        word.id = running.id.description
        let welcomed = harness.worker(worker.id, "w", holding: [word])
        harness.enqueue()
        harness.pass(milliseconds: 5_000)
        let said = harness.takeSent()
        #expect(said.enqueued.map(\.outcome) == [.created])
        #expect(said.work.isEmpty)
        #expect(!said.contains { if case .reconcileEffect = $0.header.body { true } else { false } })
        var job = WireLeasedJob()
        job.id = running.id.description
        harness.handle(.message(begin(job, welcomed), from: peer))
        harness.settle()
        #expect(harness.takeSent().refusals == ["storage"])
        // Nor is anything decided: it could not be written, and all that is in its batch neither.
        for body in [
            WireHeader.OneOf_Body.changeControl(
                .with {
                    $0.control.name = "default"; $0.control.paused = true; $0.control.changedBy = "Lan"
                }),
            .pruneJobs(.with { $0.limit = 1 }),
        ] {
            harness.handle(.message(WireMessage(body, request: 1), from: peer))
            #expect(harness.takeSent().refusals == ["conflict"])
            #expect(harness.core.takeBatch() == nil)
        }
        #expect(harness.core.wait(at: harness.moment).map { $0 > 0 } ?? true, "it would spin")
    }

    @Test("a reconciler's word counts only from a worker that was asked")
    func unasked() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        harness.settle()
        harness.finish(job, by: worker, "w", .failed)
        #expect(harness.core.doubts.count == 1)
        harness.say(settle(job, worker, .undone, reconciled: true), from: peer)
        #expect(harness.core.doubts.count == 1)
        // One that can look is asked, and heard.
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["other"]
        hello.credit = 1
        hello.reconciles = ["mail/"]
        harness.sent = []
        harness.say(.hello(hello), from: CoreHarness.peer("r"))
        harness.pass(milliseconds: 10)
        var session: UInt64 = 0
        for case .welcome(let welcome) in harness.takeSent().map(\.header.body) { session = welcome.session }
        harness.say(
            settle(job, (hello.workerID, session), .undone, reconciled: true), from: CoreHarness.peer("r"))
        #expect(harness.core.doubts.isEmpty)
    }

    @Test("whoever does not hold the job may not act", arguments: [0, 2] as [Int32])
    func fenced(attempt: Int32) throws {
        var (harness, worker, job) = try harness()
        job.attempt = attempt
        harness.handle(.message(begin(job, worker), from: peer))
        harness.settle()
        #expect(harness.takeSent().standings == [.void])
        #expect(harness.core.openEffects.isEmpty)
    }

    @Test("a worker that is lost in the middle of an effect leaves an uncertain job, which nobody runs again")
    func lossIsUncertain() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        harness.settle()
        harness.beSilent()
        let taken = harness.core.takeBatch()
        let batch = try #require(taken)
        guard case .park(let park)? = batch.last else {
            Issue.record("not parked: \(batch)")
            return
        }
        #expect(park.state == .uncertain)
        #expect(park.setbacks == Setbacks(losses: 1))
        harness.handle(.committed(Applied(outcomes: [.settled])))
        _ = harness.worker("heir")
        #expect(harness.takeSent().work.isEmpty)
        // The handler knows what became of it, also when its worker was given up.
        let returned = harness.worker(worker.id, "w2")
        harness.say(settle(job, returned), from: CoreHarness.peer("w2"))
        #expect(harness.takeSent().standings == [.settled])
        #expect(harness.core.doubts.isEmpty)
    }

    @Test(
        "whatever a handler says of its job, an effect without a word makes it uncertain",
        arguments: [WireResult.Outcome.succeeded, .failed, .discarded, .givenBack])
    func resultIsUncertain(outcome: WireResult.Outcome) throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        harness.settle()
        let results = CoreHarness.results(of: job, by: worker, outcome)
        harness.handle(.message(WireMessage(.results(results)), from: peer))
        let taken = harness.core.takeBatch()
        let batch = try #require(taken)
        let parked = batch.compactMap { if case .park(let park) = $0 { park } else { nil } }
        #expect(parked.map(\.state) == [.uncertain])
        #expect(batch.count == 1)
    }

    @Test("an effect with its receipt is closed, and the job ends as any other")
    func settled() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        harness.settle()
        harness.say(settle(job, worker), from: peer)
        #expect(harness.takeSent().standings == [.begun, .settled])
        harness.handle(.message(WireMessage(.ping(WirePing())), from: peer))
        harness.finish(job, by: worker, "w")
        #expect(harness.takeSent().recorded.map(\.status) == [.recorded])
        #expect(harness.core.openEffects.isEmpty)
    }

    @Test("a key with a receipt gives it back; a key in doubt says whose it is")
    func taken() throws {
        var (harness, worker, job) = try harness()
        harness.effects = ["mail/1": .done(receipt: [7]), "mail/2": .inDoubt(job: "other")]
        harness.handle(.message(begin(job, worker), from: peer))
        harness.handle(.message(begin(job, worker, key: "mail/2"), from: peer))
        harness.settle()
        let sent = harness.takeSent()
        #expect(sent.standings == [.done, .inDoubt])
        #expect(sent.first?.payloads == [[7]])
        #expect(harness.core.openEffects.isEmpty)
    }

    @Test("a worker that can look is asked, again and again at growing intervals, until somebody knows")
    func reconciles() throws {
        var (harness, worker, job) = try harness()
        harness.handle(.message(begin(job, worker), from: peer))
        harness.settle()
        harness.pass(milliseconds: 15_001)
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["other"]
        hello.credit = 1
        hello.reconciles = ["mail/"]
        harness.say(.hello(hello), from: CoreHarness.peer("r"))
        harness.pass(milliseconds: 1)
        let first = harness.takeSent().asked
        #expect(first.map(\.key) == ["mail/1"])
        #expect(first.map(\.attempt) == [job.attempt])
        harness.pass(milliseconds: 1_000)
        #expect(harness.takeSent().asked.isEmpty)
        harness.pass(milliseconds: 9_000)
        #expect(harness.takeSent().asked.count == 1)
    }

    @Test("a person's decision names the person, and one about an effect that is not in doubt is refused")
    func decision() throws {
        var (harness, _, _) = try harness()
        var resolve = WireResolveEffect()
        resolve.key = "mail/1"
        resolve.settlement = .undone
        harness.say(.resolveEffect(resolve), from: peer)
        #expect(harness.takeSent().refusals == ["invalid"])
        resolve.by = "Lan"
        harness.handle(.message(WireMessage(.resolveEffect(resolve)), from: peer))
        _ = harness.core.takeBatch()
        harness.handle(.committed(Applied(outcomes: [.unchanged])))
        #expect(harness.takeSent().refusals == ["conflict"])
    }
}

extension [WireMessage] {
    var standings: [WireEffectStanding.Standing] {
        compactMap { if case .effectStanding(let standing) = $0.header.body { standing.standing } else { nil } }
    }

    var asked: [WireReconcileEffect] {
        compactMap { if case .reconcileEffect(let ask) = $0.header.body { ask } else { nil } }
    }
}
