import Testing

@testable import Spreadsheet

@Suite struct DateReadingTests {
    @Test(
        "days and times in the system of 1900, with its false 29 February",
        arguments: [
            (1, "1900-01-01"), (59, "1900-02-28"), (60, "1900-02-29"), (61, "1900-03-01"), (45_296, "2024-01-05"),
            (45_351, "2024-02-29"), (36_526, "2000-01-01"), (2_958_465, "9999-12-31"), (45_296.5, "2024-01-05 12:00"),
            (45_296.354166666664, "2024-01-05 08:30"), (45_296.999_999, "2024-01-06"), (0.75, "18:00"), (0, "00:00"),
            (45_296.000_1, "2024-01-05"), (45_296.99931, "2024-01-05 23:59"),
        ] as [(Double, String)])
    func system1900(serial: Double, text: String) {
        #expect(SerialDate(from1904: false).text(serial) == text)
    }

    @Test(
        "days in the system of 1904",
        arguments: [(0, "1904-01-01"), (1, "1904-01-02"), (43_834, "2024-01-05"), (0.75, "18:00")] as [(Double, String)]
    )
    func system1904(serial: Double, text: String) {
        #expect(SerialDate(from1904: true).text(serial) == text)
    }

    @Test("every day to the year 9999 is the one after the day before, and counts back")
    func everyDay() {
        var previous = CivilDay(year: 1_900, month: 2, day: 28)
        for serial in 61...2_958_465 {
            let day = CivilDay(sinceMarch0000: serial + 693_899)
            let follows =
                day.day == previous.day + 1 && day.month == previous.month && day.year == previous.year
                || day.day == 1 && (day.month == previous.month + 1 && day.year == previous.year)
                || day == CivilDay(year: previous.year + 1, month: 1, day: 1) && previous.month == 12
                    && previous.day == 31
            guard follows, SerialDate.serial(year: day.year, month: day.month, day: day.day) == serial else {
                Issue.record("day \(serial) is \(day)")
                return
            }
            previous = day
        }
        #expect(SerialDate.serial(year: 2_023, month: 2, day: 29) == nil)
        #expect(SerialDate.serial(year: 1_900, month: 2, day: 28) == nil)
    }

    @Test(
        "formats of dates are known by their letters outside of quotes, escapes and brackets",
        arguments: [
            ("dd/mm/yyyy", .date), (#"[$-42A]d/m/yyyy;@"#, .date), (#""ngày "dd" tháng "mm" năm "yyyy"#, .date),
            ("DD-MMM-YY", .date), ("h:mm AM/PM", .date), ("mm:ss.0", .date), ("[h]:mm:ss", .hours), ("[mm]:ss", .hours),
            ("General", .number), ("#,##0", .number), ("0.0%", .number), (#""d/m/y""#, .number), (#"\d0.0"#, .number),
            (#"#,##0\ "đồng""#, .number), ("[Red]#,##0", .number), ("[$d-42A]#,##0", .number), ("#,##0_d", .number),
            ("0.0;dd/mm", .number), ("@", .number), ("0.00E+00", .number), (#"#,##0 ["#, .number), (#"""#, .number),
            ("", .number),
        ] as [(String, NumberFormat)])
    func formats(code: String, format: NumberFormat) {
        #expect(NumberFormat(code: code) == format)
    }

    @Test("the built-in formats 14 to 22 and 45 to 47 are dates, times and hours")
    func builtIn() {
        let dates = (0...49).filter { NumberFormat(builtIn: $0) == .date }
        #expect(dates == Array(14...22) + Array(27...36) + [45, 47])
        #expect(NumberFormat(builtIn: 46) == .hours)
    }

    @Test("a cell's style makes its number a date; a number that is no day is an error")
    func cells() throws {
        var workbook = HandWrittenWorkbook(
            cells: """
                <c s="1"><v>45296</v></c><c s="0"><v>45296</v></c><c s="2"><v>1.5</v></c><c s="99"><v>3</v></c>
                <c t="d"><v>2024-01-05T08:30:00.000Z</v></c><c t="d"><v>2024-01-05T00:00:00</v></c><c t="d"><v>2024-01-05</v></c>
                <c s="1" t="s"><v>0</v></c><c r="I1" s="1"><v>-1</v></c><c s="1"><v>2958466</v></c>
                """)
        workbook.texts = "<sst><si><t>05/01/2024</t></si></sst>"
        workbook.setFormats(["dd/mm/yyyy", "[h]:mm"])
        let row = try #require(try workbook.rows().first)
        #expect(
            row.cells == [
                "2024-01-05", "45296", "36:00", "3", "2024-01-05 08:30", "2024-01-05", "2024-01-05", "05/01/2024",
                "####", "####",
            ])
        #expect(row.errors.map(\.reference) == ["I1", "J1"])
    }

    @Test("a workbook of 1904 is read as one", arguments: ["1", "true"])
    func workbook1904(flag: String) throws {
        var workbook = HandWrittenWorkbook(cells: #"<c s="1"><v>43834</v></c>"#)
        workbook.setFormats(["yyyy"])
        workbook.workbook = workbook.workbook.replacing("<sheets>", with: "<workbookPr date1904=\"\(flag)\"/><sheets>")
        #expect(try workbook.cells() == ["2024-01-05"])
    }
}
