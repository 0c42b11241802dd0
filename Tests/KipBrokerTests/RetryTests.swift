import KipCore
import KipStore
import Testing

@testable import KipBroker

/// When a failed job is tried again.
@Suite struct RetryTests {
    @Test("fixed: the same wait after each failure")
    func fixed() {
        let policy = RetryPolicy.fixed(.seconds(5))
        for failures in 1...4 {
            for random in [0, UInt64.max / 2, .max] {
                #expect(policy.delay(afterFailures: failures, random: random) == 5_000)
            }
        }
    }

    @Test("list: one wait after the other, the last one again and again")
    func list() {
        let policy = RetryPolicy.list([.seconds(1), .seconds(10), .seconds(60)])
        #expect((1...5).map { policy.delay(afterFailures: $0, random: 7) } == [1_000, 10_000, 60_000, 60_000, 60_000])
    }

    @Test("exponential: twice as long each time up to the cap, and never outside of the jitter")
    func exponential() {
        let policy = RetryPolicy(baseMilliseconds: 1_000, factor: 2, capMilliseconds: 10_000, jitter: 0.2)
        var random = SplitMix64(seed: 4)
        for (failures, wait) in [(1, 1_000), (2, 2_000), (3, 4_000), (4, 8_000), (5, 10_000), (60, 10_000)] {
            let waits = (0..<500).map { _ in Int(policy.delay(afterFailures: failures, random: random.next())) }
            #expect(waits.allSatisfy { $0 >= wait * 8 / 10 && $0 <= wait * 12 / 10 })
            // It is spread, to both sides.
            #expect((waits.min() ?? 0) < wait * 82 / 100 && (waits.max() ?? 0) > wait * 118 / 100)
        }
        #expect(policy.delay(afterFailures: 1, random: 0) == 800)
    }

    @Test(
        "through the wire and back from the disk each policy is the same",
        arguments: [
            RetryPolicy.standard, .fixed(.seconds(5)),
            .list([.seconds(1), .milliseconds(1), .seconds(60)], jitter: 0.5),
            RetryPolicy(baseMilliseconds: 1_500, factor: 1.5, capMilliseconds: 99_000, jitter: 0),
        ])
    func travels(policy: RetryPolicy) throws {
        let house = try StoreHarness()
        house.enqueue { $0.backoff = policy.wire }
        try house.restart()
        house.hello()
        #expect(house.core.leases.values.map(\.job.retry) == [policy])
    }

    @Test("a list drives the attempts, also over a restart")
    func attempts() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { job in
            job.backoff.delaysMs = [1_000, 20_000]
            job.backoff.exact = true
        }
        var waits: [Int64] = []
        for failure in 1...4 {
            let failed = house.now.milliseconds
            house.fail(id)
            if failure == 2 { try house.restart() }
            house.pass(seconds: 30)
            waits.append((house.begun.last?.at.milliseconds ?? 0) - failed)
        }
        #expect(waits == [1_000, 20_000, 20_000, 20_000])
    }

    @Test("a handler's own wait goes before the policy, up to 30 days; a snooze costs no attempt")
    func ownWait() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { $0.backoff = RetryPolicy.fixed(.seconds(1)).wire }
        house.fail(id, after: 7_000)
        #expect(try house.show(id).detail.job.runAtMs == house.now.milliseconds + 7_000)
        house.pass(seconds: 7)
        house.snooze(id, milliseconds: 3_000)
        let job = try house.show(id).detail.job
        #expect(job.runAtMs == house.now.milliseconds + 3_000)
        #expect(job.failures == 1)
        house.pass(seconds: 3)
        house.fail(id, after: 30 * 86_400_000)
        #expect(try house.show(id).detail.job.runAtMs == house.now.milliseconds + 30 * 86_400_000)
    }
}
