import Testing

@testable import Office

@Suite struct ReportPeriodTests {
    private func day(_ text: String) -> LocalDate { Example.day(text) }

    @Test(
        "periods have days, words and a period before them",
        arguments: [
            ("2024-Q1", "2024-01-01", "2024-03-31", "quý I năm 2024", "2023-Q4"),
            ("2024-Q4", "2024-10-01", "2024-12-31", "quý IV năm 2024", "2024-Q3"),
            ("2024-02", "2024-02-01", "2024-02-29", "tháng 2 năm 2024", "2024-01"),
            ("2024-01", "2024-01-01", "2024-01-31", "tháng 1 năm 2024", "2023-12"),
            ("2024-H1", "2024-01-01", "2024-06-30", "6 tháng đầu năm 2024", "2023-H2"),
            ("2024-H2", "2024-07-01", "2024-12-31", "6 tháng cuối năm 2024", "2024-H1"),
            ("2024-9M", "2024-01-01", "2024-09-30", "9 tháng đầu năm 2024", "2023-9M"),
            ("2024", "2024-01-01", "2024-12-31", "năm 2024", "2023"),
            (
                "2024-01-15..2024-03-14", "2024-01-15", "2024-03-14", "từ ngày 15/01/2024 đến ngày 14/03/2024",
                "2023-11-16..2024-01-14"
            ),
            ("previous-month", "2024-02-01", "2024-02-29", "tháng 2 năm 2024", "2024-01"),
            ("previous-quarter", "2023-10-01", "2023-12-31", "quý IV năm 2023", "2023-Q3"),
            ("previous-year", "2023-01-01", "2023-12-31", "năm 2023", "2022"),
        ])
    func periods(text: String, start: String, end: String, words: String, before: String) throws {
        let period = try #require(ReportPeriod(text, asOf: day("2024-03-29")))
        #expect(period.start == day(start))
        #expect(period.end == day(end))
        #expect(period.vietnamese == words)
        #expect(period.before?.name == before)
        // A period is read again by its own name.
        #expect(ReportPeriod(period.name, asOf: day("2000-01-01")) == period)
    }

    @Test("at the beginning of a sentence a period has a capital")
    func title() throws {
        #expect(ReportPeriod("2024-Q1", asOf: day("2024-03-29"))?.title == "Quý I năm 2024")
        #expect(ReportPeriod("2024-H1", asOf: day("2024-03-29"))?.title == "6 tháng đầu năm 2024")
    }

    @Test(
        "with a cut-off day a period ends on it and begins on the day after that of the month before",
        arguments: [
            ("2024-Q1", "2023-12-15", "2024-03-14"), ("2024-01", "2023-12-15", "2024-01-14"),
            ("2024-H1", "2023-12-15", "2024-06-14"), ("2024", "2023-12-15", "2024-12-14"),
            ("2024-01-15..2024-03-14", "2024-01-15", "2024-03-14"),
            // On 29 March the month that ended last is March's own.
            ("previous-month", "2024-02-15", "2024-03-14"),
        ])
    func cutOff(text: String, start: String, end: String) throws {
        let period = try #require(ReportPeriod(text, asOf: day("2024-03-29"), cutOffDay: 14))
        #expect(period.start == day(start))
        #expect(period.end == day(end))
        #expect(period.before?.end == (period.kind == .range ? day("2024-01-14") : period.start.adding(days: -1)))
    }

    @Test(
        "what is no period is none",
        arguments: [
            "2024-Q5", "2024-Q0", "2024-13", "2024-00", "24", "", "2024-Q1-x", "Q1", "2024-H3", "2024-6M", "2024-1",
            "2024-03-01..2024-02-01", "2024-02-30..2024-03-01", "2024..2025", "-2024", "2024-", "२०२४", "next-month",
        ])
    func noPeriod(text: String) {
        #expect(ReportPeriod(text, asOf: day("2024-03-29")) == nil)
    }

    @Test("a cut-off day that not each month has is none", arguments: [0, 28, 31, -1])
    func noCutOff(day cutOff: Int) {
        #expect(ReportPeriod("2024-Q1", asOf: day("2024-03-29"), cutOffDay: cutOff) == nil)
    }

    @Test("the profile's rules of reports are read, and a cut-off day that not each month has is refused by its key")
    func rules() throws {
        let path = Example.folder.appendingPathComponent("office.yaml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(try OfficeProfile.parse(text, path: path).reports?.recipients?.count == 4)
        let shifted = text.replacingOccurrences(of: "# cutOffDay: 14", with: "cutOffDay: 14")
        #expect(try OfficeProfile.parse(shifted, path: path).reports?.cutOffDay == 14)
        let wrong = text.replacingOccurrences(of: "# cutOffDay: 14", with: "cutOffDay: 31")
        let error = #expect(throws: OfficeError.self) { try OfficeProfile.parse(wrong, path: path) }
        #expect(error?.description.contains("reports.cutOffDay") == true)
    }
}
