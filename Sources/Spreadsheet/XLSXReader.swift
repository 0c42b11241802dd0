/// Reads an XLSX workbook (ECMA-376, both editions): the cells of a sheet as text, with dates recognised.
///
/// Formulas are not computed: the values that the file has for them count. Hidden rows and columns are read. Cells that are
/// merged have their value in the first, unless it is asked for in those below. Rows without anything in them are left out,
/// wherever they stand.
public struct XLSXReader: ~Copyable {
    /// A sheet of cells.
    public struct Sheet: Sendable, Equatable {
        /// As on its tab.
        public var name: String
        /// It has no tab.
        public var isHidden: Bool
    }

    /// The sheets of cells, in the order of their tabs.
    public let sheets: [Sheet]
    private let paths: [String]
    private let package: WorkbookPackage
    private let textsPath: String?
    private let stylesPath: String?
    private let dates: SerialDate
    private let limits: ReadingLimits
    private let shared = SharedContext()

    /// Whether its dates count from 1904 (as old workbooks of the Macintosh do), not from 1900.
    public var countsFrom1904: Bool { dates.from1904 }

    /// What all sheets refer to, read once.
    private final class SharedContext {
        var value: SheetScanner.Context?
    }

    /// Opens a workbook.
    /// - Throws: `SpreadsheetError`, as where it is none, is protected by a password or damaged.
    public init(_ file: [UInt8], limits: ReadingLimits = ReadingLimits()) throws(SpreadsheetError) {
        let package = try WorkbookPackage(file, limit: limits.unpackedBytes)
        let path = try package.workbookPath()
        let index = try Self.index(package, path)
        let relationships = try package.relationships(of: path)
        var found: [(sheet: Sheet, path: String)] = []
        for entry in index.sheets {
            // Sheets of charts, dialogs and old macros are other parts.
            guard let target = relationships.first(where: { $0.identifier == entry.relationship }) else {
                throw .damaged(part: entry.name, row: nil, reason: "its part is missing")
            }
            if target.kind == "worksheet" {
                found.append((Sheet(name: entry.name, isHidden: entry.isHidden), target.target))
            }
        }
        sheets = found.map(\.sheet)
        paths = found.map(\.path)
        textsPath = relationships.first { $0.kind == "sharedStrings" }?.target
        stylesPath = relationships.first { $0.kind == "styles" }?.target
        dates = SerialDate(from1904: index.countsFrom1904)
        self.limits = limits
        self.package = package
    }

    private static func index(
        _ package: borrowing WorkbookPackage, _ path: String
    ) throws(SpreadsheetError) -> WorkbookIndex {
        guard let bytes = try package.part(path) else { throw .notAWorkbook("its workbook part is missing") }
        do throws(PartFault) {
            return try WorkbookIndex(bytes)
        } catch {
            throw error.error(in: path)
        }
    }

    /// All rows of a sheet.
    /// - Parameters:
    ///   - name: the sheet's; nil = the first that is visible.
    ///   - fillsMerged: cells that are merged over several rows have their value in each of them.
    ///   - progress: told how many rows are read, and of how many where the sheet says so, each thousand.
    /// - Throws: `SpreadsheetError`; no row is read then.
    public func rows(
        of name: String? = nil, fillsMerged: Bool = false,
        progress: (_ rows: Int, _ total: Int?) -> Void = { _, _ in }
    ) throws(SpreadsheetError) -> [SpreadsheetRow] {
        var rows: [SpreadsheetRow] = []
        let (sheet, merges) = try scan(name, progress) { row in
            rows.append(row)
            return true
        }
        if fillsMerged {
            do throws(PartFault) {
                try MergedRows.fillDown(merges, &rows, limit: limits.cells)
            } catch {
                throw error.error(in: sheet)
            }
        }
        return rows
    }

    /// Hands out the rows of a sheet one by one.
    /// - Parameters:
    ///   - name: the sheet's; nil = the first that is visible.
    ///   - progress: told how many rows are read, and of how many where the sheet says so, each thousand.
    ///   - body: takes a row; false = no more are wanted, and what follows is not looked at.
    /// - Throws: `SpreadsheetError`. Rows before the fault were handed out.
    public func forEachRow(
        of name: String? = nil, progress: (_ rows: Int, _ total: Int?) -> Void = { _, _ in },
        _ body: (SpreadsheetRow) -> Bool
    ) throws(SpreadsheetError) {
        _ = try scan(name, progress, body)
    }

    /// The name of the sheet, and the cells that are merged over its rows.
    private func scan(
        _ name: String?, _ progress: (Int, Int?) -> Void, _ body: (SpreadsheetRow) -> Bool
    ) throws(SpreadsheetError) -> (sheet: String, merges: [MergedRows]) {
        let (sheet, path) = try find(name)
        let context = try context()
        guard let part = try package.part(path) else {
            throw .damaged(part: sheet, row: nil, reason: "its part is missing")
        }
        var scanner: SheetScanner
        do throws(PartFault) {
            scanner = try SheetScanner(part, context)
        } catch {
            throw error.error(in: sheet)
        }
        try Self.read(&scanner, sheet, progress, body)
        return (sheet, scanner.merges)
    }

    private static func read(
        _ scanner: inout SheetScanner, _ sheet: String, _ progress: (Int, Int?) -> Void,
        _ body: (SpreadsheetRow) -> Bool
    ) throws(SpreadsheetError) {
        var count = 0
        do throws(PartFault) {
            try scanner.read { row, total in
                count += 1
                if count.isMultiple(of: 1_000) { progress(count, total) }
                return body(row)
            }
        } catch {
            throw error.error(in: sheet, row: scanner.row > 0 ? scanner.row : nil)
        }
        progress(count, count)
    }

    /// The place of a sheet. Names are compared as Unicode has them the same, however their accents are composed.
    private func find(_ name: String?) throws(SpreadsheetError) -> (name: String, path: String) {
        let place = name.map { wanted in sheets.firstIndex { $0.name == wanted } } ?? sheets.firstIndex { !$0.isHidden }
        guard let place else { throw .noSheet(name: name, there: sheets.map(\.name)) }
        return (sheets[place].name, paths[place])
    }

    private func context() throws(SpreadsheetError) -> SheetScanner.Context {
        if let known = shared.value { return known }
        var context = SheetScanner.Context(dates: dates, limits: limits)
        if let path = stylesPath, let part = try package.part(path) {
            do throws(PartFault) { context.styles = try CellStyles(part) } catch { throw error.error(in: path) }
        }
        if let path = textsPath, let part = try package.part(path) {
            do throws(PartFault) {
                context.texts = try RichText.table(part, limit: limits.cells)
            } catch {
                throw error.error(in: path)
            }
        }
        shared.value = context
        return context
    }
}
