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
        Rhythm(name: "skip", cron: "*/15 * * * * *", milliseconds: 15_000, catchUp: "skip", overlap: "skip"),
    ]
}
