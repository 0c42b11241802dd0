import Foundation
import KipCore
import Testing

@testable import KipBroker

/// Monday to Friday but for some days off, and some Saturdays that are worked.
struct HolidayCalendar: WorkingDayCalendar {
    var off: Set<String> = []
    var worked: Set<String> = []

    func isWorkingDay(_ day: CivilDay) -> Bool {
        worked.contains(day.iso) || (1...5).contains(day.weekday) && !off.contains(day.iso)
    }

    /// The spring of 2024 in Vietnam: the end of April, with a Saturday that is worked for the Monday.
    static let spring = HolidayCalendar(
        off: ["2024-01-01", "2024-04-18", "2024-04-29", "2024-04-30", "2024-05-01"], worked: ["2024-05-04"])
}

@Suite("A rule of working days")
struct WorkingDayRuleTests {
    private func day(_ text: String) throws -> CivilDay {
        let date = try Date.ISO8601FormatStyle.iso8601.parse(text + "T00:00:00Z")
        return CivilDay(number: Int(date.timeIntervalSince1970) / 86_400)
    }

    @Test(
        "names the day that a clerk would name",
        arguments: [
            ("every working day", "2024-03-29", ["2024-03-29", "2024-04-01", "2024-04-02"]),
            ("every working day", "2024-04-27", ["2024-05-02", "2024-05-03", "2024-05-04", "2024-05-06"]),
            ("first working day of the month", "2024-01-01", ["2024-01-02", "2024-02-01", "2024-03-01", "2024-04-01"]),
            ("first working day of the month", "2024-05-01", ["2024-05-02", "2024-06-03"]),
            ("third working day of the month", "2024-05-01", ["2024-05-04", "2024-06-05"]),
            ("3rd working day of the month", "2024-05-05", ["2024-06-05"]),
            ("last working day of the month", "2024-04-01", ["2024-04-26", "2024-05-31", "2024-06-28"]),
            ("first working day of the quarter", "2024-01-03", ["2024-04-01", "2024-07-01", "2024-10-01"]),
            ("last working day of the quarter", "2024-03-30", ["2024-06-28", "2024-09-30", "2024-12-31"]),
            ("first working day of the year", "2024-01-01", ["2024-01-02", "2025-01-01"]),
            ("last working day of the year", "2024-01-01", ["2024-12-31", "2025-12-31", "2026-12-31", "2027-12-31"]),
            ("first working day of the week", "2024-04-23", ["2024-05-02", "2024-05-06"]),
            ("last working day of the week", "2024-04-27", ["2024-05-04", "2024-05-10"]),
            ("3 working days before the end of the month", "2024-03-01", ["2024-03-27", "2024-04-24", "2024-05-28"]),
            ("1 working day before the start of the quarter", "2024-03-29", ["2024-03-29", "2024-06-28"]),
            ("two working days after the end of the month", "2024-04-02", ["2024-04-02", "2024-05-03", "2024-06-04"]),
            ("2 working days after the 15th of the month", "2024-04-01", ["2024-04-17", "2024-05-17", "2024-06-18"]),
            ("working day on or before the 28th of the month", "2024-04-01", ["2024-04-26", "2024-05-28"]),
            ("working day on or after the 18th of the month", "2024-04-01", ["2024-04-19", "2024-05-20"]),
            ("working day on or after the first day of the month", "2024-05-01", ["2024-05-02", "2024-06-03"]),
            ("working day on or before the last day of the quarter", "2024-03-01", ["2024-03-29", "2024-06-28"]),
            ("the 23rd working day of the month", "2024-01-01", ["2024-05-31", "2024-07-31", "2024-10-31"]),
        ])
    func names(rule: String, from: String, days: [String]) throws {
        let rule = try WorkingDayRule(rule + " at 07:30")
        var start = try day(from)
        for wanted in days {
            let found = try #require(rule.firstDay(from: start, by: HolidayCalendar.spring))
            #expect(found.iso == wanted, "\(rule.text)")
            start = found.next
        }
    }

    @Test("a break longer than its period: two weeks come to one day, and it fires once")
    func longBreak() throws {
        let tet = HolidayCalendar(off: Set((5...16).map { "2024-02-" + ($0 < 10 ? "0\($0)" : "\($0)") }))
        let rule = try WorkingDayRule("working day on or after the start of the week at 08:00")
        let first = try #require(rule.firstDay(from: try day("2024-02-03"), by: tet))
        #expect(first.iso == "2024-02-19")
        #expect(rule.firstDay(from: first.next, by: tet)?.iso == "2024-02-26")
        // A week in which nobody works has no first working day.
        let strict = try WorkingDayRule("first working day of the week at 08:00")
        #expect(strict.firstDay(from: try day("2024-02-03"), by: tet)?.iso == "2024-02-19")
    }

