import Foundation
import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Schedules in the core, with the real store behind it.
@Suite("Schedules in the core") struct ScheduleCoreTests {
    private static let minute: Int64 = 60_000
    /// Friday 2024-03-29 07:00 in Asia/Ho_Chi_Minh.
    private static let start = Timestamp(milliseconds: 1_711_670_400_000)

    /// A core and its disk.
    private final class Desk {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString)").path
        let store: SQLiteJobStore
        var settings = BrokerSettings()
        var core: BrokerCore
        var now = ScheduleCoreTests.start
        private var effects: [Effect] = []
        private var sent: [WireMessage] = []

        init(_ calendar: any WorkingDayCalendar = MondayToFriday()) throws {
            store = try SQLiteJobStore(directory: directory)
            settings.workingDays = calendar
            core = BrokerCore(
                settings: settings, recovered: Recovered(), seed: 1,
                at: Moment(wall: now, steady: SteadyTime(milliseconds: 0)))
        }

        deinit {
            store.close()
            try? FileManager.default.removeItem(atPath: directory)
        }

        private var moment: Moment { Moment(wall: now, steady: SteadyTime(milliseconds: 0)) }

        /// A broker that starts on what is on disk.
        func restart() throws {
            let schedules = try store.schedules().compactMap(ScheduleState.init(stored:))
            core = BrokerCore(settings: settings, recovered: Recovered(schedules: schedules), seed: 2, at: moment)
        }

        func handle(_ event: Event) {
            core.handle(event, at: moment, into: &effects)
            for case .send(let message, _) in effects { sent.append(message) }
            effects = []
        }

        func write() throws {
            while let batch = core.takeBatch() { handle(.committed(try store.apply(batch))) }
        }

        /// What is answered when it is on disk.
        @discardableResult
        func say(_ body: WireHeader.OneOf_Body) throws -> [WireMessage] {
            sent = []
            handle(.message(WireMessage(body, request: 1), from: CoreHarness.peer("p")))
            try write()
            return sent
        }

        @discardableResult
        func apply(_ edit: (inout WireSchedule) -> Void) throws -> [WireMessage] {
            try say(.applySchedules(Self.file(edit)))
        }

        static func file(_ edit: (inout WireSchedule) -> Void) -> WireApplySchedules {
            var schedule = WireSchedule()
            schedule.name = "s"
            schedule.kind = "k"
            edit(&schedule)
            var apply = WireApplySchedules()
            apply.schedules = [schedule]
            return apply
        }

        func pause(_ paused: Bool, _ name: String = "s") throws -> [WireMessage] {
            try say(.pauseSchedule(Self.pause(paused, name)))
        }

        static func pause(_ paused: Bool, _ name: String = "s") -> WirePauseSchedule {
            var pause = WirePauseSchedule()
            pause.name = name
            pause.paused = paused
            return pause
        }

        /// Minutes after the start that fired by then, as the ledger has them.
        func fired(after minutes: Int64) throws -> [Int64] {
            now = ScheduleCoreTests.start.advanced(byMilliseconds: minutes * ScheduleCoreTests.minute)
            handle(.timer)
            try write()
            return try firings().map {
                ($0.nominalMs - ScheduleCoreTests.start.milliseconds) / ScheduleCoreTests.minute
            }
        }

        func firings() throws -> [WireScheduleFirings.Firing] {
            guard case .firings(let firings, _) = try store.answer(.firings(schedule: "s", limit: 100)) else {
                return []
            }
            return firings.reversed()
        }

