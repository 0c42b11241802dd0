import Foundation
import OwnThread
import Spreadsheet
import Testing

/// Workbooks that other programs have written.
@Suite(.ownThread) struct OtherWritersTests {
    private static let script = """
        import datetime, sys, openpyxl
        from openpyxl.utils.datetime import CALENDAR_MAC_1904
        book = openpyxl.Workbook(iso_dates=sys.argv[2] == "iso")
        if sys.argv[2] == "1904": book.epoch = CALENDAR_MAC_1904
        cover = book.active
        cover.title = "Bìa"
        cover.sheet_state = "hidden"
        sheet = book.create_sheet("Hồ sơ")
        book.active = 1
        sheet.append(["Mã hồ sơ", "Ngày", None, "Giờ"])
        sheet.append(["0123", datetime.date(2024, 1, 5), datetime.datetime(2024, 2, 29, 8, 30), datetime.time(18, 5)])
        sheet["A3"] = 901234567
        sheet["A3"].number_format = "0000000000"
        sheet["B3"] = 0.1 + 0.2
        sheet["C3"] = True
        sheet["D3"] = "#N/A"
        sheet["F3"] = datetime.timedelta(hours=36, minutes=15)
        sheet["A5"] = "=1+1"
        sheet["B5"] = "  Nguyễn Văn A & <con>\\nQuận 1 "
        sheet.merge_cells("C5:D6")
        sheet["C5"] = "gộp"
        sheet["E5"] = datetime.date(2024, 3, 1)
        sheet["E5"].number_format = '"ngày "dd" tháng "mm" năm "yyyy'
        sheet["A7"] = 79204012345.0
        sheet.row_dimensions[7].hidden = True
        sheet["A9"].font = openpyxl.styles.Font(bold=True)
        book.save(sys.argv[1])
        """

    private static func expected(sum: String) -> [SpreadsheetRow] {
        [
            .init(number: 1, cells: ["Mã hồ sơ", "Ngày", "", "Giờ"]),
            .init(number: 2, cells: ["0123", "2024-01-05", "2024-02-29 08:30", "18:05"]),
            .init(
                number: 3, cells: ["0901234567", "0.3", "TRUE", "#N/A", "", "36:15"],
                errors: [.init(column: 3, reference: "D3", shown: "#N/A")]),
            .init(
                number: 5, cells: [sum, "  Nguyễn Văn A & <con>\nQuận 1 ", "gộp", "", "2024-03-01"],
                uncomputed: sum.isEmpty ? [.init(column: 0, reference: "A5", shown: "")] : []),
            .init(number: 7, cells: ["79204012345"]),
        ]
    }

    private static func rows(_ path: String) throws -> [SpreadsheetRow] {
        try XLSXReader([UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))).rows()
    }

    @Test(
        "openpyxl: dates of 1900 and of 1904; formulas have no value as nothing has computed them",
        arguments: ["1900", "1904"])
    func openpyxl(dates: String) throws {
        try OtherPrograms.withFolder { folder in
            let path = folder + "/book.xlsx"
            _ = try OtherPrograms.run(python: Self.script, [path, dates])
            #expect(try Self.rows(path) == Self.expected(sum: ""))
        }
    }

    @Test("openpyxl: dates as ISO 8601")
    func isoDates() throws {
        try OtherPrograms.withFolder { folder in
            let path = folder + "/book.xlsx"
            _ = try OtherPrograms.run(python: Self.script, [path, "iso"])
            let rows = try Self.rows(path)
            #expect(rows[1].cells == ["0123", "2024-01-05", "2024-02-29 08:30", "18:05"])
            #expect(rows[3].cells.last == "2024-03-01")
        }
    }

    @Test("LibreOffice: formulas have values", .enabled(if: OtherPrograms.hasOffice))
    func libreOffice() throws {
        try OtherPrograms.withFolder { folder in
            let path = folder + "/book.xlsx"
            _ = try OtherPrograms.run(python: Self.script, [path, "1900"])
            let converted = try OtherPrograms.convert(path, to: "xlsx:Calc MS Excel 2007 XML", in: folder + "/office")
            #expect(try Self.rows(converted) == Self.expected(sum: "2"))
        }
    }

    @Test(
        "LibreOffice: an old .xls workbook and an OpenDocument sheet are refused by name",
        .enabled(if: OtherPrograms.hasOffice))
    func otherFormats() throws {
        try OtherPrograms.withFolder { folder in
            let path = folder + "/book.xlsx"
            _ = try OtherPrograms.run(python: Self.script, [path, "1900"])
            for (format, name) in [("xls", "an old .xls workbook"), ("ods", "an OpenDocument file")] {
                let converted = try OtherPrograms.convert(path, to: format, in: folder)
                #expect(throws: SpreadsheetError.otherFormat(name)) { _ = try Self.rows(converted) }
            }
        }
    }
}
