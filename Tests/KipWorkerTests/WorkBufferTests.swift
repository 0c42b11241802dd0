import KipClient
import KipCore
import Testing

@testable import KipWorker

/// What waits in a worker for a place.
@Suite struct WorkBufferTests {
    private func work() throws -> LeasedWork {
        var wire = WireLeasedJob()
        wire.id = JobID().description
        return try #require(LeasedWork(wire, payload: []))
    }

    @Test("quick handlers are kept busy, slow ones keep nothing waiting, and the way back is short")
    func credit() {
        var buffer = WorkBuffer(places: 4, most: 8)
        #expect(buffer.credit == 12)
        buffer.ended(after: 5)
        #expect(buffer.credit == 12)
        for _ in 0..<20 { buffer.ended(after: 500) }
        #expect(buffer.credit == 6)
        for _ in 0..<20 { buffer.ended(after: 5_000) }
        #expect(buffer.credit == 4)
        for _ in 0..<20 { buffer.ended(after: 1) }
        #expect(buffer.credit == 12)
    }

    @Test("what has waited for half a second goes back, the rest stays, and nothing is wanted beside the places")
    func overdue() throws {
        var buffer = WorkBuffer(places: 2, most: 4)
        let first = try work()
        buffer.append([first, try work()])
        let now = first.receivedAt
        #expect(buffer.wait(at: now, running: 2) == 500)
        #expect(buffer.takeOverdue(at: now.advanced(byMilliseconds: 400), running: 2).isEmpty)
        // Where a place is free it is about to begin.
        let late = now.advanced(byMilliseconds: 1_000)
        #expect(buffer.takeOverdue(at: late, running: 1).isEmpty)
        #expect(buffer.wait(at: late, running: 1) == 100)
        #expect(buffer.wait(at: late, running: 2) == 0)
        #expect(buffer.credit == 6)
        #expect(buffer.takeOverdue(at: late, running: 2).count == 2)
        #expect(buffer.credit == 2)
        #expect(buffer.wait(at: now, running: 2) == nil)
    }

    @Test("an idle worker has what waits in a busy one within a second, with a real broker")
    func shared() async throws {
        let broker = try LocalBroker()
        let journal = JobID().description
        let busy = try broker.worker(Slow.self, named: "busy", concurrency: 1, prefetch: 5)
        let long = try await broker.client.enqueue(Slow(journal: journal, milliseconds: 8_000))
        var quick: [EnqueuedJob] = []
        for _ in 0..<5 { quick.append(try await broker.client.enqueue(Slow(journal: journal, milliseconds: 1))) }
        try await Journal.shared.wait(for: 1, in: journal)
        let idle = try broker.worker(Slow.self, named: "idle", concurrency: 1)
        for job in quick { #expect(try await broker.end(of: job).job.state == "succeeded") }
        // The long one still runs.
        #expect(try await broker.client.job(long.id).job.state == "running")
        busy.cancel()
        idle.cancel()
        try await broker.stop()
    }
}
