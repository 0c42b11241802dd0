import Foundation
import GRDB
import Testing

@testable import Office

@Suite struct MilestoneTests {
    private let day = Example.day

    private func plan(_ milestones: [Milestone], leads: [String] = ["Phòng Nội vụ"]) -> Plan {
        Plan(
            plan: "1/KH", issued: day("2024-01-04"), agency: "A",
            tasks: [
                PlanTask(
                    id: "1.4", title: "Việc", deliverables: [], leads: leads, coordinators: [], deadline: "",
                    milestones: milestones)
            ])
    }

    private func said(
        _ state: MilestoneRecord.State, _ milestone: String = "1.4/1", unit: String? = nil, on: String,
        due: String? = "2024-03-31"
    ) -> MilestoneRecord {
        MilestoneRecord(
            plan: "1/KH", milestone: milestone, unit: unit, state: state, on: day(on), by: "Lan",
            due: due.map { day($0) })
    }

    private func rows(
        _ date: String, _ plan: Plan, _ records: [MilestoneRecord] = [], profile: OfficeProfile? = nil
    ) throws -> [PlanStanding] {
        PlanStanding.rows(
            asOf: day(date), plans: [plan], records: records, profile: try profile ?? Example.profile(),
            calendar: try Example.calendar())
    }

    @Test("a milestone is in time, soon, overdue, and done from the day on that was said")
    func standings() throws {
        let plan = plan([Milestone(kind: .by, due: day("2024-03-31"))])
        for (date, standing) in [
            ("2024-02-27", PlanStanding.Standing.inTime), ("2024-02-28", .soon), ("2024-03-31", .soon),
            ("2024-04-01", .overdue),
        ] {
            #expect(try rows(date, plan).map(\.standing) == [standing], "\(date)")
        }
        let done = [said(.done, on: "2024-04-03")]
        #expect(try rows("2024-04-02", plan, done).map(\.standing) == [.overdue])
        #expect(try rows("2024-04-03", plan, done).map(\.standing) == [.done])
        // Sunday 31 March: its last working day is Friday 29 March; 1 and 2 April are two days overdue.
        let row = try #require(try rows("2024-04-02", plan).first)
        #expect(row.lastWorkingDay == day("2024-03-29"))
        #expect(row.overdueWorkingDays == 2)
    }

    @Test("what goes on, waits for an event or is doubtful has a standing of its own")
    func undated() throws {
        let plan = plan([
            Milestone(kind: .ongoing), Milestone(kind: .onEvent),
            Milestone(kind: .by, due: day("2023-12-31"), suspect: "2023"),
        ])
        let found = try rows("2024-04-01", plan)
        #expect(found.map(\.standing) == [.ongoing, .onEvent, .unconfirmed])
        #expect(PlanStanding.overall(found) == .unconfirmed)
        #expect(PlanStanding.overall(Array(found.prefix(2))) == .ongoing)
    }

    @Test("a group has one row of completion for a unit, and is done with the last of them")
    func groups() throws {
        let wards = plan([Milestone(kind: .by, due: day("2024-03-31"))], leads: ["Chủ tịch UBND 10 phường"])
        let units = try Example.profile().units.filter { $0.kind == "ward" }.map(\.id)
        var records = units.dropLast().map { said(.done, unit: $0, on: "2024-03-20") }
        var row = try #require(try rows("2024-03-21", wards, records).first)
        #expect(row.parts.count == 10)
        #expect(row.openLeads == [units[9]])
        #expect(row.standing == .soon)
        records.append(said(.done, unit: units[9], on: "2024-03-21"))
        row = try #require(try rows("2024-03-21", wards, records).first)
        #expect(row.standing == .done)
        // Said for one, it is open again for that one; said for all, for all.
        records.append(said(.open, unit: units[0], on: "2024-03-22"))
        #expect(try rows("2024-03-22", wards, records).first?.openLeads == [units[0]])
        records.append(said(.open, on: "2024-03-22"))
        #expect(try rows("2024-03-22", wards, records).first?.openLeads.count == 10)
    }

