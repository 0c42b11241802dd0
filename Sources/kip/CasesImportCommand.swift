import ArgumentParser
import Foundation
import Office

struct CasesImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import case files from CSV, an XLSX workbook or a web page that is called one.",
        discussion: """
            All good rows are written in one transaction. Each bad row is named with its line and its reason and written \
            to FILE.rejects.csv. A file that is cut off, or in which no case file is found, changes nothing.

            The header is sought in the first \(CasesImport.depth) rows; of a workbook all sheets that are shown are read. \
            UTF-8, UTF-16, Windows-1258 and TCVN3 (ABC) are recognised, and commas, semicolons, tabs and bars between \
            cells. What a file has no column for stays as it is. Days are written day before month (29/03/2024), or as \
            2024-03-29; where each day of a file could as well be month before day, --dates tells which.

            Columns, unless office.yaml (caseColumns) calls them otherwise: \
            \(CaseColumn.allCases.map(\.rawValue).joined(separator: ", ")); usual names such as “Mã hồ sơ” are known. \
            What the office calls channels, fields, units and states stands in office.yaml (caseValues).
            """)
    static let depth = CaseFileTable.headerDepth

    @Argument(help: "The file; - is stdin.")
    var file: String
    @Flag(name: .long, help: "Refuse the whole file where one row is bad.")
    var strict = false
    @Flag(name: .long, help: "Say what would happen, with the first rows as they are understood, and change nothing.")
    var dryRun = false
    @Option(
        name: .long,
        help: "How days are written: day-first or month-first; default: office.yaml (caseDates), else the file tells.")
    var dates: DateOrder?
    @Option(name: .long, help: "The sheet of the workbook; default: all that are shown and have the columns.")
    var sheet: String?
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let calendar = try officeOption.calendar()
        let table = try read(calendar)
        let profile = try officeOption.profileIfThere()
        let report = ImportReport(file: file, table: table, profile: profile)
        report.sayHowItWasRead()
        if strict, !table.rejects.isEmpty {
            throw Failure.data("\(table.rejects.count) dòng không nhập được; có --strict nên chưa nhập gì")
        }
        if dryRun {
            report.showFirstRows()
            report.sayCounts(try trial(table, calendar), isTrial: true)
            if table.cases.isEmpty { throw Failure.data(report.nothingRead) }
            return
        }
        let register = try officeOption.register()
        try ImportReport.sayMerges(register.tellCaseMerges())
        let bar = ProgressBar("đã ghi", total: table.cases.count)
        let count = try register.importCases(table.cases, columns: Set(table.header), calendar: calendar) {
            bar.update($0)
        }
        bar.finish(table.cases.count)
        report.sayStrangers()
        report.sayCounts(count, isTrial: false)
        try writeRejects(table)
        if table.cases.isEmpty { throw Failure.data(report.nothingRead) }
    }

    private func read(_ calendar: WorkingCalendar) throws -> CaseFileTable {
        var rules = try officeOption.caseImportRules(calendar)
        rules.dateOrder = dates ?? rules.dateOrder
        rules.sheet = sheet
        let bar = ProgressBar("đã đọc")
        do {
            let table = try CaseFileTable(try Input.read(file), rules: rules) { rows, total in
                bar.update(rows, of: total)
            }
            bar.finish(table.cases.count + table.rejects.count)
            return table
        } catch let error as OfficeError {
            throw Failure.data("\(file): \(error)")
        }
    }

    /// What an import would do, without one; without a register all files are new, and none is made.
    private func trial(_ table: CaseFileTable, _ calendar: WorkingCalendar) throws -> Register.ImportCount {
        let path = try officeOption.paths().directory + "/office.db"
        guard FileManager.default.fileExists(atPath: path) else {
            return Register.ImportCount(inserted: table.cases.count)
        }
        return try officeOption.register().importCases(
            table.cases, columns: Set(table.header), calendar: calendar, isTrial: true)
    }

    private func writeRejects(_ table: CaseFileTable) throws {
        if table.rejects.isEmpty { return }
        let path = file == "-" ? "rejects.csv" : file + ".rejects.csv"
        try PrivateFile.write(Data(table.rejectsFile.utf8), to: path)
        Terminal.say("các dòng không nhập được nằm trong \(path)")
    }
}

extension DateOrder: ExpressibleByArgument {}
