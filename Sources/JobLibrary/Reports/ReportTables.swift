import Office
import OfficeDocuments

/// The tables of a report.
enum ReportTables {
    private static func count(_ value: Int) -> String { FigureText.grouped(value) }

    /// The 13 columns of form II.06a (Circular 01/2020/TT-VPCP), and the rate beside them: for paper on its side.
    static func form(_ table: OnTimeTable, _ caption: String) -> Block {
        func row(_ number: String, _ figures: OnTimeFigures, bold: Bool = false) -> Block.Table.Row {
            .init([number, figures.name] + figures.numbers.map(count) + [rate(figures)], bold: bold)
        }
        let numbers = Array(repeating: Block.Table.Column(7, .right), count: OnTimeFigures.columns.count)
        return .table(
            Block.Table(
                caption: caption, columns: [.init(4), .init(24, .left)] + numbers + [.init(9.5, .right)],
                head: [
                    [
                        .init("TT", rows: 2), .init(table.heading, rows: 2),
                        .init("Số hồ sơ nhận giải quyết", columns: 4),
                        .init("Số hồ sơ đã giải quyết", columns: 4), .init("Số hồ sơ đang giải quyết", columns: 3),
                        .init("Tỷ lệ đúng hạn", rows: 2),
                    ],
                    [
                        "Tổng số", "Trực tuyến", "Trực tiếp, bưu chính", "Từ kỳ trước", "Tổng số", "Trước hạn",
                        "Đúng hạn", "Quá hạn", "Tổng số", "Trong hạn", "Quá hạn",
                    ],
                ],
                rows: even(table.rows.enumerated().map { row("\($0 + 1)", $1) } + [row("", table.total, bold: true)])))
    }

    /// The figures of the form that upright paper has room for.
    static func brief(_ table: OnTimeTable, _ caption: String = "") -> Block {
        func row(_ number: String, _ figures: OnTimeFigures, bold: Bool = false) -> Block.Table.Row {
            let numbers = [
                figures.received, figures.carriedOver, figures.resolved, figures.early, figures.onTime, figures.late,
                figures.pending, figures.pendingOverdue,
            ]
            return .init([number, figures.name] + numbers.map(count) + [rate(figures)], bold: bold)
        }
        let numbers = Array(repeating: Block.Table.Column(8.2, .right), count: 8)
        return .table(
            Block.Table(
                caption: caption, columns: [.init(4.5), .init(22, .left)] + numbers + [.init(10.5, .right)],
                head: [
                    [
                        "TT", .init(table.heading), "Tiếp nhận", "Từ kỳ trước", "Đã giải quyết", "Trước hạn",
                        "Đúng hạn",
                        "Quá hạn", "Đang giải quyết", "Đang quá hạn", "Tỷ lệ đúng hạn",
                    ]
                ],
                rows: even(table.rows.enumerated().map { row("\($0 + 1)", $1) } + [row("", table.total, bold: true)])))
    }

    /// Rows whose decimals stand beneath each other in each column.
    private static func even(_ rows: [Block.Table.Row]) -> [Block.Table.Row] {
        var rows = rows
        for column in rows.first.map({ $0.cells.indices }) ?? 0..<0 {
            let cells = FigureText.column(rows.map { $0.cells[column].text })
            for (row, text) in cells.enumerated() { rows[row].cells[column].text = text }
        }
        return rows
    }

    private static func rate(_ figures: OnTimeFigures) -> String {
        figures.resolved == 0 ? "không phát sinh" : figures.onTimeShare.text()
    }

    static func verdicts(_ verdicts: [TargetVerdict]) -> Block {
        table(
            "Đánh giá các chỉ tiêu có số liệu",
            [(8, .centre), (24, .left), (20, .left), (19, .left), (10, .right), (9, .right), (14, .centre)],
            ["Mã", "Chỉ tiêu", "Phạm vi", "Mức đặt ra", "Kết quả", "So kỳ trước", "Đánh giá"],
            verdicts.map { verdict in
                [
                    verdict.part, verdict.title, verdict.subject, verdict.boundText, verdict.valueText,
                    verdict.changeText + (verdict.comparesFew ? "*" : ""), verdict.verdictText,
                ]
            })
    }

    static func apologies(_ figures: ReportFigures) -> Block {
        func row(_ number: String, _ name: String, _ apologies: ApologyCompliance) -> [String] {
            [
                number, name, count(apologies.lateFiles), count(apologies.inTime), count(apologies.afterwards),
                count(apologies.returned), count(apologies.without), apologies.share.text(),
            ]
        }
        let late = figures.sections.filter { $0.apologies.lateFiles > 0 }
        return table(
            "Hồ sơ trễ hạn và việc xin lỗi theo đơn vị",
            [(5, .centre), (29, .left)] + Array(repeating: (11, .right), count: 6),
            [
                "TT", "Đơn vị", "Hồ sơ trễ hạn", "Xin lỗi kịp thời", "Xin lỗi chậm", "Thư bị trả lại", "Chưa xin lỗi",
                "Tỷ lệ kịp thời",
            ],
            late.enumerated().map { row("\($0 + 1)", $1.unit, $1.apologies) },
            total: row("", "Tổng cộng", figures.apologies))
    }

    /// Case codes and dates only: a report names no citizen.
    static func lateFiles(_ files: [LateFile]) -> Block {
        table(
            "Danh sách hồ sơ trễ hạn",
            [(4.5, .centre), (25, .left), (16, .left), (18, .left), (13.8, .centre), (13.8, .centre), (13.8, .centre)],
            ["TT", "Mã hồ sơ", "Lĩnh vực", "Đơn vị", "Hẹn trả", "Giải quyết", "Xin lỗi"],
            files.enumerated().map { index, file in
                [
                    "\(index + 1)", file.code, file.field, file.unit, file.promisedOn.form,
                    file.resolvedOn?.form ?? "chưa",
                    file.isReturned == true ? "bị trả lại" : file.letterOn?.form ?? "chưa",
                ]
            })
    }

    static func plan(_ plan: PlanProgress) -> Block {
        table(
            "Tiến độ thực hiện kế hoạch theo cơ quan chủ trì",
            [(5, .centre), (43, .left), (11, .right), (11, .right), (11, .right), (11, .right), (11, .right)],
            ["TT", "Cơ quan chủ trì", "Mốc", "Đến hạn trong kỳ", "Hoàn thành", "Trong hạn", "Quá hạn"],
            plan.rows.enumerated().map { index, row in
                [
                    "\(index + 1)", row.agency, count(row.dated), count(row.dueInPeriod), count(row.done),
                    count(row.inTime), count(row.overdue),
                ]
            })
    }

    static func indicators(_ rows: [IndicatorRow]) -> Block {
        table(
            "Số liệu các đơn vị báo cáo",
            [(8, .centre), (36, .left), (30, .left), (13, .right), (13, .right), (12, .right)],
            ["Mã", "Nội dung", "Đơn vị", "Số thực hiện", "Tổng số", "Tỷ lệ"],
            rows.map { row in
                [
                    row.indicator, row.title, row.unit, count(row.share.numerator), count(row.share.denominator),
                    row.isRank ? "–" : row.share.text(),
                ]
            })
    }

    private static func table(
        _ caption: String, _ columns: [(Double, Block.Table.Alignment)], _ head: [String], _ rows: [[String]],
        total: [String]? = nil
    ) -> Block {
        .table(
            Block.Table(
                caption: caption, columns: columns.map { .init($0.0, $0.1) }, head: [head.map { .init($0) }],
                rows: even(rows.map { .init($0) } + (total.map { [.init($0, bold: true)] } ?? []))))
    }
}
