import Testing

@testable import Office

/// When a term ends, and how that is told.
@Suite struct TermTests {
    private func moment(_ text: String) throws -> LocalMoment { try #require(LocalMoment(text)) }

    private func due(
        _ term: Term, _ received: String, hours: WorkingHours = .standard
    ) throws -> (at: String, steps: [String]) {
        let due = term.due(receivedAt: try moment(received), calendar: try Example.calendar(), hours: hours)
        return (due.at.description, due.steps)
    }

    @Test("the day of receipt does not count; Tết is skipped day by day, each with its name and source")
    func workingDays() throws {
        let (at, steps) = try due(.workingDays(3), "2024-02-06T15:30")
        #expect(at == "2024-02-16T17:00")
        #expect(steps.first == "Tiếp nhận: 15:30, thứ Ba, ngày 06/02/2024.")
        #expect(steps.contains("Ngày làm việc thứ 1: thứ Tư, ngày 07/02/2024."))
        #expect(steps.contains { $0.hasPrefix("Không tính thứ Năm, ngày 08/02/2024: Tết Giáp Thìn (") })
        #expect(steps.contains("Không tính thứ Bảy, ngày 10/02/2024: ngày nghỉ hằng tuần."))
        #expect(steps.last == "Hạn cuối: 17:00, thứ Sáu, ngày 16/02/2024.")
    }

    @Test("a worked Saturday counts, and is told")
    func swapped() throws {
        let (at, steps) = try due(.workingDays(1), "2024-05-03T09:00")
        #expect(at == "2024-05-04T17:00")
        #expect(steps.contains("Ngày làm việc thứ 1: thứ Bảy, ngày 04/05/2024 (làm bù ngày 29/04/2024)."))
    }

    @Test("what comes after the cut-off counts as received on the next working day, where the office has one")
    func cutOff() throws {
        var hours = WorkingHours.standard
        #expect(try due(.workingDays(1), "2024-03-28T15:30").at == "2024-03-29T17:00")
        hours.cutOff = LocalTime("15:00")
        let (at, steps) = try due(.workingDays(1), "2024-03-28T15:30", hours: hours)
        #expect(at == "2024-04-01T17:00")
        #expect(steps.contains { $0.contains("Sau 15:00") && $0.contains("thứ Sáu, ngày 29/03/2024") })
        #expect(try due(.workingDays(1), "2024-03-28T15:00", hours: hours).at == "2024-03-29T17:00")
    }

    @Test(
        "hours run in the office's periods, over noon, night and weekend",
        arguments: [
            (8, "2024-03-28T07:30", "2024-03-28T17:00"), (8, "2024-03-28T10:30", "2024-03-29T10:30"),
            (2, "2024-03-28T11:00", "2024-03-28T14:30"), (1, "2024-03-29T16:45", "2024-04-01T08:15"),
            (1, "2024-03-30T09:00", "2024-04-01T08:30"), (4, "2024-03-28T12:00", "2024-03-28T17:00"),
        ])
    func workingHours(count: Int, received: String, end: String) throws {
        #expect(try due(.workingHours(count), received).at == end)
    }

    @Test("a half day has half its hours, and counts as a day")
    func halfDay() throws {
        let calendar = WorkingCalendar(
            off: [], half: [DayOff(date: Example.day("2024-03-28"), works: .morning)], years: [2024])
        let received = try moment("2024-03-28T10:30")
        let term = Term.workingHours(2).due(receivedAt: received, calendar: calendar, hours: .standard)
        #expect(term.at.description == "2024-03-29T08:30")
        #expect(term.steps.contains { $0.contains("làm việc buổi sáng") })
        let days = Term.workingDays(1).due(
            receivedAt: try moment("2024-03-27T10:30"), calendar: calendar, hours: .standard)
        #expect(days.at.description == "2024-03-28T11:30")
    }

    @Test(
        "a month ends on its day of the same number, or its last; a day that is off moves on (Civil Code, 148)",
        arguments: [
            (1, "2024-02-29T09:00", "2024-03-29T17:00"), (1, "2024-01-31T09:00", "2024-02-29T17:00"),
            (1, "2024-03-18T09:00", "2024-04-19T17:00"), (12, "2024-02-29T09:00", "2025-02-28T17:00"),
            (2, "2024-12-15T09:00", "2025-02-17T17:00"),
        ])
    func months(count: Int, received: String, end: String) throws {
        let (at, steps) = try due(.months(count), received)
        #expect(at == end)
        let isMoved =
            LocalDate(String(end.prefix(10))) != Example.day(String(received.prefix(10))).adding(months: count)
        #expect(steps.contains { $0.contains("Điều 148") } == isMoved)
    }

    @Test("days of the calendar are counted through, and end on a working day")
    func days() throws {
        #expect(try due(.days(10), "2024-02-01T09:00").at == "2024-02-15T17:00")
        #expect(try due(.days(15), "2024-02-01T09:00").at == "2024-02-16T17:00")
    }

    @Test("times and moments are read as they are written, and nothing else")
    func texts() {
        #expect(LocalTime("7:30")?.description == "07:30")
        #expect(LocalMoment("06/02/2024 15:30")?.description == "2024-02-06T15:30")
        for text in ["24:01", "7:5", "7", "-1:00", "07:60", ""] { #expect(LocalTime(text) == nil, "\(text)") }
        for text in ["2024-02-06", "2024-02-30T10:00", "2024-02-06T10:00T11:00"] { #expect(LocalMoment(text) == nil) }
    }
}
