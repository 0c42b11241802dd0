import Foundation
import Spreadsheet
import Testing

@Suite struct WritingRefusalTests {
    private static func refusal(_ change: (inout Sheet) -> Void) -> String? {
        var sheet = Sheet(name: "Hồ sơ", columns: [.init("Mã"), .init("Số", kind: .integer)])
        sheet.rows = [.init([.text("a"), .integer(1)])]
        change(&sheet)
        return refusal(of: [sheet])
    }

    private static func refusal(of sheets: [Sheet]) -> String? {
        do throws(SpreadsheetError) {
            _ = try XLSXWriter.write(Workbook(sheets: sheets), created: ReportSample.created)
            return nil
        } catch {
            return error.description
        }
    }

    @Test(
        "names that no sheet can have are refused",
        arguments: [
            "", "a/b", "a\\b", "a[b", "a]b", "a:b", "a*b", "a?b", "'a", "a'", "History", "a\nb",
            String(repeating: "ă", count: 32),
        ])
    func names(name: String) throws {
        let refusal = try #require(Self.refusal { $0.name = name })
        #expect(refusal.contains("is no name for a sheet"))
    }

    @Test("31 letters and an apostrophe within are a name; a name that stands twice, in either case, is not")
    func moreNames() {
        #expect(Self.refusal { $0.name = String(repeating: "ă", count: 31) } == nil)
        #expect(Self.refusal { $0.name = "Quận '1'" + "." } == nil)
        let sheets = ["Hồ sơ", "HỒ SƠ"].map { Sheet(name: $0, columns: [.init("a")]) }
        #expect(Self.refusal(of: sheets) == "the workbook cannot be written: two sheets have the name “HỒ SƠ”")
        #expect(Self.refusal(of: []) == "the workbook cannot be written: it has no sheet")
    }

    @Test("values that a spreadsheet cannot hold are refused with their place, not with what they are")
    func values() {
        let wrong: [Cell] = [
            .text("\u{0}"), .text("a\u{B}"), .text(String(repeating: "a", count: 32_768)), .number(.nan),
            .number(.infinity),
            .integer(1 << 53 + 1), .date(year: 2_023, month: 2, day: 29), .date(year: 1_899, month: 1, day: 1),
        ]
        for cell in wrong {
            let refusal = Self.refusal { $0.rows.append(.init([.empty, cell])) }
            #expect(
                refusal
                    == "the workbook cannot be written: sheet “Hồ sơ”, row 2, column 2: a spreadsheet cannot hold this value"
            )
        }
        for cell in [Cell.text(String(repeating: "a", count: 32_767)), .integer(1 << 53), .text("\t\r\n😀")] {
            #expect(Self.refusal { $0.rows.append(.init([.empty, cell])) } == nil)
        }
    }

    @Test("a header whose cells overlap, stand out or leave a hole is refused")
    func headers() {
        let wrong: [[[Sheet.HeaderCell]]] = [
            [[.init("a")]], [[.init("a"), .init("b"), .init("c")]], [[.init("a", columns: 3)]],
            [[.init("a", rows: 2), .init("b")]],
            [[.init("a"), .init("b", rows: 2)], [.init("c", columns: 2)]], [[.init("a", columns: 2)], []],
            [[.init("a", columns: 0), .init("b")]],
        ]
        for header in wrong {
            #expect(Self.refusal { $0.header = header }?.contains("the header of sheet “Hồ sơ”") == true)
        }
        #expect(Self.refusal { $0.header = [[.init("a", rows: 2), .init("b")], [.init("c")]] } == nil)
    }

    @Test("charts of columns or rows that are not there, or with a name that would be a formula, are refused")
    func charts() {
        let wrong: [(inout Chart) -> Void] = [
            { $0.series = [] }, { $0.series = [.init(column: 2)] }, { $0.categories = -1 }, { $0.rows = 0..<2 },
            { $0.rows = 1..<1 }, { $0.height = 10 }, { $0.target = .init("t", value: .nan) }, { $0.axis = 1...1 },
            { $0.title = "=A1" }, { $0.series = [.init(column: 1, name: "=Sheet!A1")] },
        ]
        for change in wrong {
            var chart = Chart(.column, title: "Số", categories: 0, series: [.init(column: 1)])
            change(&chart)
            #expect(Self.refusal { $0.charts = [chart] }?.contains("chart “") == true)
        }
    }

    @Test("too many cells, no columns and columns that are too wide are refused")
    func columns() {
        #expect(Self.refusal { $0.rows = [.init([.empty, .empty, .empty])] } != nil)
        #expect(Self.refusal { $0.columns = [] } != nil)
        #expect(Self.refusal { $0.columns[0].width = 256 } != nil)
        #expect(Self.refusal { $0.columns[1].kind = .decimal(digits: 0) } != nil)
        #expect(Self.refusal { $0.frozenColumns = 3 } != nil)
        #expect(Self.refusal { $0.rows = [] } == nil)
    }
}
