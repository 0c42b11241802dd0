/// A caption with its number: “Bảng 1. Kết quả theo lĩnh vực”.
struct NumberedCaption {
    /// `Bảng` or `Hình`.
    let kind: String
    let number: Int
    let text: String

    var runs: [Run] { [Run("\(kind) \(number). ", bold: true), Run(text)] }
}

/// Numbers tables and figures in the order of the body, each kind for itself: “Bảng 1.”, “Hình 1.”.
struct CaptionNumbers {
    private var tables = 0
    private var figures = 0

    /// The caption of a block; nil = it has none. Asked once for each block, in order.
    mutating func caption(_ block: Block) -> NumberedCaption? {
        switch block {
        case .table(let table):
            guard !table.caption.isEmpty else { return nil }
            tables += 1
            return NumberedCaption(kind: "Bảng", number: tables, text: table.caption)
        case .chart(let chart): return figure(chart.caption)
        case .trend(let trend): return figure(trend.caption)
        case .paragraph, .grounds, .heading, .list: return nil
        }
    }

    private mutating func figure(_ caption: String) -> NumberedCaption? {
        guard !caption.isEmpty else { return nil }
        figures += 1
        return NumberedCaption(kind: "Hình", number: figures, text: caption)
    }
}
