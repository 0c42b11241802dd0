import Testing

@testable import Office

/// Vietnam's lunar calendar against the days that were.
@Suite struct LunarCalendarTests {
    private func day(_ text: String) -> LocalDate { Example.day(text) }

    @Test(
        "Tết is the day that it was, or is announced to be",
        arguments: [
            "1985-01-21", "2000-02-05", "2001-01-24", "2002-02-12", "2003-02-01", "2004-01-22", "2005-02-09",
            "2006-01-29", "2007-02-17", "2008-02-07", "2009-01-26", "2010-02-14", "2011-02-03", "2012-01-23",
            "2013-02-10", "2014-01-31", "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05",
            "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17",
            "2027-02-06", "2030-02-02",
        ])
    func newYear(text: String) {
        let date = day(text)
        #expect(LunarCalendar.newYear(date.year) == date)
    }

    @Test(
        "the Hùng Kings' day, the 10th of the 3rd month, also after a leap month",
        arguments: [
            "2018-04-25", "2019-04-14", "2020-04-02", "2021-04-21", "2022-04-10", "2023-04-29", "2024-04-18",
            "2025-04-07", "2026-04-26",
        ])
    func hungKings(text: String) {
        let date = day(text)
        #expect(LunarCalendar.day(10, month: 3, year: date.year) == date)
    }

    @Test(
        "leap months stand where they stood",
        arguments: [(2020, 4), (2023, 2), (2025, 6), (2014, 9), (2017, 6), (2006, 7)])
    func leaps(year: Int, month: Int) {
        #expect(LunarCalendar.year(year).leap?.after == month)
    }

    @Test("a year without a leap month has none, and months have 29 or 30 days without a gap")
    func months() throws {
        #expect(LunarCalendar.year(2024).leap == nil)
        for year in 1990...2100 {
            var firsts = LunarCalendar.year(year).months + [LunarCalendar.newYear(year + 1)]
            if let leap = LunarCalendar.year(year).leap { firsts.append(leap.first) }
            firsts.sort()
            #expect(firsts.count == (LunarCalendar.year(year).leap == nil ? 13 : 14))
            for (first, next) in zip(firsts, firsts.dropFirst()) {
                #expect((29...30).contains(next.number - first.number), "\(year): \(first) to \(next)")
            }
        }
    }

    @Test("a day that a month does not have is none")
    func noDay() {
        // The last month of Giáp Thìn had 29 days, the first 29 too.
        #expect(LunarCalendar.day(30, month: 12, year: 2024) == nil)
        #expect(LunarCalendar.day(29, month: 12, year: 2024) == day("2025-01-28"))
        #expect(LunarCalendar.day(31, month: 1, year: 2024) == nil)
        #expect(LunarCalendar.day(1, month: 13, year: 2024) == nil)
    }
}
