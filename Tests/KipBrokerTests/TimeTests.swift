import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Clocks that are set, machines that sleep. Leases go by the steady clock (WorkerLossTests), schedules by the wall clock.
@Suite struct TimeTests {
    private func applied(_ cron: String, catchUp: String = "once", at start: Int64) -> CoreHarness {
        var harness = CoreHarness()
        harness.now = Timestamp(milliseconds: start)
        var schedule = WireSchedule()
        schedule.name = "s"
        schedule.cron = cron
        schedule.timeZone = "Europe/Paris"
        schedule.kind = "k"
        schedule.catchUp = catchUp
        var apply = WireApplySchedules()
        apply.schedules = [schedule]
        harness.say(.applySchedules(apply), from: CoreHarness.peer("p"))
        _ = harness.takeSent()
        return harness
    }

    /// The nominal times that fire when the wall clock shows a time.
    private func fired(_ harness: inout CoreHarness, at time: Int64) -> [Int64] {
        harness.now = Timestamp(milliseconds: time)
        harness.steady = harness.steady.advanced(byMilliseconds: 1)
        harness.handle(.timer)
        let batch = harness.core.takeBatch() ?? []
        if !batch.isEmpty { harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch)))) }
        return batch.compactMap {
            if case .fireSchedule(_, let nominal, _, _, _, _) = $0 { nominal.milliseconds } else { nil }
        }
    }

    private static let hour: Int64 = 3_600_000
    /// 2024-03-30 12:00 in UTC, the day before Paris puts its clocks forward.
    private static let noon: Int64 = 1_711_800_000_000

    @Test("a clock that is put forward, or a machine that slept, catches up as the schedule says")
    func forward() {
        var once = applied("0 * * * *", at: Self.noon)
        #expect(fired(&once, at: Self.noon + 10 * Self.hour + 1) == [Self.noon + 10 * Self.hour])
        var all = applied("0 * * * *", catchUp: "all", at: Self.noon)
        #expect(fired(&all, at: Self.noon + 3 * Self.hour).count == 3)
        var skip = applied("0 * * * *", catchUp: "skip", at: Self.noon)
        #expect(fired(&skip, at: Self.noon + 10 * Self.hour + 30 * 60_000) == [])
    }

    @Test("over the change to summer time a daily schedule fires once a day, also in the hour that is not there")
    func summerTime() {
        // 02:30 does not exist on 31 March 2024 in Paris.
        var harness = applied("30 2 * * *", catchUp: "all", at: Self.noon)
        var times: [Int64] = []
        for hour in 1...72 { times += fired(&harness, at: Self.noon + Int64(hour) * Self.hour) }
        #expect(times.count == 3)
    }

    @Test("29 February comes every four years, and a year's end is no edge")
    func calendar() {
        var leap = applied("0 0 29 2 *", at: Self.noon)
        // 2028-02-28 23:00 UTC is midnight of the 29th in Paris.
        #expect(fired(&leap, at: 1_835_391_600_000 - 1) == [])
        #expect(fired(&leap, at: 1_835_391_600_000) == [1_835_391_600_000])
        var year = applied("0 0 1 1 *", at: Self.noon)
        #expect(fired(&year, at: 1_735_686_000_000) == [1_735_686_000_000])
    }

    @Test("a session of before a clock was put back is nobody's after it")
    func sessions() {
        var seen: Set<UInt64> = []
        for seed in 1...50 {
            let moment = Moment(wall: Timestamp(milliseconds: 1_000), steady: SteadyTime(milliseconds: 1))
            var core = BrokerCore(settings: BrokerSettings(), recovered: Recovered(), seed: UInt64(seed), at: moment)
            var hello = WireHello()
            hello.workerID = JobID().description
            hello.kinds = ["k"]
            hello.credit = 1
            var effects: [Effect] = []
            core.handle(.message(WireMessage(.hello(hello)), from: CoreHarness.peer("w")), at: moment, into: &effects)
            for case .send(let message, _) in effects {
                if case .welcome(let welcome) = message.header.body { seen.insert(welcome.session) }
            }
        }
        #expect(seen.count == 50)
    }

    @Test("a broker that stood still for longer than a lease does not take its workers for lost")
    func stalled() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        harness.enqueue()
        #expect(harness.takeSent().work.count == 1)
        harness.steady = harness.steady.advanced(byMilliseconds: 20_000)
        harness.handle(.stalled(milliseconds: 19_000))
        harness.pass(milliseconds: 1_000)
        #expect(harness.core.leases.values.map(\.job.setbacks.losses) == [0])
        #expect(harness.core.workers.values.count == 1)
        // Who says nothing from then on is lost as ever.
        harness.pass(milliseconds: 15_000)
        #expect(harness.core.workers.values.isEmpty)
    }

    @Test("a worker whose lease has ended is heard for a moment more: the broker may be the one who stood still")
    func overdue() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        harness.steady = harness.steady.advanced(byMilliseconds: 15_100)
        harness.handle(.timer)
        #expect(harness.core.workers.values.count == 1)
        var heartbeat = WireHeartbeat()
        heartbeat.workerID = worker.id
        heartbeat.session = worker.session
        harness.say(.heartbeat(heartbeat), from: CoreHarness.peer("w"))
        harness.pass(milliseconds: 1_000)
        #expect(harness.core.workers.values.count == 1)
        #expect(harness.core.leases.values.map(\.job.setbacks.losses) == [0])
    }
}
