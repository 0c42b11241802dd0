import KipCore
import KipStore
import Testing

@testable import KipBroker

@Suite struct LaneWindowTests {
    private func job(_ priority: Int = 0) -> WaitingJob {
        let zero = Timestamp(milliseconds: 0)
        return WaitingJob(JobDraft(kind: "k", priority: priority, runAt: zero), createdAt: zero)
    }

    @Test("what does not fit stays on disk and comes with a refill, nothing twice")
    func spills() {
        var window = LaneWindow(lane: Lane(queue: "q", kind: "k"), capacity: 4)
        let jobs = (0..<10).map { _ in job() }
        for job in jobs { window.offer(job) }
        #expect(window.count == 4)
        #expect(window.hasMore)
        var out: [JobID] = []
        for _ in 0..<3 { if let job = window.popFirst() { out.append(job.id) } }
        #expect(window.needsRefill)
        let onDisk = jobs.filter { !out.contains($0.id) }
        window.refill(Waiting(onDisk, isAll: true), asked: window.generation) { out.contains($0) }
        #expect(window.count == 4)
        while let job = window.popFirst() { out.append(job.id) }
        #expect(out == Array(jobs.prefix(7).map(\.id)))
        #expect(window.hasMore)
    }

    @Test("a job that was left to the disk after the question keeps the lane asking")
    func generation() {
        var window = LaneWindow(lane: Lane(queue: "q", kind: "k"), capacity: 4)
        window.leaveOnDisk()
        let asked = window.generation
        window.leaveOnDisk()
        window.refill(Waiting([], isAll: true), asked: asked) { _ in false }
        #expect(window.hasMore)
        window.refill(Waiting([], isAll: true), asked: window.generation) { _ in false }
        #expect(!window.hasMore)
    }

    @Test("an urgent job goes before a full window, and the last of it goes back to the disk")
    func urgent() {
        var window = LaneWindow(lane: Lane(queue: "q", kind: "k"), capacity: 2)
        for _ in 0..<3 { window.offer(job()) }
        let urgent = job(5)
        window.offer(urgent)
        #expect(window.count == 2)
        #expect(window.popFirst()?.id == urgent.id)
    }

    @Test("a job that is given back goes before those that came after it, and none is forgotten")
    func givenBack() {
        var window = LaneWindow(lane: Lane(queue: "q", kind: "k"), capacity: 3)
        let jobs = (0..<5).map { _ in job() }.sorted { $0.id < $1.id }
        for job in jobs.prefix(4) { window.offer(job) }
        guard let first = window.popFirst(), let second = window.popFirst() else { return }
        window.putBack(second)
        window.putBack(first)
        #expect(window.count == 3)
        #expect(window.hasMore)
        #expect((0..<3).compactMap { _ in window.popFirst()?.id } == jobs.prefix(3).map(\.id))
        // One that came after all of them stays behind those that wait on disk.
        window.leaveOnDisk()
        window.putBack(jobs[4])
        #expect(window.isEmpty)
        #expect(window.needsRefill)
    }

    @Test("large payloads fill a window by their bytes, and the rest comes later")
    func bytes() {
        let zero = Timestamp(milliseconds: 0)
        let jobs = (0..<6).map { _ in
            WaitingJob(
                JobDraft(kind: "k", runAt: zero, payload: [UInt8](repeating: 0, count: 100)), createdAt: zero)
        }
        var window = LaneWindow(lane: Lane(queue: "q", kind: "k"), capacity: 10, byteCapacity: 250)
        for job in jobs { window.offer(job) }
        #expect(window.count == 3)
        #expect(window.hasMore)
        var out: [JobID] = []
        while out.count < 6 {
            while let job = window.popFirst() { out.append(job.id) }
            #expect(window.bytes == 0)
            let rest = jobs.filter { !out.contains($0.id) }
            window.refill(Waiting(rest, isAll: true), asked: window.generation) { _ in false }
        }
        #expect(out == jobs.map(\.id))
        #expect(!window.hasMore)
    }

    @Test("a thousand lanes keep no more in memory together than 64 would, and each still keeps some")
    func manyLanes() throws {
        let settings = BrokerSettings()
        #expect(settings.window(among: 1).jobs == 4_096)
        #expect(settings.window(among: 64).jobs == 4_096)
        #expect(settings.window(among: 1_000).jobs * 1_000 <= 64 * 4_096)
        #expect(settings.window(among: 1_000).bytes * 1_000 <= 256 << 20)
        #expect(settings.window(among: 1_000_000).jobs == 64)
        let house = try StoreHarness { $0.windowJobs = 16 }
        for number in 0..<128 {
            house.send((0..<16).map { _ in StoreHarness.job(queue: "q\(number)") }, payloads: [])
        }
        let core = house.core
        #expect(core.lanes.count == 128)
        #expect(core.lanes.allSatisfy { $0.capacity == 16 })
        // 128 lanes of 4,096: half of it each, from the last one on.
        let large = try StoreHarness { $0.windowJobs = 4_096 }
        for number in 0..<128 { large.enqueue(queue: "q\(number)") }
        #expect(large.core.lanes.allSatisfy { $0.capacity == 2_048 })
        // All of them are handed out in the end, whatever is in memory.
        house.hello(queues: (0..<128).map { "q\($0)" }, credit: 4_096)
        #expect(house.running.count == 16 * 128)
    }
}
