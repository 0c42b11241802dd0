import Foundation
import OwnThread
import Spreadsheet
import Testing
import ZipArchive

@Suite(.ownThread) struct WritingTests {
    @Test("what is written is read: numbers, dates, texts that look like formulas or escapes")
    func readBack() throws {
        let reader = try XLSXReader(try XLSXWriter.write(ReportSample.workbook, created: ReportSample.created))
        #expect(reader.sheets.map(\.name) == ["Tổng hợp", "Hồ sơ '24", "Chỉ tiêu biểu đồ"])
        #expect(reader.sheets.map(\.isHidden) == [false, false, true])
        let rows = try reader.rows()
        #expect(rows[1].cells == ["BÁO CÁO KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH"])
        #expect(rows[4].cells == ["", "Tiếp nhận", "Đúng hạn", "Kỳ này", "Kỳ trước"])
        #expect(
            rows[5].cells == ["Xây dựng", "1234", "1180", "0.956239870340357", "0.931", "10.256", "2024-03-31"])
        #expect(rows[11].cells == ["Tổng cộng", "20701", "20197", "0.97565", "0.961"])
        let cases = try reader.rows(of: "Hồ sơ '24")
        #expect(
            cases[7].cells == [
                "01007", "=HYPERLINK(\"http://x\",\"7\")", "2024-08-08", "Dòng một\nDòng hai _x000D_ & <b>",
            ])
        #expect(try reader.rows(of: "Chỉ tiêu biểu đồ").count == 7)
    }

    @Test("the same workbook and date make the same bytes, whenever it is written")
    func deterministic() throws {
        let first = try XLSXWriter.write(ReportSample.workbook, created: ReportSample.created)
        // The time in a zip file has steps of two seconds.
        Thread.sleep(forTimeInterval: 2.1)
        #expect(try XLSXWriter.write(ReportSample.workbook, created: ReportSample.created) == first)
        let other = try XLSXWriter.write(ReportSample.workbook, created: ReportSample.created + 1)
        #expect(other != first)
        let core = try #require(try ZipReader(first).read("docProps/core.xml", limit: 10_000))
        let text = String(decoding: core, as: UTF8.self)
        #expect(text.contains("2024-03-31T10:00:00Z"))
        #expect(text.contains("Ủy ban nhân dân Quận 1"))
    }

    private static let script = """
        import json, sys, openpyxl
        book = openpyxl.load_workbook(sys.argv[1])
        sheet = book.worksheets[0]
        cases = book.worksheets[1]
        first = sheet["A6"]
        def kinds(chart): return [type(chart).__name__, len(chart.series), [bool(s.trendline) for s in chart.series]]
        print(json.dumps([
            book.sheetnames, [s.sheet_state for s in book.worksheets],
            [sheet.freeze_panes, cases.freeze_panes], [sheet.auto_filter.ref, cases.auto_filter.ref],
            sorted(str(r) for r in sheet.merged_cells.ranges),
            [sheet[c + "6"].number_format for c in "ABCDEFG"], [sheet[c + "6"].alignment.horizontal for c in "ABCDEFG"],
            [str(sheet[c + "6"].value) for c in "BDG"],
            [cases["B2"].data_type, cases["A2"].data_type, cases["C2"].number_format],
            sorted({c.font.name for r in sheet.iter_rows() for c in r if c.value is not None}),
            [sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight,
             sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.print_title_rows],
            [cases.page_setup.orientation, cases.print_title_rows],
            [kinds(c) for c in sheet._charts], len(cases._charts)]))
        """

    @Test("another program finds the values, formats, frozen rows, filter, page and charts")
    func openpyxl() throws {
        try OtherPrograms.withFolder { folder in
            let path = folder + "/report.xlsx"
            try Data(try XLSXWriter.write(ReportSample.workbook, created: ReportSample.created)).write(
                to: URL(fileURLWithPath: path))
            let found = try OtherPrograms.run(python: Self.script, [path])
            let text = try #require(
                try JSONSerialization.jsonObject(with: Data(found.utf8)) as? [Any]
            ).map { part in
                let bytes = try JSONSerialization.data(
                    withJSONObject: part, options: [.fragmentsAllowed, .withoutEscapingSlashes])
                return String(decoding: bytes, as: UTF8.self)
            }
            #expect(
                text == [
                    #"["Tổng hợp","Hồ sơ '24","Chỉ tiêu biểu đồ"]"#, #"["visible","visible","hidden"]"#,
                    #"["B6","A2"]"#, #"[null,"A1:D61"]"#,
                    #"["A13:G13","A1:G1","A2:G2","A3:G3","A4:A5","B4:C4","D4:E4","F4:F5","G4:G5"]"#,
                    ##"["@","#,##0","#,##0","0.0%","0.0%","#,##0.00","dd/mm/yyyy"]"##,
                    #"[null,"right","right","right","right","right","center"]"#,
                    #"["1234","0.9562398703403565","2024-03-31 00:00:00"]"#, #"["s","s","dd/mm/yyyy"]"#,
                    #"["Times New Roman"]"#, #"["landscape",9,0,true,"$4:$5"]"#, #"["portrait","$1:$1"]"#,
                    #"[["BarChart",3,[false,false,true]],["BarChart",2,[false,true]],["LineChart",3,[false,false,false]]]"#,
                    "0",
                ])
        }
    }

    @Test(
        "LibreOffice prints it: the header is on each page, dates and totals are as they are read",
        .enabled(if: OtherPrograms.hasOffice))
    func libreOffice() throws {
        try OtherPrograms.withFolder { folder in
            let path = folder + "/report.xlsx"
            try Data(try XLSXWriter.write(ReportSample.workbook, created: ReportSample.created)).write(
                to: URL(fileURLWithPath: path))
            let printed = try OtherPrograms.convert(path, to: "pdf", in: folder)
            // The figures with one chart, two charts, and the cases on two pages.
            #expect(try OtherPrograms.run("/usr/bin/pdfinfo", [printed]).contains(#/Pages: +4/#))
            let text = try OtherPrograms.run("/usr/bin/pdftotext", ["-layout", printed, "-"])
            #expect(text.contains("31/03/2024"))
            #expect(text.contains("=HYPERLINK"))
            #expect(text.matches(of: #/Số ngày trung/#).count == 2)
            #expect(text.contains("Tổng cộng"))
        }
    }
}
