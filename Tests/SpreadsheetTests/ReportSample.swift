import Foundation
import Spreadsheet

/// A report of the kind that an office writes: figures by field with a group, totals, notes and charts.
enum ReportSample {
    /// 31 March 2024, 17:00 in Vietnam.
    static let created = Date(timeIntervalSince1970: 1_711_879_200)

    static var workbook: Workbook {
        Workbook(
            title: "Kết quả giải quyết hồ sơ quý I năm 2024", author: "Ủy ban nhân dân Quận 1",
            sheets: [figures, cases])
    }

    static var figures: Sheet {
        var sheet = Sheet(
            name: "Tổng hợp",
            columns: [
                .init("Lĩnh vực", width: 34), .init("Tiếp nhận", kind: .integer), .init("Đúng hạn", kind: .integer),
                .init("Tỷ lệ", kind: .percent), .init("Kỳ trước", kind: .percent),
                .init("Số ngày trung bình", kind: .decimal(digits: 2)), .init("Cập nhật", kind: .date),
            ])
        sheet.titleLines = [
            .init("ỦY BAN NHÂN DÂN QUẬN 1", isCentered: false),
            .init("BÁO CÁO KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH", isHeading: true),
            .init("Quý I năm 2024 (từ ngày 01/01/2024 đến ngày 31/3/2024)"),
        ]
        sheet.header = [
            [
                .init("Lĩnh vực", rows: 2), .init("Hồ sơ", columns: 2), .init("Tỷ lệ đúng hạn", columns: 2),
                .init("Số ngày trung bình", rows: 2), .init("Cập nhật", rows: 2),
            ],
            [.init("Tiếp nhận"), .init("Đúng hạn"), .init("Kỳ này"), .init("Kỳ trước")],
        ]
        let fields: [(String, Int, Int, Double)] = [
            ("Xây dựng", 1_234, 1_180, 0.931), ("Hộ tịch – chứng thực", 15_678, 15_600, 0.988),
            ("Đất đai, đo đạc bản đồ và đăng ký biến động", 2_345, 2_001, 0.872), ("Kinh tế", 987, 965, 0.961),
            ("Giáo dục và đào tạo", 312, 312, 0.979), ("Y tế", 145, 139, 0.948),
        ]
        sheet.rows = fields.map { name, received, inTime, before in
            .init([
                .text(name), .integer(received), .integer(inTime), .number(Double(inTime) / Double(received)),
                .number(before), .number(Double(received % 17) + 0.256), .date(year: 2_024, month: 3, day: 31),
            ])
        }
        sheet.totals = [.text("Tổng cộng"), .integer(20_701), .integer(20_197), .number(0.97565), .number(0.961)]
        sheet.notes = ["Nguồn: sổ đăng ký hồ sơ điện tử; tỷ lệ tính trên số hồ sơ đã giải quyết."]
        sheet.frozenColumns = 1
        sheet.charts = charts
        return sheet
    }

    private static var charts: [Chart] {
        var columns = Chart(
            .column, title: "Tỷ lệ đúng hạn kỳ này và kỳ trước", categories: 0,
            series: [.init(column: 3, name: "Kỳ này"), .init(column: 4, name: "Kỳ trước")],
            target: .init("Chỉ tiêu 95%", value: 0.95))
        columns.axis = 0.8...1
        let bars = Chart(
            .bar, title: "Số hồ sơ tiếp nhận", categories: 0, series: [.init(column: 1)],
            target: .init("Mức dự kiến", value: 8_000))
        var lines = Chart(
            .line, title: "Tỷ lệ đúng hạn", categories: 0,
            series: [.init(column: 3, name: "Kỳ này"), .init(column: 4, name: "Kỳ trước")],
            target: .init("Chỉ tiêu", value: 0.95))
        lines.axis = 0.8...1
        lines.rows = 0..<5
        return [columns, bars, lines]
    }

    private static var cases: Sheet {
        var sheet = Sheet(
            name: "Hồ sơ '24",
            columns: [
                .init("Mã hồ sơ", width: 16), .init("Người nộp", width: 26),
                .init("Ngày tiếp nhận", width: 14, kind: .date), .init("Ghi chú", width: 30),
            ])
        sheet.hasAutofilter = true
        sheet.page = .portrait
        sheet.rows = (1...60).map { number in
            .init([
                .text("0\(1_000 + number)"), .text("=HYPERLINK(\"http://x\",\"\(number)\")"),
                .date(year: 2_024, month: 1 + number % 12, day: 1 + number % 28),
                number.isMultiple(of: 7) ? .text("Dòng một\nDòng hai _x000D_ & <b>") : .empty,
            ])
        }
        return sheet
    }
}
