import Foundation
import Office
import Spreadsheet

/// A report as a workbook: the same figures as the document's, on a sheet for each part, and the case files behind them by
/// code and dates.
struct ReportWorkbook {
    let figures: ReportFigures
    let rows: [CaseRow]
    let agency: String

    var workbook: Workbook {
        Workbook(
            title: "Báo cáo \(figures.period.vietnamese)", author: agency,
            sheets: [
                form("Lĩnh vực", figures.byField), form("Đơn vị", figures.byUnit),
            ] + (figures.hasWards ? [form("Phường", figures.byWard)] : []) + [
                sections, targets, apologies, lateFiles, plan, indicators, cases,
            ])
    }

    // MARK: On-time figures

    private func form(_ name: String, _ table: OnTimeTable) -> Sheet {
        var sheet = Sheet(name: name, columns: Self.formColumns(table.heading))
        sheet.titleLines = title("Tình hình, kết quả giải quyết thủ tục hành chính theo \(table.heading.lowercased())")
        sheet.header = Self.formHeader(table.heading)
        sheet.rows = table.rows.enumerated().map { .init(cells($0 + 1, $1)) }
        sheet.totals = cells(nil, table.total)
        sheet.frozenColumns = 2
        if table.rows.contains(where: { $0.resolved > 0 }) {
            var chart = Chart(
                .bar, title: "Tỷ lệ giải quyết đúng hạn (%)", categories: 1, series: [.init(column: Self.rateColumn)])
            chart.axis = 0...100
            chart.height = max(320, table.rows.count * 24 + 100)
            sheet.charts = [chart]
        }
        return sheet
    }

    private static let rateColumn = 13

    private static func formColumns(_ heading: String) -> [Sheet.Column] {
        [.init("TT", width: 5, kind: .integer), .init(heading, width: 36)]
            + OnTimeFigures.columns.map { .init($0.head, width: 10, kind: .integer) }
            + [.init("Tỷ lệ đúng hạn (%)", width: 10, kind: .decimal(digits: 2))]
    }

    private static func formHeader(_ heading: String) -> [[Sheet.HeaderCell]] {
        [
            [
                .init("TT", rows: 2), .init(heading, rows: 2), .init("Số hồ sơ nhận giải quyết", columns: 4),
                .init("Số hồ sơ đã giải quyết", columns: 4), .init("Số hồ sơ đang giải quyết", columns: 3),
                .init("Tỷ lệ đúng hạn (%)", rows: 2),
            ],
            [
                "Tổng số", "Trực tuyến", "Trực tiếp, bưu chính", "Từ kỳ trước", "Tổng số", "Trước hạn", "Đúng hạn",
                "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn",
            ].map { .init($0) },
        ]
    }

    private func cells(_ number: Int?, _ row: OnTimeFigures) -> [Cell] {
        [number.map { .integer($0) } ?? .empty, .text(row.name)] + row.numbers.map { .integer($0) }
            + [share(row.onTimeShare)]
    }

    private var sections: Sheet {
        var sheet = Sheet(name: "Từng đơn vị", columns: Self.formColumns("Đơn vị, lĩnh vực"))
        sheet.titleLines = title("Kết quả của từng đơn vị theo lĩnh vực")
        sheet.header = Self.formHeader("Đơn vị, lĩnh vực")
        for section in figures.sections where !figures.missingSections.contains(section.unit) {
            sheet.rows.append(.init(cells(nil, section.table.total), isEmphasized: true))
            sheet.rows += section.table.rows.enumerated().map { .init(cells($0 + 1, $1)) }
        }
        sheet.frozenColumns = 2
        return sheet
    }

    // MARK: The other parts

    private var targets: Sheet {
        var sheet = Sheet(
            name: "Chỉ tiêu",
            columns: [
                .init("Mã", width: 8), .init("Chỉ tiêu", width: 44), .init("Phạm vi", width: 32),
                .init("Mức đặt ra", width: 34), .init("Số thực hiện", kind: .integer), .init("Tổng số", kind: .integer),
                .init("Kết quả", width: 14), .init("Kỳ trước", width: 14), .init("So kỳ trước (điểm %)", width: 14),
                .init("Đánh giá", width: 26),
            ])
        sheet.titleLines = title("Thực hiện các chỉ tiêu")
        let values = FigureText.column(figures.verdicts.map(\.valueText))
        let earlier = FigureText.column(
            figures.verdicts.map { verdict in
                verdict.before.map { verdict.measure == .rank ? "\($0.numerator)" : $0.text() } ?? "–"
            })
        let changes = FigureText.column(figures.verdicts.map { $0.changeText + ($0.comparesFew ? "*" : "") })
        if figures.verdicts.contains(where: \.comparesFew) {
            sheet.titleLines.append(
                .init("(*) Kỳ này hoặc kỳ trước có dưới \(Share.few) hồ sơ: so sánh chỉ để tham khảo"))
        }
        sheet.rows = figures.verdicts.enumerated().map { index, verdict in
            .init([
                .text(verdict.part), .text(verdict.title), .text(verdict.subject), .text(verdict.boundText),
                verdict.value.map { .integer($0.numerator) } ?? .empty,
                verdict.value.map { .integer($0.denominator) } ?? .empty, .text(values[index]),
                .text(earlier[index]), .text(changes[index]), .text(verdict.verdictText),
            ])
        }
        sheet.hasAutofilter = true
        return sheet
    }

