import Office
import OfficeDocuments

/// The tables of a report.
enum ReportTables {
    private static func count(_ value: Int) -> String { FigureText.grouped(value) }

    /// The figures of form II.06a (Circular 01/2020/TT-VPCP) that upright paper has room for; the spreadsheet has all of
    /// its 13 columns.
    static func brief(_ table: OnTimeTable) -> Block {
        func row(_ number: String, _ figures: OnTimeFigures) -> [String] {
            let numbers = [
                figures.received, figures.carriedOver, figures.resolved, figures.early, figures.onTime, figures.late,
                figures.pending, figures.pendingOverdue,
            ]
            return [number, figures.name] + numbers.map(count) + [rate(figures)]
        }
        let rows = table.rows.enumerated().map { row("\($0 + 1)", $1) } + [row("", table.total)]
        return .table(
            Block.Table(
                widths: [5, 23, 7.8, 7.8, 7.8, 7.8, 7.8, 7.8, 7.8, 7.8, 10.5],
                head: [
                    "TT", table.heading, "Tiếp nhận", "Từ kỳ trước", "Đã giải quyết", "Trước hạn", "Đúng hạn",
                    "Quá hạn",
                    "Đang giải quyết", "Đang quá hạn", "Tỷ lệ đúng hạn",
                ], rows: rows, leftColumns: [1]))
    }

    private static func rate(_ figures: OnTimeFigures) -> String {
        figures.resolved == 0 ? "không phát sinh" : figures.onTimeShare.text()
    }

    static func verdicts(_ verdicts: [TargetVerdict]) -> Block {
        .table(
            Block.Table(
                widths: [8, 24, 20, 19, 10, 9, 13],
                head: ["Mã", "Chỉ tiêu", "Phạm vi", "Mức đặt ra", "Kết quả", "So kỳ trước", "Đánh giá"],
                rows: verdicts.map { verdict in
                    [
                        verdict.part, verdict.title, verdict.subject, verdict.boundText, verdict.valueText,
                        verdict.changeText, verdict.verdictText,
                    ]
                }, leftColumns: [1, 2, 3]))
    }

    static func apologies(_ figures: ReportFigures) -> Block {
        func row(_ number: String, _ name: String, _ apologies: ApologyCompliance) -> [String] {
            [
                number, name, count(apologies.lateFiles), count(apologies.inTime), count(apologies.afterwards),
                count(apologies.without), apologies.share.text(),
            ]
        }
        let late = figures.sections.filter { $0.apologies.lateFiles > 0 }
        let rows =
            late.enumerated().map { row("\($0 + 1)", $1.unit, $1.apologies) }
            + [row("", "Tổng cộng", figures.apologies)]
        return .table(
            Block.Table(
                widths: [5, 35, 12, 12, 12, 12, 12],
                head: [
                    "TT", "Đơn vị", "Hồ sơ trễ hạn", "Xin lỗi kịp thời", "Xin lỗi chậm", "Chưa xin lỗi",
                    "Tỷ lệ kịp thời",
                ],
                rows: rows, leftColumns: [1]))
    }

    /// Case codes and dates only: a report names no citizen.
    static func lateFiles(_ files: [LateFile]) -> Block {
        .table(
            Block.Table(
                widths: [5, 27, 19, 19, 11, 11, 11],
                head: ["TT", "Mã hồ sơ", "Lĩnh vực", "Đơn vị", "Hẹn trả", "Giải quyết", "Xin lỗi"],
                rows: files.enumerated().map { index, file in
                    [
                        "\(index + 1)", file.code, file.field, file.unit, file.promisedOn.form,
                        file.resolvedOn?.form ?? "chưa", file.letterOn?.form ?? "chưa",
                    ]
                }, leftColumns: [1, 2, 3]))
    }

    static func plan(_ plan: PlanProgress) -> Block {
        .table(
            Block.Table(
                widths: [5, 43, 11, 11, 11, 11, 11],
                head: ["TT", "Cơ quan chủ trì", "Mốc", "Đến hạn trong kỳ", "Hoàn thành", "Trong hạn", "Quá hạn"],
                rows: plan.rows.enumerated().map { index, row in
                    [
                        "\(index + 1)", row.agency, count(row.dated), count(row.dueInPeriod), count(row.done),
                        count(row.inTime), count(row.overdue),
                    ]
                }, leftColumns: [1]))
    }

    static func indicators(_ rows: [IndicatorRow]) -> Block {
        .table(
            Block.Table(
                widths: [8, 36, 30, 13, 13, 12],
                head: ["Mã", "Nội dung", "Đơn vị", "Số thực hiện", "Tổng số", "Tỷ lệ"],
                rows: rows.map { row in
                    [
                        row.indicator, row.title, row.unit, count(row.share.numerator), count(row.share.denominator),
                        row.isRank ? "–" : row.share.text(),
                    ]
                }, leftColumns: [1, 2]))
    }
}
