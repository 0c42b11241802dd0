import ArgumentParser
import Foundation
import Office

struct CasesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cases", abstract: "Case files of the office.",
        subcommands: [
            CasesImport.self, CasesList.self, CasesShow.self, CasesGive.self, CasesSample.self, CasesNeedsData.self,
        ])
}

struct CasesImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import case files from CSV or an XLSX workbook.",
        discussion: """
            All good rows are written in one transaction. Each bad row is named with its line and its reason and written
            to FILE.rejects.csv. A file that is cut off changes nothing. Of a workbook the \
            first sheet that is shown is read. What a file has no column for stays as it is. UTF-8, UTF-16, Windows-1258 and TCVN3 (ABC) are \
            recognised. Columns, unless office.yaml (caseColumns) calls them otherwise: \
            \(CaseFileTable.columns.joined(separator: ", ")).
            """)
    @Argument(help: "The file; - is stdin.")
    var file: String
    @Flag(name: .long, help: "Refuse the whole file where one row is bad.")
    var strict = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let table: CaseFileTable
        do {
            let bar = ProgressBar("read")
            table = try CaseFileTable(try Input.read(file), names: try officeOption.caseColumns()) { rows, total in
                bar.update(rows, of: total)
            }
            bar.finish(table.cases.count + table.rejects.count)
        } catch let error as OfficeError {
            throw Failure.data("\(file): \(error)")
        }
        if table.encoding != .utf8 { Terminal.say("kip: \(file) was read as \(table.encoding.rawValue)") }
        for reject in table.rejects.prefix(20) { Terminal.say("\(file):\(reject.line): \(reject.reason)") }
        if table.rejects.count > 20 { Terminal.say("… and \(Terminal.count(table.rejects.count - 20, "more row"))") }
        if strict, !table.rejects.isEmpty {
            throw Failure.data(
                "\(table.rejects.count == 1 ? "1 row is" : "\(table.rejects.count) rows are") bad; with --strict nothing was imported"
            )
        }
        let bar = ProgressBar("written", total: table.cases.count)
        let calendar = try officeOption.calendar()
        let count = try officeOption.register().importCases(
            table.cases, columns: Set(table.header), calendar: calendar
        ) { bar.update($0) }
        bar.finish(table.cases.count)
        try warnOfStrangers(table.cases)
        for code in count.reopened.prefix(20) {
            Terminal.say(
                "kip: case file \(code) had a result, and this file gives none: it is open again; “kip cases show \(code)” tells its "
                    + "history")
        }
        if count.reopened.count > 20 {
            Terminal.say("… and \(Terminal.count(count.reopened.count - 20, "more case file"))")
        }
        for code in count.secondPromises.prefix(20) {
            Terminal.say(
                "kip: case file \(code) has a second new date; its letter has promised the first, which stays: a new date is "
                    + "given at most once")
        }
        Terminal.line(
            "\(count.inserted) new, \(count.updated) changed, \(count.unchanged) unchanged, \(table.rejects.count) rejected"
        )
        if !table.rejects.isEmpty {
            let path = file == "-" ? "rejects.csv" : file + ".rejects.csv"
            try PrivateFile.write(Data(table.rejectsFile.utf8), to: path)
            Terminal.say("the rejected rows stand in \(path)")
            if table.cases.isEmpty { throw Failure.data("not one row of \(file) could be used") }
        }
    }
}

extension CasesImport {
    /// Case files of a unit that the office does not have are kept, and remind nobody but who sees to what has no owner.
    private func warnOfStrangers(_ cases: [CaseFile]) throws {
        let profile = try OfficeProfile.load(path: officeOption.paths().profile)
        let fields = Set(profile.fields.map { Phrase.normalized($0.name) })
        warn("unit", cases.map(\.unit), "name it there, or give a unit the alias") { profile.unit(named: $0) != nil }
        warn("field", cases.map(\.field), "its files are judged as those of a field of which all must be on time") {
            fields.contains(Phrase.normalized($0))
        }
    }

    private func warn(_ what: String, _ names: [String], _ advice: String, isKnown: (String) -> Bool) {
        let counts = names.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let strangers = counts.keys.filter { !isKnown($0) }.sorted()
        for name in strangers.prefix(20) {
            Terminal.say(
                "kip: office.yaml has no \(what) “\(name)” (\(Terminal.count(counts[name] ?? 0, "case file"))): \(advice)"
            )
        }
        if strangers.count > 20 { Terminal.say("… and \(Terminal.count(strangers.count - 20, "more \(what)"))") }
    }
}

struct CasesList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Case files, without names.")
    @Option(name: .long, help: "The day as of which they are judged; default today.")
    var asOf: String?
    @Flag(name: .long, help: "Only late and overdue ones.")
    var late = false
    @Option(name: .long, help: "At the most so many.")
    var limit = 50
    @Flag(name: .long, help: "Print an object for each case file.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    /// A case file as lists show it: no citizen in it.
    private struct Shown: Encodable {
        let code: String
        let state: String
        let promisedOn: LocalDate
        let resolvedOn: LocalDate?
        let field: String
        let unit: String
    }

    func run() async throws {
        let limit = try ListLimit.checked(limit, most: nil)
        let date = try asOf.map { try OfficeOption.date($0, "--as-of") } ?? LocalDate.today
        let files = try officeOption.existingRegister().cases().filter { file in
            let state = file.state(asOf: date)
            return !late || state == .late || state == .pendingOverdue
        }
        let shown = files.prefix(limit).map { file in
            Shown(
                code: file.code, state: "\(file.state(asOf: date))", promisedOn: file.dueOn(asOf: date),
                resolvedOn: file.resolvedOn, field: file.field, unit: file.unit)
        }
        if json { return try shown.forEach { try Terminal.json($0) } }
        Terminal.table(
            ["CODE", "STATE", "PROMISED", "RESOLVED", "FIELD", "UNIT"],
            shown.map { file in
                [
                    file.code, file.state, file.promisedOn.description, file.resolvedOn?.description ?? "-", file.field,
                    file.unit,
                ]
            })
        if files.count > limit { Terminal.say("\(files.count - limit) more; --limit shows them") }
    }
}

struct CasesSample: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample", abstract: "Make case files up, as CSV on stdout; the same seed makes the same files.")
    @Option(name: .long, help: "How many.")
    var count = 500
    @Option(name: .long, help: "The seed.")
    var seed: UInt64 = 1
    @Option(name: .long, help: "The day as of which they stand.")
    var asOf = "2024-03-29"
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        guard (1...1_000_000).contains(count) else { throw Failure.usage("--count must be from 1 to 1000000") }
        let paths = try officeOption.paths()
        let files = CaseSample.make(
            count: count, seed: seed, asOf: try OfficeOption.date(asOf, "--as-of"),
            profile: try OfficeProfile.load(path: paths.profile),
            calendar: try officeOption.calendar())
        Terminal.write(CaseFileTable.write(files))
    }
}

struct CasesNeedsData: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "needs-data", abstract: "Case files whose letters wait for data, and what they lack.")
    @Flag(name: .long, help: "Print an object for each case file.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let waiting = try officeOption.existingRegister().needsData()
        if json { return try waiting.forEach { try Terminal.json(["code": $0.code, "lacks": $0.what]) } }
        if waiting.isEmpty { return Terminal.say("no letter waits for data") }
        Terminal.table(["CODE", "LACKS"], waiting.map { [$0.code, $0.what] })
    }
}
