import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Promise 10: a job that was lost with its worker runs apart from others, and stops nobody.
@Suite struct IsolationTests {
    private typealias Worker = (id: String, session: UInt64)

    /// Loses all workers but those that are named, and what this writes is on disk.
    private func loseWorkers(_ harness: inout CoreHarness, except kept: [(Worker, String)] = []) {
        for step: Int64 in [8_000, 8_000, Limits.overdueMilliseconds] {
            for (worker, name) in kept { harness.beat(worker, name) }
            harness.steady = harness.steady.advanced(byMilliseconds: step)
            harness.handle(.timer)
            harness.settle()
        }
    }

    private func wait(_ harness: inout CoreHarness, milliseconds: Int64) {
        harness.steady = harness.steady.advanced(byMilliseconds: milliseconds)
        harness.handle(.timer)
        harness.settle()
    }

    /// Jobs of the kind, lost as often as asked with workers that had nothing else.
    private func lostJobs(_ harness: inout CoreHarness, _ count: Int, times: Int) {
        harness.enqueue(count)
        for loss in 1...times {
            _ = harness.worker("lost \(loss)", credit: 100)
            loseWorkers(&harness)
        }
        _ = harness.takeSent()
    }

    /// Losses of the jobs that are in workers' hands.
    private func losses(_ harness: CoreHarness, of worker: Worker) -> [Int] {
        harness.core.leases.values.filter { $0.worker == worker.id && !$0.isClosing }.map(\.job.setbacks.losses)
            .sorted()
    }

    @Test("jobs that were lost once run together, and others go beside them if no other worker takes those")
    func group() {
        var harness = CoreHarness()
        lostJobs(&harness, 30, times: 1)
        let heir = harness.worker("heir", credit: 100)
        #expect(harness.takeSent().work.map(\.attempt) == [Int32](repeating: 2, count: 30))
        harness.enqueue(5)
        #expect(harness.takeSent().work.map(\.attempt) == [1, 1, 1, 1, 1])
        #expect(losses(harness, of: heir) == [0, 0, 0, 0, 0] + [Int](repeating: 1, count: 30))
    }

    @Test("ordinary jobs go to another worker than the group, as long as that one has credit")
    func elsewhere() {
        var harness = CoreHarness()
        lostJobs(&harness, 4, times: 1)
        let first = harness.worker("first", credit: 100)
        let second = harness.worker("second", credit: 3)
        harness.enqueue(5)
        #expect(losses(harness, of: first) == [0, 0, 1, 1, 1, 1])
        #expect(losses(harness, of: second) == [0, 0, 0])
    }

    @Test("a group leaves half of the only worker to others")
    func half() {
        var harness = CoreHarness()
        lostJobs(&harness, 10, times: 1)
        let heir = harness.worker("heir", credit: 8)
        #expect(losses(harness, of: heir) == [1, 1, 1, 1])
        harness.enqueue(8)
        #expect(losses(harness, of: heir) == [0, 0, 0, 0, 1, 1, 1, 1])
    }

    @Test("the only place of the only worker goes to an ordinary job after each isolated one")
    func onePlace() throws {
        var harness = CoreHarness()
        lostJobs(&harness, 3, times: 1)
        let heir = harness.worker("heir", credit: 1)
        harness.enqueue(2)
        var attempts: [Int32] = []
        for _ in 0..<3 {
            let job = try #require(harness.takeSent().work.first)
            attempts.append(job.attempt)
            harness.finish(job, by: heir, "heir")
        }
        #expect(attempts == [2, 1, 1])
    }

    @Test("the last worker that has nothing takes a lost job, too, while no ordinary one waits for it")
    func lastWorker() {
        var harness = CoreHarness()
        lostJobs(&harness, 3, times: 1)
        let workers = ["first", "second"].map { harness.worker($0, credit: 1) }
        #expect(workers.map { losses(harness, of: $0) } == [[1], [1]])
    }

    @Test("the last worker that has nothing is for the ordinary jobs that wait")
    func lastWorkerForOthers() {
        var harness = CoreHarness()
        lostJobs(&harness, 3, times: 1)
        harness.enqueue()
        let workers = ["first", "second"].map { harness.worker($0, credit: 1) }
        #expect(workers.map { losses(harness, of: $0) } == [[1], [0]])
    }

