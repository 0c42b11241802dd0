/// Case files as a table, in CSV, as an XLSX workbook or as a web page: what could be read, and what could not, with its line
/// and its reason.
public struct CaseFileTable: Sendable {
    /// A row that is not a case file.
    public struct Reject: Sendable, Equatable {
        /// The line of the file, or the number of the sheet's row, from 1.
        public var line: Int
        /// Why not, in Vietnamese: the clerk reads it.
        public var reason: String
        /// The row's cells.
        public var cells: [String]
        /// The sheet, where several were read.
        public var sheet: String?
        /// Its reason is one of `unknownValues`.
        public var hasUnknownValue = false
    }

    /// What is said of a row that was read, or was passed over as a title or a total.
    public struct Remark: Sendable, Equatable {
        /// The line of the file, or the number of the sheet's row, from 1.
        public var line: Int
        /// The sheet, where several were read.
        public var sheet: String?
        /// In Vietnamese.
        public var text: String
    }

    /// A value that nobody knows, such as of a channel.
    public struct UnknownValue: Sendable, Equatable {
        struct Name: Hashable, Sendable {
            var column: CaseColumn
            var value: String
        }

        /// The column.
        public var column: CaseColumn
        /// The value, as it is written.
        public var value: String
        /// How many rows have it.
        public var rows: Int
        /// The first of them.
        public var firstLine: Int
        /// Its rows are not imported.
        public var isRejected: Bool
    }

    /// The columns, in the order in which Kịp writes them.
    public static let columns = CaseColumn.allCases.filter { $0 != .state }.map(\.rawValue)

    /// In how many rows of a table the header is sought.
    public static let headerDepth = HeaderSearch.depth

    /// How its letters were written.
    public let encoding: TextEncoding
    /// The header's cells; columns that are known have Kịp's names.
    public private(set) var header: [String] = []
    /// The case files.
    public private(set) var cases: [CaseFile] = []
    /// The rows that are none.
    public private(set) var rejects: [Reject] = []
    /// What is strange about rows that were read.
    public private(set) var warnings: [Remark] = []
    /// Rows that were passed over, as they have nothing of a case file: titles, totals, signatures.
    public private(set) var passedOver: [Remark] = []
    /// What is said of the file as a whole, in Vietnamese.
    public private(set) var notes: [String] = []
    /// Telephone numbers whose first zero a spreadsheet took away, and that have it again.
    private(set) var restoredPhones = 0
    /// Rows that do not say how the case file was handed in.
    private(set) var withoutChannel = 0
    /// Rows whose code bears a day of another year than that of receipt.
    private var codesOfOtherYears: [(line: Int, sheet: String?, day: LocalDate)] = []
    /// Sheets without a header.
    public private(set) var sheetsPassedOver: [String] = []
    /// Values that nobody knows, each once, by column.
    public private(set) var unknownValues: [UnknownValue] = []
    /// The lines of `cases`.
    private var lines: [String] = []
    private var places: [String: Int] = [:]
    private var unknown: [UnknownValue.Name: UnknownValue] = [:]

