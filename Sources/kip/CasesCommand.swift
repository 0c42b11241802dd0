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
        let files = try CaseSample.make(
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
