import KipCore
import KipStore

extension Audit {
    /// Promise 7: a schedule fires once for each of its times, and leaves none out. (Times of a clock that was years ahead
    /// stand apart.)
    mutating func lookAtSchedules(_ store: ModelStore, at now: Timestamp) {
        let jobs = Set(store.rows.values.filter { $0.uniqueKey?.hasPrefix("schedule/") == true }.map(\.job.id))
        let lost = store.firings.values.filter { !jobs.contains($0) && gone[$0] == nil }
        if !lost.isEmpty || jobs.count > store.firings.count {
            report("\(store.firings.count) firings made \(jobs.count) jobs")
        }
        for schedule in Simulation.schedules { lookAtTimes(of: schedule, store, at: now) }
        for schedule in store.schedules() {
            guard let next = schedule.next, now.milliseconds - next.milliseconds > Self.grace else { continue }
            report("the schedule \(schedule.name) was due at \(next.milliseconds) and has not fired")
        }
    }

    private mutating func lookAtTimes(of schedule: Simulation.Rhythm, _ store: ModelStore, at now: Timestamp) {
        let prefix = schedule.name + "/"
        let times = store.firings.keys.filter { $0.hasPrefix(prefix) }
            // Those of a clock that was ahead come again.
            .compactMap { Int64($0.dropFirst(prefix.count)) }.filter { $0 <= now.milliseconds }.sorted()
        for time in times where time % schedule.milliseconds != 0 {
            report("the schedule \(schedule.name) fired at \(time), which is none of its times")
        }
        guard schedule.catchUp == "all" else { return }
        for (earlier, later) in zip(times, times.dropFirst())
        where later - earlier != schedule.milliseconds && later - earlier < Simulation.yearsAhead / 2 {
            report("the schedule \(schedule.name) fired at \(earlier) and then at \(later)")
        }
    }

    /// A firing that is so late, or later, is a missed one, in milliseconds.
    private static let punctual: Int64 = 60_000

    /// The firings of one schedule at one time of the broker's clock.
    private struct Decision: Hashable {
        var name: String
        var at: Int64
    }

    /// Promise 7: missed times follow the schedule's own rule, the others all fire.
    mutating func lookAtFirings(_ batch: [Mutation], at now: Int64) {
        var decisions: [Decision: [Int64]] = [:]
        for case .fireSchedule(let name, let nominal, _, _, let at, _) in batch {
            decisions[Decision(name: name, at: at.milliseconds), default: []].append(nominal.milliseconds)
        }
        for (decision, times) in decisions.sorted(by: { ($0.key.at, $0.key.name) < ($1.key.at, $1.key.name) }) {
            guard let schedule = Simulation.schedules.first(where: { $0.name == decision.name }) else { continue }
            let times = times.sorted()
            lookAtMissed(times.count { $0 <= decision.at - Self.punctual }, of: times.count, schedule)
            lookAtGaps(in: times, schedule, at: decision.at, now)
            fired[decision.name, default: []].formUnion(times)
        }
    }

    private mutating func lookAtMissed(_ late: Int, of count: Int, _ schedule: Simulation.Rhythm) {
        let isRight =
            switch schedule.catchUp {
            case "skip": late == 0
            case "once": late == 0 || count == 1
            default: true
            }
        if isRight { return }
        report("the schedule \(schedule.name) (\(schedule.catchUp)) fires \(count) times, \(late) of them late")
    }

    /// Between what it fired for before and what it fires for now lie only times that were missed. What a failed commit has
    /// put off, or a wrong clock, comes in another order.
    private mutating func lookAtGaps(in times: [Int64], _ schedule: Simulation.Rhythm, at clock: Int64, _ now: Int64) {
        guard schedule.catchUp != "all", clockIsRight, now - writesFailedAt > Self.grace else { return }
        let step = schedule.milliseconds
        let isWhole =
            zip(times, times.dropFirst()).allSatisfy { $1 - $0 == step } && clock - times[times.count - 1] < step
        let firstPunctual = ((clock - Self.punctual) / step + 1) * step
        let before = (fired[schedule.name] ?? []).filter { $0 < times[0] }.max()
        let follows = before.map { times[0] - $0 == step || times[0] <= firstPunctual } ?? true
        if !isWhole || !follows {
            report(
                "the schedule \(schedule.name) leaves out times before \(times[0]): it fires for \(times) at \(clock)")
        }
    }
}

extension Simulation {
    struct Rhythm {
        var name: String
        var cron: String
        var milliseconds: Int64
        var catchUp: String
        var kind = "a"
        var overlap = ""
    }

    static let schedules = [
        Rhythm(name: "minute", cron: "* * * * *", milliseconds: 60_000, catchUp: "all"),
        Rhythm(name: "tens", cron: "*/10 * * * * *", milliseconds: 10_000, catchUp: "all"),
        Rhythm(name: "once", cron: "*/15 * * * * *", milliseconds: 15_000, catchUp: "once", kind: "b"),
        Rhythm(name: "seldom", cron: "*/2 * * * *", milliseconds: 120_000, catchUp: "once", kind: "b"),
        Rhythm(name: "seldom or never", cron: "*/2 * * * *", milliseconds: 120_000, catchUp: "skip"),
        Rhythm(name: "skip", cron: "*/15 * * * * *", milliseconds: 15_000, catchUp: "skip", overlap: "skip"),
    ]
}
