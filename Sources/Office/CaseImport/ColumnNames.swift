/// What tables call the columns of case files: Kịp's names, the office's own (`caseColumns`), and usual spellings.
struct ColumnNames {
    private let own: [CaseColumn: String]
    private var named: [String: CaseColumn] = [:]
    private var keys: [String: CaseColumn] = [:]
    private var usual: [String: CaseColumn] = [:]

    /// - Parameter own: the office's names by Kịp's.
    init(_ own: [String: String]) {
        let known = own.compactMap { name, text in CaseColumn(rawValue: name).map { ($0, text) } }
        self.own = Dictionary(known) { first, _ in first }
        for column in CaseColumn.allCases {
            named[column.rawValue] = column
            keys[SpellingKey.of(column.rawValue)] = column
            for spelling in column.spellings { usual[spelling] = column }
        }
        for (column, text) in self.own { named[Phrase.normalized(text)] = column }
    }

    /// What the office calls a column.
    func name(of column: CaseColumn) -> String { own[column] ?? column.rawValue }

    /// What a clerk is told of a column that is not there.
    func words(for column: CaseColumn) -> String { own[column] ?? column.words }

    /// How surely a header's cell names a column.
    private enum Rank: Int {
        /// By Kịp's name or the office's own, letter by letter.
        case named
        /// By Kịp's name, but for its marks.
        case alike
        /// By another usual name.
        case usual
    }

    private func find(_ cell: String) -> (column: CaseColumn, rank: Rank)? {
        if cell.isEmpty || cell.utf8.count > 120 { return nil }
        if let column = named[Phrase.normalized(cell)] { return (column, .named) }
        let key = SpellingKey.of(cell)
        guard let found = keys[key].map({ ($0, Rank.alike) }) ?? usual[key].map({ ($0, Rank.usual) }) else {
            return nil
        }
        // “Ngày hẹn trả (lần 2)” is another day than “Ngày hẹn trả”.
        return found.0.isDay && !SpellingKey.tellsFormOnly(cell) ? nil : found
    }

    /// Which columns the cells of a header name; of several cells for one column the surest.
    func map(_ cells: [String]) -> ColumnMap {
        var found: [CaseColumn: [(index: Int, rank: Rank)]] = [:]
        for (index, cell) in cells.enumerated() {
            if let (column, rank) = find(cell) { found[column, default: []].append((index, rank)) }
        }
        var map = ColumnMap(cells: cells)
        for (column, places) in found {
            guard let best = places.min(by: { ($0.rank.rawValue, $0.index) < ($1.rank.rawValue, $1.index) }) else {
                continue
            }
            map.set(column, best.index)
            if places.count == 1 { continue }
            // Which of two days it is decides whether a file is late: that is not guessed.
            let isSure = best.rank == .named || !column.isDay
            let isAlone = places.count { $0.rank == best.rank } == 1
            map.rivals.append(
                ColumnMap.Rivals(
                    column: column, read: cells[best.index],
                    others: places.filter { $0.index != best.index }.map { cells[$0.index] },
                    isDecided: isSure && isAlone))
        }
        map.rivals.sort { $0.column.place < $1.column.place }
        return map
    }

    /// The cells of two rows as one header: a name that stands over both, or under a group's (“Ngày” over “tiếp nhận”).
    func map(_ upper: [String], _ lower: [String]) -> ColumnMap {
        var group = ""
        let cells = (0..<max(upper.count, lower.count)).map { index in
            let above = index < upper.count ? upper[index] : ""
            let below = index < lower.count ? lower[index] : ""
            if !above.isEmpty { group = above }
            if below.isEmpty { return above }
            return find(group + " " + below) == nil ? below : group + " " + below
        }
        return map(cells)
    }
}

/// Where the columns of a table stand.
struct ColumnMap {
    /// The header as the table has it.
    var cells: [String]
    private var indices = [Int](repeating: -1, count: CaseColumn.allCases.count)
    /// Columns that several cells name.
    var rivals: [Rivals] = []

    /// Cells of a header that name the same column.
    struct Rivals {
        var column: CaseColumn
        /// The cell whose column is read, and those whose are not.
        var read: String
        var others: [String]
        /// Whether one of them is named more surely than the others.
        var isDecided: Bool
    }

    init(cells: [String]) { self.cells = cells }

    mutating func set(_ column: CaseColumn, _ index: Int) { indices[column.place] = index }

    /// Whether the columns stand in the same places.
    func isLike(_ other: ColumnMap) -> Bool { indices == other.indices }

    /// The place of a column, from 0; nil = there is none.
    subscript(_ column: CaseColumn) -> Int? {
        let index = indices[column.place]
        return index < 0 ? nil : index
    }

    var known: [CaseColumn] { CaseColumn.allCases.filter { self[$0] != nil } }
    /// The cells of the header that name no column, but for numbers of rows and what Kịp writes beside rejected rows.
    var unknown: [String] {
        let rivals = rivals.flatMap(\.others)
        return cells.indices.filter { index in !known.contains { self[$0] == index } }.map { cells[$0] }.filter {
            cell in
            cell.contains(where: \.isLetter) && !rivals.contains(cell) && !Self.beside.contains(SpellingKey.of(cell))
        }
    }

    private static let beside: Set<String> = ["stt", "tt", "sott", "sothutu", "trang", "dong", "lydoloi"]

    var missing: [CaseColumn] { CaseColumn.required.filter { self[$0] == nil } }

    /// The header with Kịp's names for the columns that are known; others keep theirs.
    var header: [String] {
        var header = cells.map(Phrase.normalized)
        for column in known { if let index = self[column] { header[index] = column.rawValue } }
        return header
    }
}