    private var apologies: Sheet {
        var sheet = Sheet(
            name: "Xin lỗi",
            columns: [
                .init("Đơn vị", width: 40), .init("Hồ sơ trễ hạn", kind: .integer),
                .init("Xin lỗi kịp thời", kind: .integer), .init("Xin lỗi chậm", kind: .integer),
                .init("Thư bị trả lại", kind: .integer), .init("Chưa xin lỗi", kind: .integer),
                .init("Tỷ lệ kịp thời (%)", kind: .decimal(digits: 2)),
            ])
        func cells(_ name: String, _ row: ApologyCompliance) -> [Cell] {
            [
                .text(name), .integer(row.lateFiles), .integer(row.inTime), .integer(row.afterwards),
                .integer(row.returned), .integer(row.without), share(row.share),
            ]
        }
        sheet.titleLines = title("Hồ sơ trễ hạn và việc xin lỗi")
        sheet.rows = figures.sections.map { .init(cells($0.unit, $0.apologies)) }
        sheet.totals = cells("Tổng cộng", figures.apologies)
        return sheet
    }

    private var lateFiles: Sheet {
        var sheet = Sheet(
            name: "Hồ sơ trễ hạn",
            columns: [
                .init("Mã hồ sơ", width: 30), .init("Lĩnh vực", width: 28), .init("Đơn vị", width: 36),
                .init("Hẹn trả", kind: .date), .init("Giải quyết", kind: .date), .init("Thư xin lỗi", kind: .date),
            ])
        sheet.titleLines = title("Danh sách hồ sơ trễ hạn")
        sheet.rows = figures.lateFiles.map { file in
            .init([
                .text(file.code), .text(file.field), .text(file.unit), day(file.promisedOn), day(file.resolvedOn),
                file.isReturned == true ? .text("bị trả lại") : day(file.letterOn),
            ])
        }
        sheet.hasAutofilter = true
        return sheet
    }

    private var plan: Sheet {
        var sheet = Sheet(
            name: "Kế hoạch",
            columns: [
                .init("Cơ quan chủ trì", width: 48), .init("Mốc", kind: .integer),
                .init("Đến hạn trong kỳ", kind: .integer), .init("Hoàn thành", kind: .integer),
                .init("Trong hạn", kind: .integer), .init("Quá hạn", kind: .integer),
            ])
        sheet.titleLines = title("Tiến độ thực hiện kế hoạch theo cơ quan chủ trì")
        sheet.rows = figures.plan.rows.map { row in
            .init(
                [.text(row.agency)]
                    + [row.dated, row.dueInPeriod, row.done, row.inTime, row.overdue].map { .integer($0) })
        }
        return sheet
    }

    private var indicators: Sheet {
        var sheet = Sheet(
            name: "Số liệu báo cáo",
            columns: [
                .init("Mã", width: 8), .init("Nội dung", width: 48), .init("Đơn vị", width: 36),
                .init("Số thực hiện", kind: .integer), .init("Tổng số", kind: .integer),
                .init("Tỷ lệ (%)", kind: .decimal(digits: 2)),
                .init("Kỳ số liệu", width: 24),
            ])
        sheet.titleLines = title("Số liệu các đơn vị báo cáo")
        sheet.rows = figures.indicators.map { row in
            .init([
                .text(row.indicator), .text(row.title), .text(row.unit), .integer(row.share.numerator),
                .integer(row.share.denominator), row.isRank ? .empty : share(row.share),
                .text(row.basis.joined(separator: ", ")),
            ])
        }
        sheet.hasAutofilter = true
        return sheet
    }

    private var cases: Sheet {
        var sheet = Sheet(
            name: "Hồ sơ",
            columns: [
                .init("Mã hồ sơ", width: 30), .init("Lĩnh vực", width: 28), .init("Đơn vị", width: 36),
                .init("Hình thức", width: 12), .init("Tiếp nhận", kind: .date), .init("Hẹn trả", kind: .date),
                .init("Giải quyết", kind: .date), .init("Tình trạng", width: 26),
            ])
        sheet.titleLines = title("Danh sách hồ sơ trong kỳ")
        sheet.rows = rows.map { row in
            .init([
                .text(row.code), .text(row.field), .text(row.unit), .text(row.channel.rawValue), day(row.receivedOn),
                day(row.promisedOn), day(row.resolvedOn), .text(row.state.words),
            ])
        }
        sheet.hasAutofilter = true
        return sheet
    }

    // MARK: Cells

    private func title(_ text: String) -> [Sheet.TitleLine] {
        [
            .init(agency, isCentered: false), .init(text, isHeading: true),
            .init(
                "\(figures.period.title) (từ ngày \(figures.period.start.form) đến ngày \(figures.end.form)); lập ngày "
                    + figures.asOf.form),
        ]
    }

    /// Per cent as the document shows it, cut and not rounded; where nothing occurred there is none.
    private func share(_ share: Share) -> Cell {
        share.cutPercent.map { .number($0) } ?? .text("–")
    }

    private func day(_ date: LocalDate?) -> Cell {
        guard let date else { return .empty }
        let (year, month, day) = date.parts
        return .date(year: year, month: month, day: day)
    }

    /// The day of the report, 00:00 in Vietnam, which is UTC+7 all year.
    var created: Date { Date(timeIntervalSince1970: Double(figures.asOf.number) * 86_400 - 7 * 3_600) }
}
