import Foundation
import Testing

@testable import Office

/// The ladder on the real calendar of 2024.
@Suite struct ReminderTests {
    private let profile: OfficeProfile
    private let calendar: WorkingCalendar
    private let owners: OwnerBook

    init() throws {
        profile = try Example.profile()
        calendar = try Example.calendar()
        owners = OwnerBook(profile)
    }

    private func day(_ text: String) -> LocalDate { Example.day(text) }

    private func round(
        _ date: String, after last: String? = nil, plans: [Plan] = [], cases: [CaseFile] = [],
        records: [MilestoneRecord] = [], needsData: [(code: String, what: String)] = []
    ) throws -> ReminderRound {
        ReminderRound.round(
            asOf: day(date), after: last.map { day($0) },
            facts: .init(plans: plans, records: records, cases: cases, needsData: needsData),
            profile: profile, calendar: calendar, owners: owners)
    }

    private func plan(
        _ milestone: Milestone, leads: [String] = ["Phòng Nội vụ"], coordinators: [String] = []
    ) -> Plan {
        Plan(
            plan: "1/KH", issued: day("2024-01-04"), agency: "A",
            tasks: [
                PlanTask(
                    id: "1.1", title: "Việc", deliverables: ["Báo cáo"], leads: leads, coordinators: coordinators,
                    deadline: "", milestones: [milestone])
            ])
    }

    /// The days of a span on which a recipient is told, swept on every working day, with the sections.
    private func told(
        _ recipient: String, _ from: String, _ to: String, plans: [Plan] = [], cases: [CaseFile] = []
    ) throws -> [String] {
        var told: [String] = []
        var last = calendar.onOrBefore(day(from).adding(days: -1))
        for number in day(from).number...day(to).number where calendar.isWorkingDay(LocalDate(number: number)) {
            let date = LocalDate(number: number)
            let found = try round(date.description, after: last.description, plans: plans, cases: cases)
            if let digest = found.digests.first(where: { $0.recipient == recipient }) {
                told.append("\(date) \(digest.sections.map(\.kind.rawValue).joined(separator: " "))")
            }
            last = date
        }
        return told
    }

    @Test("days late count to the result, also while its letter waits for data")
    func resolved() throws {
        var file = Example.caseFile()
        (file.promisedOn, file.resolvedOn) = (day("2024-03-08"), day("2024-03-16"))
        let round = try round("2024-04-23", cases: [file], needsData: [(code: file.code, what: "lý do trễ hạn")])
        let items = round.digests.flatMap(\.items)
        #expect(!items.isEmpty)
        #expect(items.allSatisfy { $0.daysLeft == -8 && $0.resolvedOn == day("2024-03-16") })
        // What happened after the day is not known then.
        let before = try self.round("2024-03-12", cases: [file], needsData: [(code: file.code, what: "x")])
        let waiting = before.digests.flatMap(\.sections).filter { $0.kind == .needsData }.flatMap(\.items)
        #expect(waiting.map(\.daysLeft) == [-4, -4] && waiting.allSatisfy { $0.resolvedOn == nil })
    }

