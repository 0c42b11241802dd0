import KipCore
import KipStore
import Testing

@testable import KipBroker

/// What one peer may cost is bounded in bytes, not only in jobs or messages.
@Suite struct BytesTests {
    private func enqueue(_ harness: inout CoreHarness, _ count: Int, bytes: Int) {
        var enqueue = WireEnqueue()
        enqueue.jobs = (0..<count).map { _ in
            var job = WireNewJob()
            job.id = JobID().description
            job.kind = "k"
            return job
        }
        let payload = [UInt8](repeating: 7, count: bytes)
        harness.say(
            .enqueue(enqueue), from: CoreHarness.peer("producer"), payloads: [[UInt8]](repeating: payload, count: count)
        )
    }

    @Test("a worker that wants ten thousand jobs gets as many bytes as it may hold, and more when it gives results")
    func leased() throws {
        var harness = CoreHarness()
        let worker = harness.worker("w", credit: 10_000)
        for _ in 0..<5 { enqueue(&harness, 20, bytes: Limits.payloadBytes) }
        let most = Limits.leasedBytesPerWorker / Limits.payloadBytes
        let work = harness.takeSent().work
        #expect(work.count == most)
        #expect(harness.core.leasedBytes == Limits.leasedBytesPerWorker)
        harness.finish(work[0], by: worker, "w")
        #expect(harness.takeSent().work.count == 1)
        // A worker that comes back without its jobs holds no bytes.
        _ = harness.worker(worker.id, "w", credit: 1)
        #expect(harness.core.workers[worker.id]?.leasedBytes == Limits.payloadBytes)
        #expect(harness.core.leasedBytes == Limits.payloadBytes)
    }

    @Test("results that wait for the disk count, until they are there or could not be written")
    func results() throws {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue(2)
        let work = harness.takeSent().work
        for (index, job) in work.enumerated() {
            let results = CoreHarness.results(of: job, by: worker)
            let payload = [UInt8](repeating: 7, count: 1_000)
            harness.handle(.message(WireMessage(.results(results), payloads: [payload]), from: CoreHarness.peer("w")))
            #expect(harness.core.pendingBytes == 1_000)
            if index == 0 {
                harness.settle()
            } else {
                _ = harness.core.takeBatch()
                harness.handle(.commitFailed(.full(path: "here")))
            }
            #expect(harness.core.pendingBytes == 0)
        }
    }

    @Test("a job that was handed out, and whose lease could not be written, goes before others again")
    func priority() throws {
        let house = try StoreHarness { $0.windowJobs = 8 }
        house.hello(credit: 1)
        let first = house.enqueue()
        let urgent = house.enqueue { $0.priority = 5 }
        for _ in 0..<6 { house.enqueue { $0.priority = 1 } }
        #expect(house.begun.ids == [first])
        let job = house.workers["w"]?.held[first]
        house.isDiskSlow = true
        house.finish(first)
        house.failWrites()
        house.workers["w"]?.held[first] = job
        house.isDiskSlow = false
        house.returns("w")
        // The disk is asked for what goes before what is in memory.
        house.pass(seconds: 3)
        house.finish(first)
        #expect(house.begun.ids.dropFirst().first == urgent)
    }
}