        func listed() throws -> WireSchedule? {
            guard case .schedules(let stored) = try store.answer(.schedules) else { return nil }
            return stored.compactMap(ScheduleState.init(stored:)).first?.wire
        }
    }

    @Test("a rule fires on the days of the calendar that the broker was given")
    func rule() throws {
        let desk = try Desk(HolidayCalendar(off: ["2024-03-29"]))
        try desk.apply { $0.rule = "every working day at 07:30" }
        #expect(try desk.fired(after: 60).isEmpty)
        #expect(try desk.fired(after: 3 * 1_440 + 60) == [3 * 1_440 + 30])
        #expect(try desk.fired(after: 4 * 1_440 + 60) == [3 * 1_440 + 30, 4 * 1_440 + 30])
    }

    @Test("a schedule is listed with its rule, its jitter and its overlap")
    func listed() throws {
        let desk = try Desk()
        let answers = try desk.apply {
            $0.rule = "first working day of the month at 07:30"
            $0.jitterMs = 300_000
            $0.overlap = "skip"
        }
        guard case .scheduleList(let list)? = answers.first?.header.body else {
            Issue.record("no list")
            return
        }
        for schedule in [list.schedules[0], try #require(try desk.listed())] {
            #expect(schedule.rule == "first working day of the month at 07:30")
            #expect(schedule.cron.isEmpty)
            #expect(schedule.jitterMs == 300_000)
            #expect(schedule.overlap == "skip")
        }
    }

    @Test("with overlap skip a time does not fire while the job before has not ended, and fires when it has")
    func overlap() throws {
        let desk = try Desk()
        try desk.apply {
            $0.cron = "* * * * *"
            $0.overlap = "skip"
        }
        #expect(try desk.fired(after: 1) == [1])
        #expect(try desk.fired(after: 2) == [1])
        #expect(desk.core.schedules[0].lastNominal == Self.start.advanced(byMilliseconds: Self.minute))
        #expect(try desk.listed()?.lastNominalMs == Self.start.milliseconds + Self.minute)
        #expect(try desk.listed()?.nextAtMs == Self.start.milliseconds + 3 * Self.minute)
        #expect(desk.core.unsettled == 0)
        #expect(desk.core.pendingBytes == 0)
        let job = try #require(try desk.firings().compactMap { JobID($0.jobID) }.first)
        _ = try desk.store.apply([.cancel(job, at: desk.now)])
        #expect(try desk.fired(after: 3) == [1, 3])
        // Of several missed times the first fires, and the rest overlap with it.
        let second = try #require(try desk.firings().compactMap { JobID($0.jobID) }.last)
        _ = try desk.store.apply([.cancel(second, at: desk.now)])
        try desk.apply {
            $0.cron = "* * * * *"
            $0.overlap = "skip"
            $0.catchUp = "all"
        }
        #expect(try desk.fired(after: 9) == [1, 3, 4])
    }

    @Test("without it a time fires while the job before waits")
    func allowed() throws {
        let desk = try Desk()
        try desk.apply { $0.cron = "* * * * *" }
        #expect(try desk.fired(after: 1) == [1])
        #expect(try desk.fired(after: 2) == [1, 2])
        #expect(desk.core.schedules[0].lastNominal == Self.start.advanced(byMilliseconds: 2 * Self.minute))
    }

    @Test("a pause lasts over a restart, a resumed schedule goes on from now, and a file states anew what pauses")
    func pause() throws {
        let desk = try Desk()
        try desk.apply {
            $0.cron = "* * * * *"
            $0.catchUp = "all"
        }
        #expect(try desk.fired(after: 1) == [1])
        guard case .scheduleList(let list)? = try desk.pause(true).first?.header.body else {
            Issue.record("no list")
            return
        }
        #expect(list.schedules.map(\.paused) == [true])
        #expect(list.schedules[0].nextAtMs == 0)
        #expect(list.schedules[0].lastNominalMs == Self.start.milliseconds + Self.minute)
        #expect(try desk.fired(after: 3) == [1])
        try desk.restart()
        #expect(try desk.fired(after: 5) == [1])
        _ = try desk.pause(false)
        #expect(try desk.fired(after: 6) == [1, 6])
        try desk.restart()
        #expect(try desk.fired(after: 7) == [1, 6, 7])
        _ = try desk.pause(true)
        try desk.apply { $0.cron = "* * * * *" }
        #expect(try desk.listed()?.paused == false)
        // Its next time comes from when it was applied; of the two that passed since, the last fires.
        #expect(try desk.fired(after: 9) == [1, 6, 7, 9])
    }

    @Test("a pause of what is not there is refused by name")
    func unknown() throws {
        let desk = try Desk()
        guard case .error(let refused)? = try desk.pause(true, "nhắc việc").first?.header.body else {
            Issue.record("no refusal")
            return
        }
        #expect(refused.code == Refusal.Code.notFound.rawValue)
        #expect(refused.message.contains("nhắc việc"))
    }

    @Test("a pause that the disk refuses changes nothing; nor does one beside a file that is on its way to the disk")
    func failedPause() throws {
        let desk = try Desk()
        try desk.apply { $0.cron = "* * * * *" }
        func ask(_ body: WireHeader.OneOf_Body) {
            desk.handle(.message(WireMessage(body, request: 1), from: CoreHarness.peer("p")))
        }
        ask(.pauseSchedule(Desk.pause(true)))
        _ = desk.core.takeBatch()
        desk.handle(.commitFailed(.full(path: "kip.db")))
        #expect(try desk.fired(after: 1) == [1])
        ask(.applySchedules(Desk.file { $0.cron = "*/2 * * * *" }))
        ask(.pauseSchedule(Desk.pause(true)))
        try desk.write()
        #expect(try desk.listed()?.paused == false)
        #expect(try desk.listed()?.cron == "*/2 * * * *")
        #expect(desk.core.schedules.map(\.definition.paused) == [false])
    }

    @Test("a firing that could not be written before a pause does not end the pause")
    func failedFiring() throws {
        let desk = try Desk()
        try desk.apply { $0.cron = "* * * * *" }
        func ask(_ body: WireHeader.OneOf_Body) {
            desk.handle(.message(WireMessage(body, request: 1), from: CoreHarness.peer("p")))
        }
        ask(.pauseSchedule(Desk.pause(true)))
        let pause = desk.core.takeBatch() ?? []
        desk.now = desk.now.advanced(byMilliseconds: Self.minute)
        desk.handle(.timer)
        #expect(desk.core.takeBatch() != nil)
        desk.handle(.committed(try desk.store.apply(pause)))
        desk.handle(.commitFailed(.full(path: "kip.db")))
        #expect(desk.core.schedules.map(\.next) == [nil])
        #expect(try desk.fired(after: 5).isEmpty)
    }

    @Test("a time that fires while a file is on its way to the disk is not forgotten by it")
    func firedMeanwhile() throws {
        let desk = try Desk()
        try desk.apply { $0.cron = "* * * * *" }
        desk.now = desk.now.advanced(byMilliseconds: Self.minute)
        desk.handle(.timer)
        let body = WireHeader.OneOf_Body.applySchedules(Desk.file { $0.cron = "* * * * *" })
        desk.handle(.message(WireMessage(body, request: 1), from: CoreHarness.peer("p")))
        try desk.write()
        #expect(desk.core.schedules.map(\.lastNominal) == [desk.now])
    }

    @Test(
        "what a file says wrong is refused with the schedule's name, and what is right",
        arguments: [
            ("overlap", "allow or skip"), ("jitter", "5m"), ("both", "one of the two"), ("rule", "at 07:30"),
        ])
    func refused(what: String, reason: String) throws {
        let desk = try Desk()
        let answers = try desk.apply {
            $0.cron = "* * * * *"
            switch what {
            case "overlap": $0.overlap = "queue"
            case "jitter": $0.jitterMs = 86_400_001
            case "both": $0.rule = "every working day at 07:30"
            default:
                $0.cron = ""
                $0.rule = "every working day"
            }
        }
        guard case .error(let refused)? = answers.first?.header.body else {
            Issue.record("no refusal")
            return
        }
        #expect(refused.message.contains("schedule “s”"), "\(refused.message)")
        #expect(refused.message.contains(reason), "\(refused.message)")
        #expect(try desk.store.schedules().isEmpty)
    }

    @Test("jitter: the job waits for its own time, and is the same job when its firing is repeated")
    func jitter() throws {
        let desk = try Desk()
        try desk.apply {
            $0.cron = "* * * * *"
            $0.jitterMs = 3_600_000
        }
        #expect(try desk.fired(after: 1) == [1])
        let nominal = Self.start.advanced(byMilliseconds: Self.minute)
        let runAt = try #require(desk.core.schedules.first).definition.runAt(nominal: nominal)
        #expect(runAt > nominal)
        #expect(try desk.store.promote(upTo: runAt.advanced(byMilliseconds: -1), limit: 9).next == runAt)
        #expect(desk.core.nextDue == runAt)
    }

    @Test(
        "days off that are read anew move the next times of rules, also on disk, and lift no pause that is on its way")
    func reloaded() throws {
        let desk = try Desk()
        try desk.apply {
            $0.rule = "every working day at 07:30"
            $0.timeZone = "Asia/Ho_Chi_Minh"
        }
        let friday = try #require(desk.core.schedules.first?.next)
        var settings = desk.settings
        settings.workingDays = WithoutFridays()
        // The pause is not yet on disk: what is written for the new days off comes after it, and does not undo it.
        desk.handle(
            .message(WireMessage(.pauseSchedule(Desk.pause(true, "s")), request: 1), from: CoreHarness.peer("p")))
        desk.handle(.reloaded(settings.reloadable))
        try desk.write()
        desk.handle(.timer)
        try desk.write()
        #expect(try desk.store.schedules().compactMap(ScheduleState.init(stored:)).first?.definition.paused == true)
        _ = try desk.pause(false)
        #expect(try desk.store.schedules().first?.next == friday.advanced(byMilliseconds: 3 * 86_400_000))
        settings.workingDays = MondayToFriday()
        desk.handle(.reloaded(settings.reloadable))
        try desk.write()
        #expect(try desk.store.schedules().first?.next == friday)
    }

    private struct WithoutFridays: WorkingDayCalendar {
        func isWorkingDay(_ day: CivilDay) -> Bool { MondayToFriday().isWorkingDay(day) && day.weekday != 5 }
    }
}