    @Test("looking from any day finds the same days as looking from the beginning", arguments: UInt64(0)..<80)
    func sameFromEveryDay(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let period = try #require(CalendarPeriod.allCases.randomElement(using: &random)).rawValue
        let count = Int.random(in: 1...12, using: &random)
        let anchor =
            ["the start of the \(period)", "the end of the \(period)", "the 17th of the month"]
            .randomElement(using: &random) ?? ""
        let text =
            [
                "\(count)th working day of the \(period)", "last working day of the \(period)",
                "\(count) working days before \(anchor)", "\(count) working days after \(anchor)",
                "working day on or after \(anchor)", "working day on or before \(anchor)",
            ].randomElement(using: &random) ?? ""
        let rule = try WorkingDayRule(text + " at 07:30")
        let start = try day("2023-11-15")
        // All days, found one after the other.
        var days: [CivilDay] = []
        var from = start
        while let found = rule.firstDay(from: from, by: HolidayCalendar.spring), found.number < start.number + 600 {
            #expect(HolidayCalendar.spring.isWorkingDay(found), "\(text): \(found.iso)")
            days.append(found)
            from = found.next
        }
        for offset in 0..<400 {
            let day = start.adding(days: offset)
            guard let wanted = days.first(where: { $0 >= day }) else { continue }
            #expect(rule.firstDay(from: day, by: HolidayCalendar.spring) == wanted, "\(text) from \(day.iso)")
        }
    }

    @Test("is due at its local time, with seconds, also where the clocks change")
    func times() throws {
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        let rule = try WorkingDayRule("  EVERY Working day   at 2:30:15 ")
        // Friday 2024-03-29 12:00 UTC; the clocks change on the Sunday.
        let times = rule.occurrences(in: berlin, by: MondayToFriday())
            .nextTimes(2, after: Timestamp(milliseconds: 1_711_713_600_000))
        #expect(times.map(\.milliseconds) == [1_711_931_415_000, 1_712_017_815_000])
    }

    @Test("a month has as many days as the calendar says")
    func months() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for month in 0..<4_800 {
            let first = CivilDay(year: 1890 + month / 12, month: month % 12 + 1)
            let date = Date(timeIntervalSince1970: Double(first.number) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            #expect(parts.year == first.year && parts.month == first.month && parts.day == 1 && first.day == 1)
            #expect(first.adding(days: 13).lengthOfMonth == calendar.range(of: .day, in: .month, for: date)?.count)
        }
    }

    @Test("without a working day in a year there is no next time, and no end of looking")
    func nobodyWorks() throws {
        struct Never: WorkingDayCalendar {
            func isWorkingDay(_ day: CivilDay) -> Bool { false }
        }
        for text in [
            "every working day", "first working day of the year", "last working day of the week",
            "9 working days after the end of the month", "working day on or before the 3rd of the month",
        ] {
            let rule = try WorkingDayRule(text + " at 00:00")
            #expect(rule.occurrences(in: .gmt, by: Never()).next(after: Timestamp(milliseconds: 0)) == nil)
        }
    }

    @Test(
        "what cannot be read is quoted, with the word and what should stand there",
        arguments: [
            ("", "at its beginning", "“every”"),
            ("every day at 07:30", "after “every” should stand “working”", "not “day”"),
            ("first working dya of the month at 07:30", "“day”", "not “dya”"),
            ("first working day of the fortnight at 07:30", "“quarter”", "not “fortnight”"),
            ("first working day of the month", "“at” and a time", "07:30"),
            ("first working day of the month at 24:00", "00:00 to 23:59", "not “24:00”"),
            ("first working day of the month at 7", "00:00 to 23:59", "not “7”"),
            ("first working day of the month at 07:30 sharp", "nothing more", "not “sharp”"),
            ("3 working days around the end of the month at 08:00", "“before” or “after”", "not “around”"),
            ("3 working days before the 31st of the month at 08:00", "1st to 28th", "not “31st”"),
            ("3 working days before the 2nd of the year at 08:00", "1st to 28th", "not “2nd”"),
            ("0 working days before the end of the month at 08:00", "at its beginning", "not “0”"),
            ("999 working days before the end of the month at 08:00", "at its beginning", "not “999”"),
            ("-3 working days before the end of the month at 08:00", "at its beginning", "not “-3”"),
        ])
    func refuses(text: String, first: String, second: String) throws {
        let error = try #require(throws: RuleError.self) { try WorkingDayRule(text) }
        #expect(error.description.contains(first), "\(error)")
        #expect(error.description.contains(second), "\(error)")
        #expect(error.description.contains("“\(text)”"), "\(error)")
        #expect(error.description.contains("first working day of the month at 07:30"), "\(error)")
    }
}
