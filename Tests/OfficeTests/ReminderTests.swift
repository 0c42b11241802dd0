import Testing

@testable import Office

@Suite struct ReminderTests {
    private func day(_ text: String) -> LocalDate { Example.day(text) }

    private func digests(
        _ date: String, plans: [Plan] = [], cases: [CaseFile] = []
    ) throws -> [ReminderDigest] {
        ReminderDigest.digests(
            asOf: day(date), plans: plans, cases: cases, profile: try Example.profile(),
            calendar: try Example.calendar())
    }

    private func plan(_ milestone: Milestone, leads: [String] = ["Trưởng Phòng Nội vụ quận"]) -> Plan {
        Plan(
            plan: "1/KH", issued: day("2024-01-04"), agency: "A",
            tasks: [
                PlanTask(
                    id: "1.1", title: "Việc", deliverables: ["Báo cáo"], leads: leads, coordinators: [], deadline: "",
                    milestones: [milestone])
            ])
    }

    @Test("a milestone is told 30, 7 and 1 days before, on the working day on or before, and on no other")
    func leads() throws {
        // 2024-06-30 is a Sunday: 30 days before is Friday 31 May, 7 days Sunday 23 June, 1 day Saturday 29 June.
        let plans = [plan(Milestone(kind: .by, due: day("2024-06-30")))]
        var told: [String] = []
        for number in 0..<70 {
            let date = day("2024-05-20").adding(days: number)
            guard date <= day("2024-06-30"), try Example.calendar().isWorkingDay(date) else { continue }
            if try !digests(date.description, plans: plans).isEmpty { told.append(date.description) }
        }
        #expect(told == ["2024-05-31", "2024-06-21", "2024-06-28"])
    }

    @Test("an overdue milestone is told once a week, on Monday or the first day worked after it")
    func overdue() throws {
        let plans = [plan(Milestone(kind: .by, due: day("2024-04-12")))]
        #expect(try digests("2024-04-15", plans: plans).first?.items.first?.daysLeft == -3)
        #expect(try digests("2024-04-16", plans: plans).isEmpty)
        // Monday 29 April to Wednesday 1 May are off.
        #expect(try digests("2024-05-02", plans: plans).count == 1)
    }

    @Test("what goes on, what waits for an event and what is doubtful is not reminded by date")
    func undated() throws {
        for milestone in [
            Milestone(kind: .ongoing, from: day("2024-01-01"), to: day("2024-12-31")),
            Milestone(kind: .onEvent, what: "khi có văn bản"),
            Milestone(kind: .by, due: day("2023-12-31"), suspect: "2023"),
        ] {
            #expect(try digests("2024-04-15", plans: [plan(milestone)]).isEmpty)
        }
    }

    @Test("a group of the plan is each of its units, each with one digest")
    func groups() throws {
        let milestone = Milestone(kind: .by, due: day("2024-04-05"))
        let found = try digests("2024-03-29", plans: [plan(milestone, leads: ["Chủ tịch UBND 10 phường"])])
        #expect(found.count == 10)
        #expect(Set(found.map(\.recipient)).count == 10)
        let both = ["Trưởng Phòng Nội vụ quận", "Trưởng phòng Nội vụ"]
        let once = try digests("2024-03-29", plans: [plan(milestone, leads: both)])
        #expect(once.map(\.items.count) == [1])
    }

    @Test("a case file is told two and one working days before, on its day, and each working day after")
    func cases() throws {
        var file = Example.caseFile()
        file.promisedOn = day("2024-03-12")
        func told(_ date: String) throws -> Int? { try digests(date, cases: [file]).first?.items.first?.daysLeft }
        #expect(try told("2024-03-07") == nil)
        #expect(try told("2024-03-08") == 4)
        #expect(try told("2024-03-11") == 1)
        #expect(try told("2024-03-12") == 0)
        #expect(try told("2024-03-13") == -1)
        #expect(try told("2024-03-14") == -2)
        file.resolvedOn = day("2024-03-13")
        #expect(try told("2024-03-14") == nil)
    }

    @Test("the subject says the counts")
    func subject() throws {
        var late = Example.caseFile("A-2")
        late.promisedOn = day("2024-03-28")
        var soon = Example.caseFile("A-1")
        soon.promisedOn = day("2024-04-01")
        let digest = try #require(try digests("2024-03-29", cases: [late, soon]).first)
        #expect(digest.subject == "Nhắc việc 29/3/2024: 1 việc sắp đến hạn, 1 việc quá hạn")
        #expect(digest.items.map(\.code) == ["A-2", "A-1"])
    }

    @Test("owners of the plan mean the units that they name, however they are written")
    func directory() throws {
        let directory = Directory(try Example.profile())
        for phrase in ["Trưởng Phòng Nội vụ", "Trưởng phòng Nội vụ", "Trưởng  Phòng Nội vụ quận;", "Phòng Nội vụ"] {
            #expect(directory.units(for: phrase).map(\.id) == ["noi-vu"], "\(phrase)")
        }
        #expect(directory.units(for: "Trưởng phòng Tài chính – Kế hoạch").map(\.id) == ["tai-chinh"])
        #expect(directory.units(for: "Trung tâm CNTT").map(\.id) == ["cntt"])
        #expect(directory.units(for: "Chủ tịch UBND 10 phường").count == 10)
        #expect(directory.units(for: "Ai đó").isEmpty)
        #expect(directory.unresolved(in: plan(Milestone(kind: .onEvent), leads: ["Ai đó"])) == ["Ai đó"])
    }
}
