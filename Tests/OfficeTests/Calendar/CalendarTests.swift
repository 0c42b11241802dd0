import Testing

@testable import Office

@Suite struct CalendarTests {
    private func day(_ text: String) -> LocalDate { Example.day(text) }

    @Test("days and their numbers agree, leap years too", arguments: [1900, 2000, 2024, 2100])
    func roundTrip(year: Int) throws {
        var date = try #require(LocalDate(year: year, month: 1, day: 1))
        var count = 0
        while date.year == year {
            let (y, month, dayOfMonth) = date.parts
            #expect(LocalDate(year: y, month: month, day: dayOfMonth) == date)
            #expect(LocalDate(date.description) == date)
            #expect(LocalDate(vietnamese: date.vietnamese) == date)
            date = date.adding(days: 1)
            count += 1
        }
        #expect(count == (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365))
    }

    @Test(
        "what is no day is none",
        arguments: ["2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "24-01-01", "2024-1-1", "", "x-y-z"])
    func noDay(text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test("weekdays")
    func weekdays() {
        #expect(day("2024-03-29").weekday == 5)
        #expect(day("2024-03-31").weekday == 0)
        #expect(day("1970-01-01").weekday == 4)
        #expect(LocalDate(number: -1).weekday == 3)
    }

    @Test("the days off of 2024 are those of the official list, and the swapped Saturday is worked")
    func daysOff() throws {
        let calendar = try Example.calendar()
        let off = [
            "2024-01-01", "2024-02-08", "2024-02-09", "2024-02-12", "2024-02-13", "2024-02-14", "2024-04-18",
            "2024-04-29", "2024-04-30", "2024-05-01", "2024-09-02", "2024-09-03",
        ]
        for text in off { #expect(!calendar.isWorkingDay(day(text)), "\(text)") }
        #expect(calendar.isWorkingDay(day("2024-05-04")))
        #expect(!calendar.isWorkingDay(day("2024-05-05")))
        var worked = 0
        for number in 0..<366 where calendar.isWorkingDay(day("2024-01-01").adding(days: number)) { worked += 1 }
        // 262 days from Monday to Friday, 12 of them off, one Saturday on top.
        #expect(worked == 262 - 12 + 1)
    }

    @Test("terms count working days after the day of receipt, over Tết and over swapped days")
    func terms() throws {
        let calendar = try Example.calendar()
        #expect(calendar.adding(workingDays: 3, to: day("2024-02-06")) == day("2024-02-16"))
        #expect(calendar.adding(workingDays: 1, to: day("2024-05-03")) == day("2024-05-04"))
        #expect(calendar.adding(workingDays: -1, to: day("2024-02-15")) == day("2024-02-07"))
        #expect(calendar.adding(workingDays: 0, to: day("2024-03-31")) == day("2024-03-31"))
        #expect(calendar.workingDays(from: day("2024-02-06"), to: day("2024-02-16")) == 3)
        #expect(calendar.workingDays(from: day("2024-02-16"), to: day("2024-02-06")) == -3)
    }
}