    @Test("a quarter that ends on Sunday is reminded for Friday: 30, 7 and 1 days before, on the day, then each week")
    func quarter() throws {
        let plans = [plan(Milestone(kind: .by, due: day("2024-03-31")))]
        #expect(
            try told("noi-vu", "2024-01-02", "2024-04-20", plans: plans) == [
                "2024-02-28 soon", "2024-03-22 soon", "2024-03-28 soon", "2024-03-29 today", "2024-04-01 overdue",
                "2024-04-08 overdue", "2024-04-15 overdue",
            ])
    }

    @Test("Tết moves a lead day before the holidays, and the week's day after them")
    func tet() throws {
        // 8 to 14 February are off: 7 days before the 15th is the 7th, as is 1 day before; the day itself is worked.
        let soon = [plan(Milestone(kind: .by, due: day("2024-02-15")))]
        #expect(
            try told("noi-vu", "2024-01-17", "2024-02-19", plans: soon) == [
                "2024-02-07 soon", "2024-02-15 today", "2024-02-16 overdue", "2024-02-19 overdue",
            ])
        // The Monday of the next week lies in Tết, so its first working day is Thursday.
        let over = [plan(Milestone(kind: .by, due: day("2024-02-06")))]
        #expect(
            try told("noi-vu", "2024-02-06", "2024-02-16", plans: over) == [
                "2024-02-06 today", "2024-02-07 overdue", "2024-02-15 overdue",
            ])
    }

    @Test("29 April is swapped for Saturday 4 May: nothing is told on the one, and the other is a working day")
    func swapped() throws {
        let friday = [plan(Milestone(kind: .by, due: day("2024-05-03")))]
        #expect(
            try told("noi-vu", "2024-04-08", "2024-05-06", plans: friday) == [
                "2024-04-26 soon", "2024-05-02 soon", "2024-05-03 today", "2024-05-04 overdue", "2024-05-06 overdue",
            ])
        let saturday = [plan(Milestone(kind: .by, due: day("2024-05-04")))]
        #expect(
            try told("noi-vu", "2024-05-03", "2024-05-06", plans: saturday) == [
                "2024-05-03 soon", "2024-05-04 today", "2024-05-06 overdue",
            ])
        let swapped = [plan(Milestone(kind: .by, due: day("2024-04-29")))]
        #expect(
            try told("noi-vu", "2024-04-25", "2024-05-02", plans: swapped) == [
                "2024-04-25 soon", "2024-04-26 today", "2024-05-02 overdue",
            ])
    }

    @Test("what begins is told on its first working day, and not before the plan was issued")
    func windows() throws {
        let april = [plan(Milestone(kind: .by, due: day("2024-12-20"), from: day("2024-04-27")))]
        #expect(try told("noi-vu", "2024-04-01", "2024-05-31", plans: april) == ["2024-05-02 starting"])
        let early = [plan(Milestone(kind: .by, due: day("2024-12-20"), from: day("2024-01-01")))]
        #expect(try told("noi-vu", "2024-01-02", "2024-02-28", plans: early) == ["2024-01-04 starting"])
    }

    @Test("coordinators are told in the last week alone, the head and the chairman of what is overdue")
    func others() throws {
        let plans = [
            plan(Milestone(kind: .by, due: day("2024-04-12")), coordinators: ["Phòng Y tế", "Phòng Nội vụ quận"])
        ]
        let span = ("2024-03-01", "2024-05-03")
        #expect(
            try told("y-te", span.0, span.1, plans: plans) == [
                "2024-04-05 coordination", "2024-04-11 coordination", "2024-04-12 coordination",
            ])
        #expect(
            try told("noi-vu.head", span.0, span.1, plans: plans) == [
                "2024-04-15 overdue", "2024-04-22 overdue", "2024-05-02 overdue",
            ])
        // 18 April is a holiday: on Monday the 22nd it is five working days overdue, not yet more.
        #expect(try told("thuong-truc", span.0, span.1, plans: plans) == ["2024-05-02 overdue"])
    }

    @Test("on the chairman's list a milestone of many units is one line that says who has not done it")
    func chairman() throws {
        let plans = [
            plan(Milestone(kind: .by, due: day("2024-04-01")), leads: ["Chủ tịch UBND 10 phường", "Phòng Nội vụ"])
        ]
        let done = MilestoneRecord(
            plan: "1/KH", milestone: "1.1/1", unit: "noi-vu", state: .done, on: day("2024-04-02"), by: "Lan",
            due: day("2024-04-01"))
        let found = try round("2024-04-15", plans: plans, records: [done])
        let list = try #require(found.digests.first { $0.recipient == "thuong-truc" })
        #expect(
            list.items.map(\.note) == [
                "UBND Phường Bến Nghé; UBND Phường Bến Thành; UBND Phường Cô Giang và 7 đơn vị khác"
            ])
        #expect(!found.digests.contains { $0.recipient == "noi-vu" })
        #expect(found.digests.count { $0.recipient.hasSuffix(".head") } == 10)
    }

    @Test("done stops the reminders of that milestone for that unit, open again brings them back")
    func done() throws {
        let plans = [plan(Milestone(kind: .by, due: day("2024-04-12")), leads: ["Phòng Nội vụ", "Phòng Y tế"])]
        func recipients(_ states: [(MilestoneRecord.State, String?)]) throws -> [String] {
            let records = states.map {
                MilestoneRecord(
                    plan: "1/KH", milestone: "1.1/1", unit: $0.1, state: $0.0, on: day("2024-04-15"), by: "Lan",
                    due: day("2024-04-12"))
            }
            return try round("2024-04-15", plans: plans, records: records).digests.map(\.recipient)
        }
        #expect(try recipients([]) == ["noi-vu", "y-te", "noi-vu.head", "y-te.head"])
        #expect(try recipients([(.done, "noi-vu")]) == ["y-te", "y-te.head"])
        #expect(try recipients([(.done, nil)]).isEmpty)
        #expect(try recipients([(.done, nil), (.open, "y-te")]) == ["y-te", "y-te.head"])
    }

    @Test("what goes on, waits for an event or is doubtful is told apart, on the first working day of the month")
    func undated() throws {
        for milestone in [
            Milestone(kind: .ongoing, from: day("2024-01-01"), to: day("2024-12-31")),
            Milestone(kind: .onEvent, what: "khi có văn bản"),
            Milestone(kind: .by, due: day("2023-12-31"), suspect: "2023"),
        ] {
            #expect(
                try told("noi-vu", "2024-04-02", "2024-06-10", plans: [plan(milestone)]) == [
                    "2024-05-02 undated", "2024-06-03 undated",
                ])
        }
    }

    @Test("who supervises gets an overview each month of what falls due in it or is overdue, and no reminder")
    func supervisors() throws {
        let plans = [
            plan(
                Milestone(kind: .by, due: day("2024-05-15")),
                coordinators: ["Mặt trận Tổ quốc Việt Nam và các tổ chức chính trị - xã hội quận cùng giám sát"])
        ]
        #expect(
            try told("mat-tran", "2024-04-01", "2024-07-31", plans: plans) == [
                "2024-05-02 soon", "2024-06-03 overdue", "2024-07-01 overdue",
            ])
    }

    @Test("a case file is told two and one working days before, on its day, and each working day after")
    func cases() throws {
        var file = Example.caseFile()
        file.promisedOn = day("2024-03-12")
        let unit = "phuong-ben-nghe"
        #expect(
            try told(unit, "2024-03-04", "2024-03-18", cases: [file]) == [
                "2024-03-08 soon", "2024-03-11 soon", "2024-03-12 today", "2024-03-13 overdue", "2024-03-14 overdue",
                "2024-03-15 overdue", "2024-03-18 overdue",
            ])
        // More than three working days overdue on Monday the 18th: the chairman's list.
        #expect(try told("thuong-truc", "2024-03-04", "2024-03-24", cases: [file]) == ["2024-03-18 overdue"])
        #expect(try told("\(unit).head", "2024-03-04", "2024-03-14", cases: [file]).count == 2)
        file.resolvedOn = day("2024-03-13")
        #expect(try told(unit, "2024-03-13", "2024-03-18", cases: [file]).isEmpty)
    }

    @Test("a sweep that was missed is caught up once, as things stand on the day")
    func caughtUp() throws {
        let plans = [plan(Milestone(kind: .by, due: day("2024-06-28")))]
        // 21 June, seven days before, was missed.
        #expect(try round("2024-06-24", plans: plans).digests.isEmpty)
        let late = try round("2024-06-24", after: "2024-06-20", plans: plans)
        #expect(late.digests.first?.items.map(\.daysLeft) == [4])
        #expect(try round("2024-06-25", after: "2024-06-24", plans: plans).digests.isEmpty)
        // All was missed: one line, overdue.
        let all = try round("2024-07-05", after: "2024-05-01", plans: plans)
        #expect(all.digests.first?.sections.map(\.kind) == [.overdue])
        #expect(all.digests.first?.items.count == 1)
        // Monday's weekly list was missed.
        #expect(try round("2024-07-09", plans: plans).digests.isEmpty)
        let list = try round("2024-07-09", after: "2024-07-05", plans: plans).digests
        #expect(list.map(\.recipient) == ["noi-vu", "thuong-truc", "noi-vu.head"])
    }

    @Test("a letter that waits for data is told to the unit and to internal affairs, by the case's code")
    func needsData() throws {
        var file = Example.caseFile("A-1")
        file.promisedOn = day("2024-04-30")
        let digests = try round("2024-03-12", cases: [file], needsData: [("A-1", "lý do trễ hạn"), ("A-9", "x")])
            .digests
        #expect(digests.map(\.recipient) == ["noi-vu", "phuong-ben-nghe"])
        #expect(digests[0].items.map(\.note) == ["UBND Phường Bến Nghé; thiếu: lý do trễ hạn"])
        #expect(digests[1].subject == "Nhắc việc 12/3/2024: 1 hồ sơ cần bổ sung thông tin")
    }

    @Test("a task whose lead is not known, and a unit without a mailbox, are named and not dropped")
    func nobody() throws {
        let found = try round(
            "2024-04-15", plans: [plan(Milestone(kind: .by, due: day("2024-04-12")), leads: ["Ai đó"])])
        #expect(found.withoutLead == ["1.1/1"])
        #expect(found.digests.map(\.recipient) == ["noi-vu"])
        #expect(found.digests[0].items.map(\.note) == ["“ai đó”"])
        var profile = profile
        profile.units[0].email = nil
        let silent = ReminderRound.round(
            asOf: day("2024-04-12"), facts: .init(plans: [plan(Milestone(kind: .by, due: day("2024-04-12")))]),
            profile: profile, calendar: calendar)
        #expect(silent.digests.isEmpty)
        #expect(silent.withoutMailbox == ["noi-vu"])
    }

    @Test("a case file of a unit that the office does not have is told to internal affairs, and its unit is named")
    func unknownUnit() throws {
        var file = Example.caseFile("A-1")
        file.unit = "Trung tâm Y tế Quận 1"
        let found = try round("2024-03-11", cases: [file])
        #expect(found.unknownUnits == ["Trung tâm Y tế Quận 1"])
        #expect(found.digests.map(\.recipient) == ["noi-vu"])
        #expect(found.digests[0].sections.map(\.kind) == [.unknownUnit])
        #expect(found.digests[0].subject == "Nhắc việc 11/3/2024: 1 hồ sơ chưa rõ đơn vị giải quyết")
        #expect(found.digests[0].items.map(\.note) == ["“Trung tâm Y tế Quận 1”"])
    }

    @Test("the subject says the counts, also of what the mail leaves out")
    func subject() throws {
        var late = Example.caseFile("A-2")
        late.promisedOn = day("2024-03-28")
        var soon = Example.caseFile("A-1")
        soon.promisedOn = day("2024-04-01")
        let digest = try #require(try round("2024-03-29", cases: [late, soon]).digests.first)
        #expect(digest.subject == "Nhắc việc 29/3/2024: 1 việc sắp đến hạn, 1 việc quá hạn")
        #expect(digest.items.map(\.code) == ["A-2", "A-1"])
        let many = (0..<250).map { number in
            var file = late
            file.code = "B-\(number)"
            return file
        }
        let long = try #require(try round("2024-03-29", cases: many).digests.first)
        #expect(long.subject == "Nhắc việc 29/3/2024: 250 việc quá hạn")
        #expect(long.items.count == ReminderDigest.mostItems)
    }

    @Test("the same facts and day are the same bytes, and a notice of before there were sections is still read")
    func bytes() throws {
        let plans = [try Example.plan()]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let first = try encoder.encode(try round("2024-03-29", plans: plans).digests)
        #expect(try encoder.encode(try round("2024-03-29", plans: plans).digests) == first)
        #expect(
            try JSONDecoder().decode([ReminderDigest].self, from: first)
                == (try round("2024-03-29", plans: plans).digests))
        let old = """
            {"recipient": "noi-vu", "date": "2024-03-29", "items": [{"code": "A-1", "title": "t", "due": "2024-03-28",
            "daysLeft": -1, "isTask": false}, {"code": "1.1", "title": "t", "due": "2024-04-05", "daysLeft": 7, "isTask": true}]}
            """
        let digest = try JSONDecoder().decode(ReminderDigest.self, from: Data(old.utf8))
        #expect(digest.subject == "Nhắc việc 29/3/2024: 1 việc sắp đến hạn, 1 việc quá hạn")
    }

    @Test("the whole plan over the whole year: every dated milestone is told, and nothing twice on a day")
    func year() throws {
        let plan = try Example.plan()
        var told: Set<String> = []
        var last = day("2023-12-29")
        for number in day("2024-01-02").number...day("2024-12-31").number
        where calendar.isWorkingDay(LocalDate(number: number)) {
            let date = LocalDate(number: number)
            let found = try round(date.description, after: last.description, plans: [plan])
            last = date
            #expect(Set(found.digests.map(\.recipient)).count == found.digests.count)
            #expect(found.withoutLead.isEmpty && found.withoutMailbox.isEmpty)
            for digest in found.digests {
                let lines = digest.items.map { "\($0.code) \($0.title) \($0.due?.description ?? "")" }
                #expect(Set(lines).count == lines.count, "\(date) \(digest.recipient)")
                for item in digest.items where item.due != nil {
                    told.insert("\(item.code) \(item.due?.description ?? "")")
                }
            }
        }
        let dated = plan.tasks.flatMap { task in
            task.milestones.filter { $0.kind == .by && $0.suspect == nil }.compactMap { milestone in
                milestone.due.map { "\(task.id) \($0)" }
            }
        }
        #expect(Set(dated).subtracting(told).isEmpty)
    }
}
