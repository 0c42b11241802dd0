/// Rows of on-time figures with their total, checked before anybody sees them.
public struct OnTimeTable: Sendable, Equatable, Codable {
    /// What the rows are: `Lĩnh vực`.
    public var heading: String
    /// The rows.
    public var rows: [OnTimeFigures]
    /// All of them, counted for itself.
    public var total: OnTimeFigures

    /// A table.
    /// - Throws: `FiguresError.identity` that names the row.
    public init(_ heading: String, rows: [OnTimeFigures], total: OnTimeFigures) throws(FiguresError) {
        self.heading = heading
        self.rows = rows
        self.total = total
        for row in rows + [total] { try row.check() }
        for column in OnTimeFigures.columns {
            let sum = rows.reduce(0) { $0 + $1[keyPath: column.path] }
            let whole = total[keyPath: column.path]
            if sum != whole {
                throw .identity(
                    row: "\(total.name) (\(heading))", identity: "tổng cột “\(column.head)”", left: whole, right: sum)
            }
        }
    }
}

/// Counts case files under names, each name in the order in which it is known, strangers after them.
struct OnTimeCount {
    private let start: LocalDate
    private let end: LocalDate
    private var rows: [String: OnTimeFigures] = [:]

    init(from start: LocalDate, to end: LocalDate) {
        self.start = start
        self.end = end
    }

    mutating func count(_ file: CaseFile, under name: String) {
        rows[name, default: OnTimeFigures(name: name)].count(file, from: start, to: end)
    }

    /// - Returns: a row for each known name, also where nothing came in, and for each other one that has something.
    func figures(known: [String]) -> [OnTimeFigures] {
        let strangers = rows.keys.filter { !known.contains($0) }.sorted()
        return known.map { rows[$0] ?? OnTimeFigures(name: $0) }
            + strangers.compactMap { rows[$0] }.filter { $0.received > 0 }
    }
}
