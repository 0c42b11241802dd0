import ArgumentParser
import Foundation
import Office

struct IndicatorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "indicators",
        abstract: "What units say of the plan's targets that are not counted from case files.",
        subcommands: [IndicatorsImport.self, IndicatorsList.self])
}

struct IndicatorsImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a CSV file of indicator values.",
        discussion: """
            Columns: \(IndicatorCSV.columns.joined(separator: ", ")) (unit, indicator, period, numerator, denominator). A unit \
            goes by its id, its name or an alias; an indicator by its id in targets.yaml; a period is one such as \
            \(ReportPeriod.examples). For a rank the numerator is the rank, the denominator of how many.

            All good rows are written in one transaction. A later word about the same unit, indicator and period stands, the \
            earlier one stays as history. Each bad row is named with its line and its reason. A file that is cut off changes \
            nothing.
            """)
    @Argument(help: "The file; - is stdin.")
    var file: String
    @Option(
        name: .long, help: "The day on which the office got it: reports of earlier days do not know it. Default today.")
    var asOf: String?
    @Flag(name: .long, help: "Refuse the whole file where one row is bad.")
    var strict = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let date = try asOf.map { try OfficeOption.date($0, "--as-of") } ?? LocalDate.today
        let office = try officeOption.open()
        let table: IndicatorCSV
        do {
            table = try IndicatorCSV(
                try Input.read(file), profile: office.profile, targets: office.targets, receivedOn: date)
        } catch let error as OfficeError {
            throw Failure.data("\(file): \(error)")
        }
        for reject in table.rejects.prefix(20) { Terminal.say("\(file):\(reject.line): \(reject.reason)") }
        if table.rejects.count > 20 { Terminal.say("… and \(Terminal.count(table.rejects.count - 20, "more row"))") }
        if strict, !table.rejects.isEmpty {
            throw Failure.data(
                "\(Terminal.count(table.rejects.count, "row")) cannot be used; with --strict nothing was imported")
        }
        if table.values.isEmpty, !table.rejects.isEmpty {
            throw Failure.data("not one row of \(file) could be used; nothing was imported")
        }
        let count = try office.register.importIndicators(table.values)
        Terminal.line(
            "\(count.inserted) new, \(count.updated) changed, \(count.unchanged) unchanged, \(table.rejects.count) rejected"
        )
    }
}

struct IndicatorsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What units have said, by unit, indicator and period.")
    @Option(name: .long, help: "What was known on this day; default today.")
    var asOf: String?
    @Option(name: .long, help: "Of this period only.")
    var period: String?
    @Option(name: .long, help: "Of this indicator only.")
    var indicator: String?
    @Flag(name: .long, help: "Every word, the earlier ones too.")
    var history = false
    @Flag(name: .long, help: "Print an object for each value.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let date = try asOf.map { try OfficeOption.date($0, "--as-of") } ?? LocalDate.today
        let values = try officeOption.existingRegister().indicators(asOf: date, history: history).filter {
            (period ?? $0.period) == $0.period && (indicator ?? $0.indicator) == $0.indicator
        }
        if json { return try values.forEach { try Terminal.json($0) } }
        if values.isEmpty {
            return Terminal.say("no unit has said anything yet; “kip indicators import FILE” brings it")
        }
        Terminal.table(
            ["UNIT", "INDICATOR", "PERIOD", "VALUE", "OF", "SHARE", "GOT"],
            values.map { value in
                [
                    value.unit, value.indicator, value.period, "\(value.numerator)", "\(value.denominator)",
                    Share(value.numerator, of: value.denominator).text(), value.receivedOn.description,
                ]
            })
    }
}
