import Foundation
import OwnThread
import Testing

@testable import Office

/// Tables of case files in the many ways in which offices have them: each is read rightly, or refused with words that say
/// what to do.
@Suite(.ownThread) struct CaseTablesTests {
    /// What must come out of a table.
    enum Outcome: Sendable {
        /// All three case files, nothing else.
        case whole
        /// Those of the three that are named, and a row that is refused with these words.
        case part([Int], String)
        /// Nothing, with these words.
        case refused(String)
    }

    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let outcome: Outcome
        var testDescription: String { name }

        init(_ name: String, _ outcome: Outcome = .whole) {
            self.name = name
            self.outcome = outcome
        }
    }

    static let samples: [Sample] = [
        // Text.
        Sample("comma-lf.csv"), Sample("mac-cr.csv"), Sample("mixed-ends.csv"), Sample("mark-twice.csv"),
        Sample("sep-line.csv"), Sample("sep-tab.csv"), Sample("bars.txt"), Sample("utf16-le-bare.txt"),
        Sample("utf16-be-mark.txt"), Sample("tidy-titles.csv"), Sample("titles-above.csv"),
        Sample("groups-between.csv"),
        Sample("camel-names.csv"), Sample("dropped-separators.csv"), Sample("decomposed.csv"), Sample("days-dots.csv"),
        Sample("days-dashes.csv"), Sample("days-time-first.csv"), Sample("days-nbsp.csv"), Sample("days-serial.csv"),
        Sample("days-moments.csv"), Sample("placeholders.csv"), Sample("placeholders-na.csv"),
        Sample("encoded-twice.csv"), Sample("windows-1258.csv"), Sample("channels.csv"),
        Sample("quotes-inside.csv", .part([0, 1, 2], "")),
        Sample("quote-open.csv", .part([0, 2], "xóa dấu nháy đó")),
        Sample("encoded-twice-lost.csv", .part([0, 1], "lưu bằng “CSV UTF-8”")),
        Sample("spellings.csv", .part([0, 1, 2], "khác ở ngay_hen_tra (2024-03-20 ≠ 2024-03-21)")),
        Sample("buddhist.csv", .part([0, 1], "năm dương lịch là 2024")),
        Sample("scientific.csv", .part([0, 1], "định dạng cột là Văn bản")),
        Sample("unknown-channel.csv", .part([0, 1], "không phải là trực tiếp, trực tuyến hoặc bưu chính")),
        Sample("days-month-first.csv", .refused("nhập lại với --dates month-first")),
        Sample("days-both.csv", .refused("Nhập lại với --dates day-first")),
        Sample("missing-column.csv", .refused("Thiếu Ngày hẹn trả (ngay_hen_tra).")),
        Sample("headless.csv", .refused("không tìm thấy dòng tiêu đề")),
        Sample("header-alone.csv", .refused("không đọc được hồ sơ nào")), Sample("cut-off.csv", .refused("cắt cụt")),
        Sample("empty.csv", .refused("tệp trống")),
        // Workbooks.
        Sample("plain.xlsx"), Sample("cover-sheet.xlsx"), Sample("group-row.xlsx"), Sample("sheet-for-each-unit.xlsx"),
        Sample("hidden-first.xlsx"), Sample("texts.xlsx"), Sample("serials.xlsx"), Sample("serials-1904.xlsx"),
        Sample("moments.xlsx"), Sample("long-number.xlsx", .part([0, 1], "ô A4 là số quá 15 chữ số")),
        Sample("days-turned.xlsx", .refused("Excel đã đổi chỗ ngày và tháng")),
        Sample("days-turned-codes.xlsx", .refused("Excel đã đổi chỗ ngày và tháng")),
        Sample("sheets-differ.xlsx", .refused("nhập từng trang với --sheet")),
        // What is called a workbook and is none.
        Sample("page.xls"), Sample("page-entities.xls"), Sample("page-merged.xls"), Sample("page-utf16.xls"),
        Sample("old.xls", .refused("lưu thành (Save As) .xlsx")),
        Sample("xml-2003.xls", .refused("XML Spreadsheet 2003")), Sample("xml-2003-table.xls", .refused(".xlsx")),
        Sample("a.pdf", .refused("tệp PDF")),
        // What programs do to a file.
        Sample("kept-as-text.csv"), Sample("control-z.csv"), Sample("character-references.csv"),
        Sample("headers-repeated.csv"), Sample("tables-below.csv"), Sample("merged-down.xlsx"),
        Sample("tables-differ.csv", .refused("dòng 5 là tiêu đề của một bảng khác (khác ở cột ngay_co_ket_qua)")),
        Sample("errors.csv", .part([0, 1], "cột ngay_co_ket_qua hiển thị lỗi #REF!")),
        Sample("too-narrow.csv", .part([0, 1], "hiển thị lỗi ########: cột quá hẹp")),
        Sample("uncomputed.xlsx", .part([0, 1], "ô H4 là công thức chưa được tính")),
        Sample("lost-letters.csv", .part([0, 1], "nguoi_nop mất chữ")),
        Sample("name-zero.csv", .part([0, 1], "nguoi_nop không có chữ nào")),
        Sample("two-returns.csv", .refused("các cột “Ngày trả”, “Ngày trả kết quả” cùng có nghĩa ngay_tra")),
        Sample("packed.csv.gz", .refused("giải nén")), Sample("cut.xlsx", .refused("cắt cụt")),
        Sample("zeros.csv", .refused("byte 0")),
    ]

    /// The tables, made once.
    private static let folder: Result<URL, any Error> = Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tables-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Tables/make_tables.py")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [script.path, folder.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return folder
    }

    private static let applicants = ["Nguyễn Thị Ánh", "Trần Văn Đức", "Lê Hoàng Ước"]
    private static let codes = ["000.00.19.H29-240313-0001", "000.00.19.H29-240314-0002", "000.00.19.H29-240315-0003"]
    private static let procedures = [
        "Đăng ký khai sinh", "Chuyển mục đích sử dụng đất", "Chứng thực hợp đồng, giao dịch",
    ]
    private static let days = [
        ["2024-03-13", "2024-03-20", "2024-03-18"], ["2024-03-14", "2024-03-28", nil],
        ["2024-03-15", "2024-03-19", "2024-03-19"],
    ]

    @Test("each table is read rightly, or refused with words that say what to do", arguments: samples)
    func reads(_ sample: Sample) throws {
        let bytes = [UInt8](try Data(contentsOf: Self.folder.get().appendingPathComponent(sample.name)))
        switch sample.outcome {
        case .whole:
            let table = try CaseFileTable(bytes)
            #expect(table.rejects == [])
            check(table, [0, 1, 2])
            #expect(table.cases.map(\.applicant) == Self.applicants)
        case .part(let expected, let words):
            let table = try CaseFileTable(bytes)
            check(table, expected)
            #expect(table.rejects.count == (words.isEmpty ? 0 : 1))
            if !words.isEmpty { #expect(table.rejects.first?.reason.contains(words) == true, "\(table.rejects)") }
        case .refused(let words):
            do {
                let table = try CaseFileTable(bytes)
                Issue.record("\(table.cases.count) read, \(table.rejects.map(\.reason))")
            } catch {
                #expect("\(error)".contains(words), "\(error)")
            }
        }
    }

    private func check(_ table: CaseFileTable, _ expected: [Int]) {
        #expect(table.cases.map(\.code) == expected.map { Self.codes[$0] })
        #expect(table.cases.map(\.procedure) == expected.map { Self.procedures[$0] })
        for (file, index) in zip(table.cases, expected) {
            let days = Self.days[index].map { $0.map(Example.day) }
            #expect([file.receivedOn, file.promisedOn, file.resolvedOn] == days, "\(file.code)")
        }
    }
}