    @Test("what was said of a milestone does not hold when a new plan gives it another date")
    func otherDate() throws {
        let records = [said(.done, on: "2024-03-20")]
        #expect(
            try rows("2024-04-01", plan([Milestone(kind: .by, due: day("2024-03-31"))]), records)[0].standing == .done)
        #expect(
            try rows("2024-07-01", plan([Milestone(kind: .by, due: day("2024-06-30"))]), records)[0].standing
                == .overdue)
    }

    @Test("records that hold no more are named")
    func stale() throws {
        let plan = plan([Milestone(kind: .by, due: day("2024-03-31"))])
        let records = [
            said(.done, on: "2024-03-20"), said(.done, on: "2024-03-20", due: "2024-03-30"),
            said(.done, "1.4/2", on: "2024-03-20"),
        ]
        #expect(plan.staleRecords(records, profile: try Example.profile()) == Array(records.dropFirst()))
    }

    @Test("a doubtful milestone counts from the date that the office confirms; a confirmation that fits none is named")
    func confirmed() throws {
        var profile = try Example.profile()
        profile.planRules = PlanRules(confirmedSuspects: [
            .init(milestone: "1.7", due: day("2024-12-31")), .init(milestone: "9.9/1", due: day("2024-12-31")),
        ])
        let plan = try Example.plan()
        let rows = try rows("2024-12-20", plan, profile: profile)
        #expect(rows.first { $0.milestone == "1.7/1" }?.standing == .soon)
        #expect(rows.first { $0.milestone == "7.15/1" }?.standing == .unconfirmed)
        #expect(Plan.strayConfirmations([plan], profile) == ["9.9/1"])
    }

    @Test("milestones are named by task and number, and by the task alone where it has one")
    func places() throws {
        let plan = try Example.plan()
        #expect(plan.place(of: "1.4/2").map { [$0.task, $0.number] } == [3, 1])
        #expect(plan.place(of: "1.5").map { $0.number } == 0)
        for wrong in ["1.4", "1.4/0", "1.4/4", "1.4/x", "9.9", "", "1.4/1/1"] { #expect(plan.place(of: wrong) == nil) }
    }

    @Test("what comes round has a milestone for each time")
    func recurring() throws {
        func parse(_ milestone: String) throws -> [Milestone] {
            let yaml = """
                plan: 1/KH
                issued: 2024-01-04
                agency: A
                tasks:
                  - {id: "1", title: t, deliverables: [], leads: [], coordinators: [], deadline: d, milestones: [\(milestone)]}
                """
            return try Plan.parse(yaml: yaml).tasks[0].milestones
        }
        let quarters = try parse(
            "{kind: by, occurrences: quarterly, from: 2024-01-01, to: 2024-12-31, what: báo cáo}")
        #expect(quarters.map { $0.due?.description } == ["2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"])
        #expect(quarters.map(\.what).last == "báo cáo quý IV")
        #expect(
            try parse("{kind: by, occurrences: monthly, from: 2024-02-01, to: 2024-05-30}").map(\.what) == [
                "tháng 2", "tháng 3", "tháng 4",
            ])
        #expect(
            try parse("{kind: by, occurrences: half-yearly, from: 2024-01-01, to: 2024-12-31}").map(\.what) == [
                "6 tháng đầu năm", "6 tháng cuối năm",
            ])
        for wrong in ["{kind: by, occurrences: daily}", "{kind: by, occurrences: monthly, from: 2024-01-01}"] {
            #expect(throws: OfficeError.self) { try parse(wrong) }
        }
    }

    @Test("the register keeps who said what, in order, and lets nobody change it")
    func history() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let records = [
                said(.done, on: "2024-03-20"), said(.open, unit: "noi-vu", on: "2024-03-21"),
                said(.done, on: "2024-03-19", due: nil),
            ]
            try register.record(Array(records.prefix(2)))
            try register.record([records[2]])
            #expect(try register.milestoneRecords() == records)
            for sql in ["UPDATE milestone_records SET by_whom = 'x'", "DELETE FROM milestone_records"] {
                #expect(throws: OfficeError.self) { try register.write { try $0.execute(sql: sql) } }
            }
            #expect(try register.milestoneRecords() == records)
        }
    }

    @Test("the register knows the last day that was swept before another")
    func sweeps() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            #expect(try register.lastReminderSweep(before: day("2024-04-01")) == nil)
            for date in ["2024-04-01", "2024-03-29", "2024-04-01"] { try register.noteReminderSweep(of: day(date)) }
            #expect(try register.lastReminderSweep(before: day("2024-04-01")) == day("2024-03-29"))
            #expect(try register.lastReminderSweep(before: day("2024-04-02")) == day("2024-04-01"))
            #expect(try register.lastReminderSweep(before: day("2024-03-29")) == nil)
        }
    }
}
