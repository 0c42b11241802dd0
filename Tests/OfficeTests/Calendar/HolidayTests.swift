import Foundation
import Testing

@testable import Office

/// Days off: the official lists, and what is computed where there is none.
@Suite struct HolidayTests {
    private func day(_ text: String) -> LocalDate { Example.day(text) }

    private func load(_ text: String) throws -> WorkingCalendar {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("days-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        return try WorkingCalendar.load(path: file.path)
    }

    @Test("what the law alone gives is what was decided for 2024 to 2026, but for swapped days", arguments: 2024...2026)
    func computed(year: Int) throws {
        let listed = try Example.calendar().days(of: year)
        let decided = listed.off.filter { !$0.name.hasPrefix("Hoán đổi") && $0.mark != .proposed }.map(\.date)
        #expect(StatutoryHolidays.of(year).map(\.date) == decided)
    }

    @Test("a holiday on a weekend is made up for on the next working day (article 111.3)")
    func moved() {
        // 30 April and 1 May 2022 were a Saturday and a Sunday, the Hùng Kings' day a Sunday.
        let days = StatutoryHolidays.of(2022).map(\.date)
        #expect(days.contains(day("2022-05-02")) && days.contains(day("2022-05-03")))
        #expect(days.contains(day("2022-04-11")))
        // Tết 2023 began on a Sunday: 20 to 26 January.
        let tet = StatutoryHolidays.of(2023).map(\.date).filter { $0 < day("2023-02-01") && $0 > day("2023-01-10") }
        #expect(tet == ["20", "23", "24", "25", "26"].map { day("2023-01-\($0)") })
    }

    @Test("a year without a list has its computed days, with Tết of Vietnam and not of China")
    func withoutList() throws {
        let calendar = try Example.calendar()
        #expect(!calendar.years.contains(2030))
        #expect(!calendar.isWorkingDay(day("2030-02-01")))
        #expect(calendar.holiday(day("2030-02-04"))?.mark == .computed)
        #expect(calendar.isWorkingDay(day("2030-02-08")))
        #expect(!calendar.isWorkingDay(day("2031-09-02")))
        // Beyond what is computed only weekends are off.
        #expect(calendar.isWorkingDay(day("2101-09-02")))
    }

    @Test("a day that is only proposed is worked")
    func proposed() throws {
        let calendar = try Example.calendar()
        #expect(calendar.isWorkingDay(day("2026-11-24")))
        #expect(calendar.days(of: 2026).off.contains { $0.mark == .proposed })
    }

    @Test("plain days and described ones are read, halves too")
    func forms() throws {
        let calendar = try load(
            """
            "2027":
              off: [2027-01-01, { date: 2027-02-05, name: "Tết", source: "một thông báo", mark: indirect }]
              work: [2027-02-13]
              half: [{ date: 2027-02-04, works: morning }]
            """)
        #expect(!calendar.isWorkingDay(day("2027-01-01")))
        #expect(calendar.holiday(day("2027-02-05"))?.source == "một thông báo")
        #expect(calendar.isWorkingDay(day("2027-02-13")))
        #expect(calendar.half(day("2027-02-04"))?.works == .morning)
        // The list is all that is off in its year.
        #expect(calendar.isWorkingDay(day("2027-04-30")))
    }

    @Test(
        "a slip in the list is refused by file and day",
        arguments: [
            ("\"2027\":\n  off: [2028-01-01]", "2028-01-01 stands under 2027"),
            ("\"2027\":\n  off: [2027-01-01]\n  work: [2027-01-01]", "2027-01-01 stands twice"),
            ("\"2027\":\n  off: []\n  half: [2027-02-04]", "say which one"), ("Tết:\n  off: []", "is not a year"),
            ("\"2027\":\n  off: [2027-02-30]", "is not a day"), ("\"2027\":\n  work: []", "off"),
        ])
    func slips(text: String, reason: String) {
        #expect {
            try load(text)
        } throws: { error in
            "\(error)".contains(reason) && "\(error)".contains("days-")
        }
    }
}
