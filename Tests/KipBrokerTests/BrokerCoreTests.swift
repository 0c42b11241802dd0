import KipCore
import KipStore
import Testing

@testable import KipBroker

@Suite struct BrokerCoreTests {
    @Test("a job is confirmed and handed out after its commit, never before")
    func confirmsAfterCommit() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        _ = harness.takeSent()
        var enqueue = WireEnqueue()
        var job = WireNewJob()
        job.kind = "k"
        enqueue.jobs = [job]
        harness.handle(.message(WireMessage(.enqueue(enqueue)), from: CoreHarness.peer("p")))
        #expect(harness.takeSent().isEmpty)
        harness.settle()
        let sent = harness.takeSent()
        #expect(sent.enqueued.map(\.outcome) == [.created])
        #expect(sent.work.count == 1)
    }

    @Test("a commit that failed is told to the producer, and nothing is handed out")
    func commitFails() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        _ = harness.takeSent()
        var enqueue = WireEnqueue()
        var job = WireNewJob()
        job.kind = "k"
        enqueue.jobs = [job]
        harness.handle(.message(WireMessage(.enqueue(enqueue)), from: CoreHarness.peer("p")))
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "x")))
        let sent = harness.takeSent()
        #expect(sent.refusals == ["storage"])
        #expect(sent.work.isEmpty)
    }

    @Test("a result from a worker that no longer holds the lease is stale")
    func fence() {
        var harness = CoreHarness()
        let first = harness.worker("a", credit: 1)
        harness.enqueue()
        let work = harness.takeSent().work
        #expect(work.map(\.attempt) == [1])
        harness.pass(milliseconds: 15_000)
        let second = harness.worker("b", credit: 1)
        let again = harness.takeSent().work
        #expect(again.map(\.attempt) == [2])
        #expect(again.map(\.id) == work.map(\.id))
        // The first worker comes back with its old session, then with a new one.
        harness.finish(work[0], by: first, "a")
        #expect(harness.takeSent().refusals == ["unknown-session"])
        let returned = harness.worker(first.id, "a2", credit: 1)
        _ = harness.takeSent()
        harness.finish(work[0], by: returned, "a2")
        #expect(harness.takeSent().recorded.map(\.status) == [.stale])
        harness.finish(again[0], by: second, "b")
        #expect(harness.takeSent().recorded.map(\.status) == [.recorded])
    }

    @Test("a result that is sent twice is recorded once")
    func recordedOnce() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let work = harness.takeSent().work
        harness.finish(work[0], by: worker, "w")
        harness.finish(work[0], by: worker, "w")
        #expect(harness.takeSent().recorded.map(\.status) == [.recorded, .stale])
    }

    @Test("a worker gets only kinds that it declares, and no more than its credit")
    func creditAndKinds() {
        var harness = CoreHarness()
        harness.enqueue(3) { $0.kind = "other" }
        harness.enqueue(5)
        _ = harness.takeSent()
        _ = harness.worker("w", credit: 2)
        let work = harness.takeSent().work
        #expect(work.count == 2)
        #expect(work.allSatisfy { $0.kind == "k" })
    }

    @Test("a higher priority goes first, equals by age")
    func priority() {
        var harness = CoreHarness()
        for priority in [0, 5, 0, -5, 5] as [Int32] { harness.enqueue { $0.priority = priority } }
        let order = harness.takeSent().enqueued.map(\.id)
        _ = harness.worker("w")
        let work = harness.takeSent().work.map(\.id)
        #expect(work == [order[1], order[4], order[0], order[2], order[3]])
    }

    @Test("failures are tried again after their backoff, then the job is a dead letter")
    func deadLetter() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue { $0.maxAttempts = 2 }
        let work = harness.takeSent().work
        harness.handle(.message(failed(work[0], worker), from: CoreHarness.peer("w")))
        let first = harness.core.takeBatch() ?? []
        guard case .again(let again) = first.last else {
            Issue.record("not tried again: \(first)")
            return
        }
        #expect(again.setbacks.failures == 1)
        #expect(again.runAt > harness.now)
        harness.handle(.committed(Applied(outcomes: [])))
        #expect(
            harness.core.wait(at: harness.moment).map { $0 <= again.runAt.milliseconds - harness.now.milliseconds }
                == true)
    }

    private func failed(_ job: WireLeasedJob, _ worker: (id: String, session: UInt64)) -> WireMessage {
        ended(job, worker, .failed, "no")
    }

    private func succeeded(_ job: WireLeasedJob, _ worker: (id: String, session: UInt64)) -> WireMessage {
        ended(job, worker, .succeeded)
    }

    private func ended(
        _ job: WireLeasedJob, _ worker: (id: String, session: UInt64), _ outcome: WireResult.Outcome,
        _ error: String = ""
    ) -> WireMessage {
        let results = CoreHarness.results(of: job, by: worker, outcome, error: error)
        return WireMessage(.results(results))
    }

    @Test("what a worker gives back waits again at once and costs no failure")
    func givenBack() {
        var harness = CoreHarness()
        let worker = harness.worker("w", credit: 1)
        harness.enqueue { $0.maxAttempts = 1 }
        let work = harness.takeSent().work
        harness.finish(work[0], by: worker, "w", .givenBack)
        let again = harness.takeSent().work
        #expect(again.map(\.attempt) == [2])
        #expect(again.map(\.failures) == [0])
    }

    @Test("children are real with their parent's success, and not without it")
    func children() {
        var harness = CoreHarness()
        let worker = harness.worker("w", credit: 1)
        harness.enqueue()
        let work = harness.takeSent().work
        var message = failed(work[0], worker)
        guard case .results(var results) = message.header.body else { return }
        var child = WireNewJob()
        child.kind = "k"
        results.results[0].outcome = .succeeded
        results.results[0].children = [child, child]
        message.header.body = .results(results)
        message.payloads = [[], [1], [2]]
        harness.handle(.message(message, from: CoreHarness.peer("w")))
        let batch = harness.core.takeBatch() ?? []
        let inserts = batch.filter { if case .insert = $0 { true } else { false } }
        let ends = batch.filter { if case .finish = $0 { true } else { false } }
        #expect(inserts.count == 2)
        #expect(ends.count == 1)
    }

    @Test("after a restart a job that runs is its worker's still, and no other gets it")
    func restart() {
        let id = JobID()
        let lane = Lane(queue: "default", kind: "k")
        let job = WaitingJob(
            JobDraft(id: id, kind: "k", runAt: Timestamp(milliseconds: 0)), createdAt: Timestamp(milliseconds: 0))
        var held = job
        held.attempt = 1
        let workerID = JobID().description
        let recovered = Recovered(lanes: [lane], running: [RunningJob(job: held, lane: lane, worker: workerID)])
        var harness = CoreHarness(recovered: recovered)
        var effects: [Effect] = []
        harness.core.dispatch(into: &effects)
        let other = WaitingJob(
            JobDraft(kind: "k", runAt: Timestamp(milliseconds: 0)), createdAt: Timestamp(milliseconds: 0))
        harness.handle(.refilled(lane, Waiting([job, other], isAll: true), generation: 1))
        _ = harness.worker("new")
        #expect(harness.takeSent().work.map(\.id) == [other.id.description])
        var word = WireHeld()
        word.id = id.description
        word.attempt = 1
        let worker = harness.worker(workerID, "old", holding: [word])
        #expect(harness.takeSent().work.isEmpty)
        var running = WireLeasedJob()
        running.id = id.description
        running.attempt = 1
        harness.finish(running, by: worker, "old")
        #expect(harness.takeSent().recorded.map(\.status) == [.recorded])
    }

    @Test("a cancelled running job is revoked, and its result is stale")
    func cancelRunning() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let work = harness.takeSent().work
        var cancel = WireCancelJobs()
        cancel.ids = [work[0].id]
        harness.say(.cancelJobs(cancel), from: CoreHarness.peer("o"))
        let sent = harness.takeSent()
        #expect(sent.contains { if case .revoked = $0.header.body { true } else { false } })
        harness.finish(work[0], by: worker, "w")
        #expect(harness.takeSent().recorded.map(\.status) == [.stale])
    }

    @Test("a result that comes while a cancellation is on its way to the disk is stale, and its children are not made")
    func cancelRace() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let work = harness.takeSent().work
        var cancel = WireCancelJobs()
        cancel.ids = [work[0].id]
        harness.handle(.message(WireMessage(.cancelJobs(cancel)), from: CoreHarness.peer("o")))
        let batch = harness.core.takeBatch() ?? []
        harness.finish(work[0], by: worker, "w")
        #expect(harness.takeSent().recorded.map(\.status) == [.stale])
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
        #expect(harness.takeSent().contains { if case .revoked = $0.header.body { true } else { false } })
        #expect(harness.core.takeBatch() == nil)
    }

    @Test("a cancellation that was not written leaves the job with its worker, which has to say what it holds")
    func cancelFails() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let work = harness.takeSent().work
        var cancel = WireCancelJobs()
        cancel.ids = [work[0].id]
        harness.handle(.message(WireMessage(.cancelJobs(cancel)), from: CoreHarness.peer("o")))
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "x")))
        #expect(harness.takeSent().refusals == ["storage"])
        harness.finish(work[0], by: worker, "w")
        #expect(harness.takeSent().refusals == ["unknown-session"])
        var held = WireHeld()
        held.id = work[0].id
        held.attempt = 1
        let again = harness.worker(worker.id, "w", holding: [held])
        _ = harness.takeSent()
        harness.finish(work[0], by: again, "w")
        #expect(harness.takeSent().recorded.map(\.status) == [.recorded])
    }

    @Test("a job that need not wait is written in its worker's hands, and handed over when that is on disk")
    func granted() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        _ = harness.takeSent()
        harness.enqueueWithoutCommit()
        let batch = harness.core.takeBatch() ?? []
        #expect(batch.count == 1)
        guard case .insert(_, _, let worker) = batch.first else { return }
        #expect(worker != nil)
        #expect(harness.takeSent().isEmpty)
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
        let sent = harness.takeSent()
        #expect(sent.enqueued.map(\.outcome) == [.created])
        #expect(sent.work.map(\.attempt) == [1])
    }

    @Test("a job that waited is handed over when its lease is on disk, never before")
    func leaseBeforeWork() {
        var harness = CoreHarness()
        harness.enqueue()
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["k"]
        hello.credit = 5
        _ = harness.takeSent()
        harness.handle(.message(WireMessage(.hello(hello)), from: CoreHarness.peer("w")))
        #expect(harness.takeSent().work.isEmpty)
        let batch = harness.core.takeBatch() ?? []
        guard case .lease = batch.first else {
            Issue.record("no lease: \(batch)")
            return
        }
        harness.handle(.committed(Applied(outcomes: [])))
        #expect(harness.takeSent().work.count == 1)
    }

    @Test(
        "a job that is sent again, or whose key is taken, is not handed over, and costs no credit",
        arguments: [true, false])
    func grantedTwice(byKey: Bool) {
        var harness = CoreHarness()
        let id = JobID().description
        harness.enqueue {
            $0.id = id
            $0.uniqueKey = "a"
            $0.delayMs = 60_000
        }
        let worker = harness.worker("w", credit: 1)
        _ = harness.takeSent()
        harness.enqueue {
            $0.id = byKey ? JobID().description : id
            $0.uniqueKey = byKey ? "a" : ""
        }
        let sent = harness.takeSent()
        #expect(sent.enqueued.map(\.outcome) == [.existing])
        #expect(sent.enqueued.map(\.id) == [id])
        #expect(sent.work.isEmpty)
        harness.enqueue()
        let lane = Lane(queue: "default", kind: "k")
        harness.handle(.refilled(lane, Waiting([], isAll: true), generation: 99))
        let work = harness.takeSent().work
        if !work.isEmpty { harness.finish(work[0], by: worker, "w") }
        #expect(harness.core.workers[worker.id]?.freeCredit == 1 || work.isEmpty)
        #expect(harness.core.leases.isEmpty)
    }

    @Test("a grant that was not written is taken back, and its credit serves the next job")
    func grantFails() {
        var harness = CoreHarness()
        _ = harness.worker("w", credit: 1)
        _ = harness.takeSent()
        harness.enqueueWithoutCommit()
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "x")))
        #expect(harness.takeSent().refusals == ["storage"])
        #expect(harness.core.leases.isEmpty)
        #expect(harness.core.workers.values.map(\.freeCredit) == [1])
        #expect(harness.core.unsettled == 0)
    }

    @Test("a worker that comes anew before its grant is on disk gets the job once, in its new session")
    func grantAndHello() {
        var harness = CoreHarness()
        let worker = harness.worker("w", credit: 1)
        _ = harness.takeSent()
        harness.enqueueWithoutCommit()
        let batch = harness.core.takeBatch() ?? []
        var hello = WireHello()
        hello.workerID = worker.id
        hello.kinds = ["k"]
        hello.credit = 1
        harness.handle(.message(WireMessage(.hello(hello)), from: CoreHarness.peer("w2")))
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
        #expect(harness.takeSent().work.isEmpty)
        harness.settle()
        #expect(harness.takeSent().work.map(\.attempt) == [2])
    }

    @Test("a loss that was not written is found again, also when its worker is gone")
    func lossFails() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        harness.enqueue()
        _ = harness.takeSent()
        harness.beSilent()
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "x")))
        harness.pass(milliseconds: 15_000)
        _ = harness.worker("heir")
        #expect(harness.takeSent().work.map(\.attempt) == [2])
    }

    @Test("a lost worker that comes back while its loss is being written is told to stop what it had")
    func comesBackTooSoon() throws {
        var harness = CoreHarness()
        let id = JobID().description
        _ = harness.worker(id, "w", credit: 1)
        harness.enqueue()
        let handed = harness.takeSent().work
        let job = try #require(handed.first)
        harness.beSilent()
        // The loss is in the batch, not yet on disk.
        var held = WireHeld()
        held.id = job.id
        held.attempt = job.attempt
        _ = harness.takeSent()
        var hello = WireHello()
        hello.workerID = id
        hello.kinds = ["k"]
        hello.credit = 1
        hello.holding = [held]
        harness.handle(.message(WireMessage(.hello(hello), request: 2), from: CoreHarness.peer("w")))
        let refused = harness.sent.compactMap { message, _ -> [WireHeld]? in
            if case .welcome(let welcome) = message.header.body { welcome.refused } else { nil }
        }
        #expect(refused == [[held]])
        harness.settle()
        #expect(harness.takeSent().work.map(\.attempt) == [2])
    }

    @Test("a job that is being cancelled is handed to nobody, also where the disk still shows it waiting")
    func cancelledWhileItWaits() throws {
        var harness = CoreHarness()
        harness.enqueue()
        let id = try #require(harness.ids.first)
        var cancel = WireCancelJobs()
        cancel.ids = [id.description]
        harness.handle(.message(WireMessage(.cancelJobs(cancel), request: 2), from: CoreHarness.peer("producer")))
        let job = WaitingJob(
            JobDraft(id: id, kind: "k", runAt: harness.now), createdAt: harness.now)
        harness.handle(
            .refilled(Lane(queue: "default", kind: "k"), Waiting([job], isAll: true), generation: 0))
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["k"]
        hello.credit = 1
        harness.handle(.message(WireMessage(.hello(hello), request: 3), from: CoreHarness.peer("w")))
        #expect(harness.core.leases.isEmpty)
        #expect(harness.takeSent().work.isEmpty)
    }

    @Test("a cancellation that fails while another is under way lets no result in between")
    func twoCancellations() throws {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let handed = harness.takeSent().work
        let job = try #require(handed.first)
        var cancel = WireCancelJobs()
        cancel.ids = [job.id]
        harness.handle(.message(WireMessage(.cancelJobs(cancel), request: 2), from: CoreHarness.peer("producer")))
        _ = harness.core.takeBatch()
        harness.handle(.message(WireMessage(.cancelJobs(cancel), request: 3), from: CoreHarness.peer("producer")))
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "d")))
        _ = harness.takeSent()
        let results = CoreHarness.results(of: job, by: worker)
        harness.handle(.message(WireMessage(.results(results), request: 4), from: CoreHarness.peer("w")))
        #expect(harness.takeSent().recorded.map(\.status) == [.stale])
        #expect(harness.core.takeBatch() == nil)
    }

    @Test("payload frames that do not fit the jobs are refused")
    func frames() {
        var harness = CoreHarness()
        var job = WireNewJob()
        job.kind = "k"
        var enqueue = WireEnqueue()
        enqueue.jobs = [job, job]
        for payloads: [[UInt8]] in [[[1]], [[1], [2], [3]]] {
            harness.say(.enqueue(enqueue), from: CoreHarness.peer("p"), payloads: payloads)
            #expect(harness.takeSent().refusals == ["malformed"])
        }
    }
}
