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
    func columns() throws {
        let files = [
            file("2023-12-20", "2023-12-29", "2023-12-29", .online),  // before the period
            file("2023-12-20", "2024-01-05", "2024-01-04", .online),  // carried over, early
            file("2024-01-10", "2024-01-15", "2024-01-15", .online),  // on time
            file("2024-02-01", "2024-02-05", "2024-02-06", .inPerson),  // late
            file("2024-03-20", "2024-04-05", nil, .post),  // open, in time
            file("2024-03-01", "2024-03-20", "2024-04-02", .inPerson),  // open at the end, overdue
            file("2024-04-01", "2024-04-05", nil, .online),  // after the period
        ]
        var row = OnTimeFigures(name: "Hộ tịch")
        for file in files { row.count(file, from: day("2024-01-01"), to: day("2024-03-31")) }
        #expect((row.online, row.direct, row.carriedOver) == (1, 3, 1))
        #expect((row.early, row.onTime, row.late) == (1, 1, 1))
        #expect((row.pendingInTime, row.pendingOverdue) == (1, 1))
        #expect(row.numbers == [5, 1, 3, 1, 3, 1, 1, 1, 2, 1, 1])
        #expect(row.onTimeShare.text() == "66,66%")
        try row.check()
    }

    @Test("the decimals of a column have one width; what is no decimal number stays")
    func column() {
        #expect(FigureText.column(["100%", "98,5%", "98,25%", "–"]) == ["100,00%", "98,50%", "98,25%", "–"])
        #expect(FigureText.column(["+0,4", "-1,25*", "0", "+1 bậc"]) == ["+0,40", "-1,25*", "0,00", "+1 bậc"])
        #expect(FigureText.column(["1.234", "12"]) == ["1.234", "12"])
        #expect(FigureText.column(["29/03/2024", "1,5"]) == ["29/03/2024", "1,5"])
        #expect(FigureText.column(["Không phát sinh", "66,66%", ""]) == ["Không phát sinh", "66,66%", ""])
    }

    @Test("a row that does not add up is named, whichever identity it breaks")
    func identities() throws {
        var row = OnTimeFigures(name: "Đất đai")
        row.count(
            file("2024-01-10", "2024-01-15", "2024-01-15", .online), from: day("2024-01-01"), to: day("2024-03-31"))
        try row.check()
        for column in OnTimeFigures.columns {
            var broken = row
            broken[keyPath: column.path] += 1
            let error = #expect(throws: FiguresError.self, "\(column.head)") { try broken.check() }
            #expect(error?.description.contains("“Đất đai”") == true)
        }
    }

    @Test("a total that is not the sum of its rows is named by its column")
    func totals() throws {
        var row = OnTimeFigures(name: "Đất đai")
        row.count(file("2024-01-10", "2024-01-15", nil, .online), from: day("2024-01-01"), to: day("2024-01-31"))
        var total = row
        total.name = "Tổng cộng"
        _ = try OnTimeTable("Lĩnh vực", rows: [row], total: total)
        let error = #expect(throws: FiguresError.self) { try OnTimeTable("Lĩnh vực", rows: [row, row], total: total) }
        #expect(error?.description.contains("Tổng cộng (Lĩnh vực)") == true)
    }

    @Test("a report of a day before its period is refused, one within it counts up to its own day")
    func ends() throws {
        let quarter = try #require(ReportPeriod("2024-Q1", asOf: day("2024-03-29")))
        #expect(throws: FiguresError.notBegun(period: "2024-Q1", asOf: day("2023-12-31"))) {
            try ReportFigures.end(of: quarter, asOf: day("2023-12-31"))
        }
        #expect(try ReportFigures.end(of: quarter, asOf: day("2024-02-10")) == day("2024-02-10"))
        #expect(try ReportFigures.end(of: quarter, asOf: day("2025-01-01")) == day("2024-03-31"))
    }

    @Test("sections that say the same as the whole are taken; one that does not, or is no unit, is refused by name")
    func reconciliation() throws {
        let world = try ReportWorld(seed: 3)
        let period = try #require(ReportPeriod(world.period, asOf: world.asOf))
        let figures = try ReportFigures(world.data, period, asOf: world.asOf)
        var whole = figures
        try whole.reconcile(figures.sections)
        #expect(whole.missingSections.isEmpty)
        try whole.reconcile(figures.sections.filter { $0.unit != "Phòng Tư pháp" })
        #expect(whole.missingSections == ["Phòng Tư pháp"])
        var other = figures.sections
        other[0].apologies.without += 1
        let error = #expect(throws: FiguresError.self) { try whole.reconcile(other) }
        #expect(error?.description.contains(other[0].unit) == true)
    }

    @Test("a unit's section, counted for itself, is the whole's")
    func sections() throws {
        let world = try ReportWorld(seed: 5)
        let period = try #require(ReportPeriod(world.period, asOf: world.asOf))
        let figures = try ReportFigures(world.data, period, asOf: world.asOf)
        let profile = world.data.profile
        try Example.withRegister { register, _ in
            _ = try register.importCases(world.data.cases, calendar: Example.calendar())
            for unit in profile.units.map(Optional.some) + [nil] {
                let section = try UnitFigures.count(
                    try register.cases(of: unit, in: profile), of: unit, letters: world.data.letters, in: period,
                    to: figures.end, profile: profile)
                let own = try #require(figures.sections.first { $0.unit == section.unit })
                #expect(section.saysTheSame(as: own), "\(section.unit)")
            }
        }
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