    @Test("a job that was lost twice has an empty worker for itself; the next one waits for it")
    func alone() throws {
        var harness = CoreHarness()
        lostJobs(&harness, 3, times: 2)
        let heir = harness.worker("heir", credit: 10)
        for _ in 0..<3 {
            let work = harness.takeSent().work
            #expect(work.map(\.attempt) == [3])
            #expect(losses(harness, of: heir) == [2])
            harness.finish(try #require(work.first), by: heir, "heir")
        }
    }

    @Test("ordinary jobs wait half a second for a job that is to be alone, and go on beside it then")
    func admitted() throws {
        var harness = CoreHarness()
        lostJobs(&harness, 1, times: 2)
        let heir = harness.worker("heir", credit: 10)
        #expect(losses(harness, of: heir) == [2])
        _ = harness.takeSent()
        harness.enqueue(2)
        #expect(harness.takeSent().work.isEmpty)
        // The core wants to be woken when it is time, not by chance.
        let wait = try #require(harness.core.wait(at: harness.moment))
        #expect(wait == Limits.isolationMilliseconds)
        self.wait(&harness, milliseconds: wait)
        #expect(harness.takeSent().work.map(\.attempt) == [1, 1])
    }

    @Test("a worker is to become empty for half a second at most, then the job begins all the same")
    func reserved() throws {
        var harness = CoreHarness()
        let heir = harness.worker("heir", credit: 10)
        harness.enqueue()
        let long = try #require(harness.takeSent().work.first)
        // Lost twice with others, while the heir is busy.
        harness.core.lanes[0].offer(Self.job(losses: 2))
        harness.handle(.timer)
        harness.settle()
        #expect(losses(harness, of: heir) == [0])
        harness.enqueue()
        #expect(harness.takeSent().work.isEmpty)
        wait(&harness, milliseconds: Limits.isolationMilliseconds)
        #expect(losses(harness, of: heir) == [0, 2])
        wait(&harness, milliseconds: Limits.isolationMilliseconds)
        #expect(losses(harness, of: heir) == [0, 0, 2])
        harness.finish(long, by: heir, "heir")
    }

    private static func job(losses: Int) -> WaitingJob {
        let zero = Timestamp(milliseconds: 0)
        var job = WaitingJob(JobDraft(kind: "k", runAt: zero), createdAt: zero)
        job.setbacks.losses = losses
        job.attempt = losses
        return job
    }

    @Test("with another worker for ordinary jobs the one that is to become empty does so in its own time")
    func reservedAmongOthers() throws {
        var harness = CoreHarness()
        let first = harness.worker("first", credit: 1)
        harness.enqueue()
        let long = try #require(harness.takeSent().work.first)
        let second = harness.worker("second", credit: 10)
        harness.enqueue()
        harness.core.lanes[0].offer(Self.job(losses: 2))
        harness.handle(.timer)
        harness.settle()
        wait(&harness, milliseconds: 3 * Limits.isolationMilliseconds)
        harness.enqueue(2)
        harness.finish(long, by: first, "first")
        #expect(losses(harness, of: first) == [2])
        #expect(losses(harness, of: second) == [0, 0, 0])
    }

    @Test("a job that kills its worker is quarantined after three; each of the others is lost twice at most")
    func killer() throws {
        var harness = CoreHarness()
        harness.enqueue(12)
        let ids = harness.ids.sorted()
        let killer = ids[5].description
        var lost: [String: Int] = [:]
        var deaths = 0
        var quarantined: [JobID] = []
        for life in 0..<40 where harness.core.leases.count + harness.core.lanes[0].countInMemory > 0 {
            let worker = harness.worker("w\(life)", credit: 20)
            // An ordinary job comes to each of them.
            harness.enqueue()
            while true {
                let work = harness.takeSent().work
                if work.contains(where: { $0.id == killer }) {
                    deaths += 1
                    for lease in harness.core.leases.values { lost[lease.job.id.description, default: 0] += 1 }
                    harness.beSilent()
                    while let batch = harness.core.takeBatch() {
                        for case .park(let park) in batch where park.state == .quarantined {
                            quarantined.append(park.id)
                        }
                        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
                    }
                    break
                }
                if work.isEmpty {
                    // What gave others their time has its turn.
                    wait(&harness, milliseconds: 2 * Limits.isolationMilliseconds)
                    if harness.core.leases.isEmpty { break }
                }
                for job in work { harness.finish(job, by: worker, "w\(life)") }
            }
            var goodbye = WireGoodbye()
            goodbye.workerID = worker.id
            harness.say(.goodbye(goodbye), from: CoreHarness.peer("w\(life)"))
        }
        #expect(deaths == 3)
        #expect(quarantined.map(\.description) == [killer])
        #expect(lost.removeValue(forKey: killer) == 3)
        #expect(lost.values.max() == 2)
        #expect(harness.core.lanes[0].countInMemory == 0)
    }

    @Test("isolated jobs keep no ordinary one out of memory")
    func room() {
        var window = LaneWindow(lane: Lane(queue: "q", kind: "k"), capacity: 4)
        for _ in 0..<40 { window.offer(Self.job(losses: 1)) }
        #expect(window.countInMemory == 16)
        #expect(window.hasMore)
        let isolated = (0..<40).map { _ in Self.job(losses: 1) }
        window.refill(Waiting(isolated, isAll: false), asked: window.generation) { _ in false }
        // Another look would bring the same.
        #expect(!window.needsRefill)
        window.refill(Waiting([Self.job(losses: 0)] + isolated, isAll: false), asked: window.generation) { _ in false }
        #expect(window.popFirst() != nil)
        _ = window.popFirst(.group)
        #expect(window.needsRefill)
    }

    @Test("a broker that starts again knows from the counts on disk who runs in a group and who alone")
    func restart() {
        let lane = Lane(queue: "default", kind: "k")
        var once = Self.job(losses: 1)
        once.attempt = 2
        var twice = Self.job(losses: 2)
        twice.attempt = 3
        let worker = JobID().description
        let recovered = Recovered(
            running: [once, twice].map { RunningJob(job: $0, lane: lane, worker: worker) })
        var harness = CoreHarness(recovered: recovered)
        harness.enqueue()
        #expect(harness.core.workers[worker]?.isolatedJobs == [once.id, twice.id])
        #expect(harness.core.workers[worker]?.soloJobs == [twice.id])
    }
}