    /// Reads a file.
    /// - Parameters:
    ///   - rules: how the office's tables are read.
    ///   - progress: told how many rows of how many are read, each hundred.
    /// - Throws: `OfficeError.cases` where the file as a whole cannot be used: an encoding that is none, cut off, columns
    ///   missing, days that could be read in two ways.
    public init(
        _ bytes: [UInt8], rules: CaseImportRules = CaseImportRules(),
        progress: (_ rows: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(OfficeError) {
        let search = HeaderSearch(names: ColumnNames(rules.columns))
        let source = try TableSource(bytes, search, sheet: rules.sheet)
        encoding = source.encoding
        let found = source.sheets.map { (sheet: $0, header: search.header(of: $0)) }
        let tables = found.compactMap { each in each.header.map { Table(sheet: each.sheet, header: $0) } }
        guard let first = tables.first else { throw search.failure(source.sheets, hidden: source.hiddenSheets) }
        let headless = found.filter { $0.header == nil && !$0.sheet.rows.isEmpty }.map(\.sheet)
        for sheet in headless where search.score(sheet) >= HeaderSearch.fewest { throw search.failure([sheet]) }
        sheetsPassedOver = headless.compactMap(\.name)
        try Self.check(tables)
        header = first.header.columns.header
        var sections: [TableSection] = []
        for table in tables { sections += try TableSection.all(of: table.sheet, table.header, search.names) }
        let order = try Self.order(sections, rules)
        let total = sections.reduce(0) { $0 + $1.count }
        var done = 0
        for section in sections {
            var reader = CaseRowReader(section.columns, rules, order, from1904: section.sheet.countsFrom1904)
            let name = tables.count > 1 ? section.sheet.name : nil
            passedOver += section.repeated.map { Remark(line: $0, sheet: name, text: "tiêu đề lặp lại") }
            for row in section.rows.joined() {
                if done.isMultiple(of: 100) { progress(done, total) }
                done += 1
                take(row, section, &reader, name)
            }
            restoredPhones += reader.restoredPhones
            withoutChannel += reader.withoutChannel
        }
        noteCodes()
        notes = ImportNotes.of(sections, self) + source.hiddenSheets.map(ImportNotes.hidden)
        passedOver.sort { ($0.sheet ?? "", $0.line) < ($1.sheet ?? "", $1.line) }
        unknownValues = unknown.values.sorted { ($0.column.rawValue, $0.value) < ($1.column.rawValue, $1.value) }
        if cases.isEmpty, rejects.isEmpty {
            throw .cases("không đọc được hồ sơ nào: có dòng tiêu đề mà dưới đó không có dòng hồ sơ; chưa nhập gì")
        }
    }

    /// A sheet that has a header.
    private struct Table {
        let sheet: TableSheet
        let header: HeaderSearch.Found
    }

    private static func check(_ tables: [Table]) throws(OfficeError) {
        for table in tables {
            guard let rivals = table.header.columns.rivals.first(where: { !$0.isDecided }) else { continue }
            let cells = ([rivals.read] + rivals.others).map { "“\($0)”" }.joined(separator: ", ")
            throw .cases(
                "các cột \(cells) cùng có nghĩa \(rivals.column.rawValue): xóa hoặc đổi tên cột thừa, hoặc ghi tên cột đúng vào "
                    + "caseColumns trong office.yaml; chưa nhập gì")
        }
        guard let first = tables.first,
            let other = tables.first(where: { $0.header.columns.known != first.header.columns.known })
        else { return }
        // What a file has no column for stays as it is: one file tells one set of columns.
        throw .cases(
            "\(first.sheet.name ?? "") và \(other.sheet.name ?? "") có các cột khác nhau; nhập từng trang với --sheet; chưa nhập "
                + "gì")
    }

    private static func order(_ sections: [TableSection], _ rules: CaseImportRules) throws(OfficeError) -> DateOrder {
        if let order = rules.dateOrder { return order }
        var finding = DateOrderFinding()
        let dates: [CaseColumn] = [.receivedOn, .promisedOn, .resolvedOn, .returnedOn]
        let others: [CaseColumn] = [.newPromise, .suspendedFrom, .suspendedTo]
        for section in sections {
            let columns = section.columns
            func cell(_ column: CaseColumn, _ row: TableRow) -> String {
                columns[column].flatMap { $0 < row.cells.count ? CellTidying.text(row.cells[$0]) : nil } ?? ""
            }
            for (number, row) in section.rows.joined().enumerated() where row.fault == nil {
                if finding.isDayFirst, !section.sheet.isWorkbook || number >= DateOrderFinding.depth { break }
                finding.look(
                    dates.map { cell($0, row) }, others: others.map { cell($0, row) }, code: cell(.code, row),
                    line: row.line, today: rules.today)
            }
            if section.sheet.isWorkbook { try finding.checkTurned() }
        }
        return try finding.order()
    }

    private mutating func take(
        _ row: TableRow, _ section: TableSection, _ reader: inout CaseRowReader, _ sheet: String?
    ) {
        do throws(CaseRowReader.Refusal) {
            switch try reader.read(row) {
            case .noCase: passedOver.append(Remark(line: row.line, sheet: sheet, text: "không phải dòng hồ sơ"))
            case .file(let file):
                try add(file, row.line, sheet)
                if let day = reader.dayOfOtherYear {
                    codesOfOtherYears.append((line: row.line, sheet: sheet, day: day))
                }
                if !reader.warnings.isEmpty {
                    let text = reader.warnings.joined(separator: "; ")
                    warnings.append(Remark(line: row.line, sheet: sheet, text: text))
                }
            }
            if let state = reader.unknownState {
                note(.init(column: .state, value: state), row.line, isRejected: false)
            }
        } catch {
            if let value = error.value { note(value, row.line, isRejected: true) }
            rejects.append(
                Reject(
                    line: row.line, reason: error.reason, cells: cells(row, section), sheet: sheet,
                    hasUnknownValue: error.value != nil))
        }
    }

    private mutating func note(_ name: UnknownValue.Name, _ line: Int, isRejected: Bool) {
        unknown[
            name,
            default: UnknownValue(
                column: name.column, value: name.value, rows: 0, firstLine: line, isRejected: isRejected)
        ].rows += 1
    }

    private mutating func add(_ file: CaseFile, _ line: Int, _ sheet: String?) throws(CaseRowReader.Refusal) {
        let key = CaseCode.key(file.code)
        if let place = places[key] { throw CaseRowReader.Refusal(Self.twice(cases[place], lines[place], file)) }
        places[key] = cases.count
        cases.append(file)
        lines.append(sheet.map { "\(line), \($0)" } ?? "\(line)")
    }

    /// Warns of codes that bear another year than the day of receipt. Where most do, their figures are no days.
    private mutating func noteCodes() {
        guard codesOfOtherYears.count * 2 <= cases.count || cases.count < 10 else { return }
        warnings += codesOfOtherYears.map { row in
            Remark(
                line: row.line, sheet: row.sheet,
                text: "mã hồ sơ ghi ngày \(row.day.form), khác năm với ngày tiếp nhận; kiểm tra lại năm")
        }
        warnings.sort { ($0.sheet ?? "", $0.line) < ($1.sheet ?? "", $1.line) }
    }

    /// A second row of one code, and in what it is another one. Of a person it is said only that something differs.
    private static func twice(_ first: CaseFile, _ line: String, _ second: CaseFile) -> String {
        let changes = CaseChange.between(first, second).map { change in
            guard change.old != nil || change.new != nil else { return change.column }
            return "\(change.column) (\((change.old ?? "trống").prefix(40)) ≠ \((change.new ?? "trống").prefix(40)))"
        }
        let spelling = first.code == second.code ? "" : ", viết là “\(first.code)”"
        return "mã hồ sơ trùng với dòng \(line)\(spelling); "
            + (changes.isEmpty ? "nội dung như nhau" : "khác ở " + changes.joined(separator: ", "))
    }

    /// A row's cells under `header`.
    private func cells(_ row: TableRow, _ section: TableSection) -> [String] {
        let own = section.columns.header
        if own == header { return row.cells + Array(repeating: "", count: max(0, header.count - row.cells.count)) }
        return header.map { name in
            own.firstIndex(of: name).flatMap { $0 < row.cells.count ? row.cells[$0] : nil } ?? ""
        }
    }
}
