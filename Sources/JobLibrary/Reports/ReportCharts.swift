import Office
import OfficeDocuments

/// The charts of a report: bars that are read in grey print, too.
enum ReportCharts {
    static func fields(_ figures: ReportFigures) -> [Block] {
        let judged = figures.verdicts.filter { $0.origin == .cases }
        return chart(
            "Tỷ lệ giải quyết đúng hạn theo lĩnh vực (vạch đứng: chỉ tiêu; thanh nhạt có viền: chưa đạt)",
            figures.byField.rows
        ) { row in judged.first { $0.subject == row.name } }
    }

    static func units(_ figures: ReportFigures) -> [Block] {
        let judged = figures.verdicts.filter { $0.origin == .cases }
        return chart(
            "Tỷ lệ giải quyết đúng hạn theo đơn vị\(figures.hasWards ? " và phường" : "") "
                + "(vạch đứng: chỉ tiêu, nếu có chỉ tiêu riêng, hoặc 100%)",
            figures.byUnit.rows + figures.byWard.rows
        ) { row in judged.first { $0.subject == row.name } }
    }

    private static func chart(
        _ caption: String, _ rows: [OnTimeFigures], _ verdict: (OnTimeFigures) -> TargetVerdict?
    ) -> [Block] {
        let rows = rows.filter { $0.resolved > 0 }
        let texts = FigureText.column(rows.map { $0.onTimeShare.text() })
        let bars = zip(rows, texts).map { row, text in
            let judged = verdict(row)
            return Block.Chart.Bar(
                label: row.name, value: row.onTimeShare.percent, valueText: text,
                target: target(judged), isMet: judged.map { $0.verdict == .met } ?? (row.late == 0))
        }
        // Where nothing was resolved there is nothing to draw.
        return bars.isEmpty ? [] : [.chart(Block.Chart(caption: caption, bars: bars))]
    }

    /// Per cent that must be on time: late under 2 % is on time above 98 %.
    private static func target(_ verdict: TargetVerdict?) -> Double {
        guard let verdict else { return 100 }
        let bound = verdict.judgedBy.bound
        return Double(verdict.measure == .late ? bound.ofTheRest.hundredths : bound.hundredths) / 100
    }
}
