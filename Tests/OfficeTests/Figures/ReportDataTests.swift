import Foundation
import Testing

@testable import Office

/// What a report reads of the register.
@Suite struct ReportDataTests {
    @Test(
        "a milestone counts as done from the day on of which it was said, for who has done it, and as long as its date stays"
    )
    func milestones() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let profile = try Example.profile()
            let plan = try Example.plan()
            try register.importPlan(plan)
            let task = try #require(plan.tasks.first { $0.id == "7.5" })
            let due = try #require(task.milestones.first?.due)
            func record(_ unit: String, _ state: MilestoneRecord.State, on day: String, due: LocalDate?) throws {
                try register.record([
                    MilestoneRecord(
                        plan: plan.plan, milestone: "7.5/1", unit: unit, state: state, on: Example.day(day), by: "Lan",
                        due: due)
                ])
            }
            func isDone(by unit: String, asOf day: String) throws -> Bool {
                let data = try ReportData(
                    register, asOf: Example.day(day), profile: profile,
                    targets: try TargetList.load(
                        beside: Example.folder.appendingPathComponent("office.yaml").path, profile),
                    calendar: try Example.calendar())
                let standing = try #require(data.standings.first { $0.milestone == "7.5/1" })
                return try #require(standing.parts.first { $0.lead == unit }).doneOn != nil
            }
            try record("noi-vu", .done, on: "2024-03-20", due: due)
            #expect(try !isDone(by: "noi-vu", asOf: "2024-03-19"))
            #expect(try isDone(by: "noi-vu", asOf: "2024-03-20"))
            #expect(try !isDone(by: "tu-phap", asOf: "2024-03-20"))
            try record("noi-vu", .open, on: "2024-03-25", due: due)
            #expect(try !isDone(by: "noi-vu", asOf: "2024-03-29"))
            // Said of another date.
            try record("noi-vu", .done, on: "2024-03-26", due: due.adding(days: 30))
            #expect(try !isDone(by: "noi-vu", asOf: "2024-03-29"))
        }
    }
}
