import Testing

@testable import Office

@Suite struct FiguresTests {
    private func day(_ text: String) -> LocalDate { Example.day(text) }

    private func file(_ received: String, _ promised: String, _ resolved: String?, _ channel: CaseFile.Channel)
        -> CaseFile
    {
        var file = Example.caseFile()
        file.receivedOn = day(received)
        file.promisedOn = day(promised)
        file.resolvedOn = resolved.map(day)
        file.channel = channel
        return file
    }

    @Test("the columns of the official form add up, and a file belongs to the period in which it is open")
    func columns() {
        let files = [
            file("2023-12-20", "2023-12-29", "2023-12-29", .online),  // before the period
            file("2023-12-20", "2024-01-05", "2024-01-04", .online),  // carried over, early
            file("2024-01-10", "2024-01-15", "2024-01-15", .online),  // on time
            file("2024-02-01", "2024-02-05", "2024-02-06", .inPerson),  // late
            file("2024-03-20", "2024-04-05", nil, .post),  // open, in time
            file("2024-03-01", "2024-03-20", "2024-04-02", .inPerson),  // open at the end, overdue
            file("2024-04-01", "2024-04-05", nil, .online),  // after the period
        ]
        let table = OnTimeFigures.table(
            files, from: day("2024-01-01"), to: day("2024-03-31"), names: ["Đất đai", "Hộ tịch"]
        ) { $0.field }
        #expect(table.map(\.name) == ["Hộ tịch"])
        let row = table[0]
        #expect((row.online, row.direct, row.carriedOver) == (1, 3, 1))
        #expect((row.early, row.onTime, row.late) == (1, 1, 1))
        #expect((row.pendingInTime, row.pendingOverdue) == (1, 1))
        #expect(row.received == row.resolved + row.pending)
        #expect(row.onTimePercent.map { ($0 * 100).rounded() } == 6667)
    }

    @Test("a target that must be passed is not met by reaching it")
    func targets() {
        let land = OnTimeTarget(id: "T4", percent: 98, strict: true)
        #expect(land.isMet(by: 98) == false)
        #expect(land.isMet(by: 98.01) == true)
        #expect(OnTimeTarget(id: "T2", percent: 98, strict: false).isMet(by: 98) == true)
        #expect(land.isMet(by: nil) == nil)
    }

    @Test(
        "periods",
        arguments: [
            ("2024-Q1", "2024-01-01", "2024-03-31", "quý I năm 2024"),
            ("2024-Q4", "2024-10-01", "2024-12-31", "quý IV năm 2024"),
            ("2024-02", "2024-02-01", "2024-02-29", "tháng 2 năm 2024"),
            ("2024", "2024-01-01", "2024-12-31", "năm 2024"),
            ("previous-month", "2024-02-01", "2024-02-29", "tháng 2 năm 2024"),
        ])
    func periods(text: String, start: String, end: String, words: String) throws {
        let period = try #require(ReportPeriod(text, asOf: day("2024-03-29")))
        #expect(period.start == day(start))
        #expect(period.end == day(end))
        #expect(period.vietnamese == words)
    }

    @Test("what is no period is none", arguments: ["2024-Q5", "2024-13", "24", "", "2024-Q1-x", "Q1"])
    func noPeriod(text: String) {
        #expect(ReportPeriod(text, asOf: day("2024-03-29")) == nil)
    }

    @Test("the plan of the example has its 92 tasks, and is refused where a task stands twice")
    func plan() throws {
        let plan = try Example.plan()
        #expect(plan.tasks.count == 92)
        #expect(Set(plan.tasks.map(\.id)).count == 92)
        #expect(plan.tasks.flatMap(\.milestones).filter { $0.kind == .by }.allSatisfy { $0.due != nil })
        #expect(plan.tasks.flatMap(\.milestones).count { $0.suspect != nil } == 2)
        #expect(throws: OfficeError.self) {
            try Plan.parse(
                yaml: """
                    {plan: x, issued: 2024-01-01, agency: a, tasks: [
                    {id: "1", title: t, deliverables: [], leads: [], coordinators: [], deadline: d, milestones: []},
                    {id: "1", title: t, deliverables: [], leads: [], coordinators: [], deadline: d, milestones: []}]}
                    """)
        }
    }

    @Test("a profile without a key is refused by file and key")
    func profile() throws {
        #expect(throws: OfficeError.self) { try OfficeProfile.load(path: "/nowhere/office.yaml") }
        let profile = try Example.profile()
        #expect(profile.units.count { $0.kind == "ward" } == 10)
        #expect(profile.units.count == 25)
        #expect(Set(profile.units.map(\.id)).count == 25)
    }
}
