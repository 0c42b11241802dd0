import Foundation
import OwnThread
import Testing

@testable import Office

/// Case files in workbooks, as openpyxl writes them.
@Suite(.ownThread) struct CaseFileWorkbookTests {
    /// - Parameter rows: in Python.
    private func workbook(_ rows: String, then: String = "") throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).xlsx").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [
            "-c",
            """
            import sys, datetime
            from openpyxl import Workbook
            book = Workbook()
            for row in \(rows): book.active.append(row)
            \(then)
            book.save(sys.argv[1])
            """, path,
        ]
        try process.run()
        process.waitUntilExit()
        return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private let head = """
        ["ma_ho_so","ten_thu_tuc","linh_vuc","don_vi","nguoi_nop","dien_thoai","ngay_tiep_nhan","ngay_hen_tra","ngay_tra"]
        """

    @Test("dates of Excel, texts of dates, and telephone numbers come in as they are meant")
    func reads() throws {
        let table = try CaseFileTable(
            try workbook(
                """
                [\(head),
                 ["A-1","Khai sinh","Hộ tịch","Bến Nghé","Lan","0903000001",datetime.date(2024,3,1),"13/03/2024"],
                 ["A-2","Khai sinh","Hộ tịch","Bến Nghé","Bình",903000002,datetime.datetime(2024,3,1,15,30),datetime.date(2024,3,18)]]
                """))
        #expect(table.rejects.isEmpty)
        #expect(table.cases.map(\.code) == ["A-1", "A-2"])
        #expect(table.cases.map(\.phone) == ["0903000001", "0903000002"])
        #expect(table.cases.map(\.receivedOn) == [Example.day("2024-03-01"), Example.day("2024-03-01")])
        #expect(table.cases.map(\.promisedOn) == [Example.day("2024-03-13"), Example.day("2024-03-18")])
    }

    @Test("a bad row is named by the number that the sheet gives it")
    func rejects() throws {
        let table = try CaseFileTable(
            try workbook(
                """
                [\(head), [],
                 ["A-1","Khai sinh","Hộ tịch","Bến Nghé","Lan","","31/02/2024","08/03/2024"],
                 ["A-2","Khai sinh","Hộ tịch","Bến Nghé","Lan","#N/A",datetime.date(2024,3,1),datetime.date(2024,3,8)],
                 ["A-3","Khai sinh","Hộ tịch","Bến Nghé","Lan","",datetime.date(2024,3,1),datetime.date(2024,3,8)]]
                """))
        #expect(table.cases.map(\.code) == ["A-3"])
        #expect(table.rejects.map(\.line) == [3, 4])
        #expect(
            table.rejects.last?.reason
                == "ô F4 hiển thị lỗi #N/A: sửa công thức hoặc xóa ô đó trong Excel, lưu lại rồi nhập lại")
    }

    @Test("a workbook without the columns, a damaged one and an old one are refused whole")
    func refused() throws {
        let good = try workbook("[\(head)]")
        for bytes in [try workbook("[['a','b']]"), Array(good.dropLast(200)), [0xd0, 0xcf, 0x11, 0xe0, 0xa1]] {
            #expect(throws: OfficeError.self) { try CaseFileTable(bytes) }
        }
    }

    @Test(
        "a hidden sheet is named; a sheet whose header lacks a column is no cover: the file is refused with what is missing"
    )
    func sheets() throws {
        let row = #"["A-1","Khai sinh","Hộ tịch","Bến Nghé","Lan","","13/03/2024","20/03/2024",""]"#
        let hidden = try CaseFileTable(
            try workbook(
                "[\(head), \(row)]",
                then: "s = book.create_sheet('Dữ liệu gốc'); s.append(\(row)); s.sheet_state = 'hidden'"))
        #expect(hidden.cases.map(\.code) == ["A-1"])
        #expect(hidden.notes.contains { $0.contains("trang “Dữ liệu gốc” đang ẩn nên không đọc") })
        let odd = head.replacing("ngay_hen_tra", with: "Hạn")
        let error = #expect(throws: OfficeError.self) {
            try CaseFileTable(
                try workbook(
                    "[\(head), \(row)]", then: "s = book.create_sheet('T2'); s.append(\(odd)); s.append(\(row))"))
        }
        #expect("\(error!)".contains("trang “T2”"), "\(error!)")
        #expect("\(error!)".contains("“Hạn”"))
    }
}
