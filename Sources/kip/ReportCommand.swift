import ArgumentParser
import DurableFiles
import Foundation
import JobLibrary
import Office

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "A period's report: a preview of its files, or its figures.",
        discussion: """
            Works on the office's register alone, without a broker, and issues nothing. A report is issued by a job:

              kip enqueue report-compilation \\
                --payload '{"period": "2024-Q1", "asOf": "2024-04-05"}'
              kip jobs wait --idle && kip reports export --to reports/
            """,
        subcommands: [ReportMake.self, ReportPrint.self])
}

/// Which report.
struct ReportOption: ParsableArguments {
    @Option(
        name: .long,
        help: "The period: \(ReportPeriod.examples), previous-month, previous-quarter or previous-year.")
    var period: String

    @Option(name: .long, help: "The day that the report bears; what happened later is not in it. Default today.")
    var asOf: String?

    @OptionGroup var officeOption: OfficeOption

    /// Counts the report.
    func report() throws -> OfficeReport {
        _ = try officeOption.existingRegister()
        let office = try officeOption.open()
        let date = try asOf.map { try OfficeOption.date($0, "--as-of") } ?? LocalDate.today
        guard let span = ReportPeriod(period, asOf: date, cutOffDay: office.profile.reports?.cutOffDay) else {
            throw Failure.usage("--period “\(period)” is no period; say one such as \(ReportPeriod.examples)")
        }
        do {
            return try OfficeReport(office, span, asOf: date)
        } catch let error as FiguresError {
            throw Failure.data("\(error)")
        }
    }
}

struct ReportMake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make", abstract: "Write a report's files as a preview, without issuing it.")
    @OptionGroup var option: ReportOption
    @Option(
        name: .long,
        help:
            "Which files, separated by commas: \(OfficeReport.Format.allCases.map(\.rawValue).joined(separator: ","))."
    )
    var format = OfficeReport.Format.allCases.map(\.rawValue).joined(separator: ",")
    @Option(name: .long, help: "The folder; made where it is missing.")
    var output: String

    func run() async throws {
        let formats = try format.split(separator: ",").map { name in
            guard let format = OfficeReport.Format(rawValue: name.trimmingCharacters(in: .whitespaces)) else {
                let known = OfficeReport.Format.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure.usage("--format “\(name)” is none of \(known)")
            }
            return format
        }
        let isFile = OfficeReport.Format.allCases.contains { output.hasSuffix(".\($0.rawValue)") }
        guard !isFile, DataOption.isFolderOrFree(output) else {
            throw Failure.usage("--output “\(output)” is a file; give the folder, the files have names of their own")
        }
        let report = try option.report()
        try OutputFolder.make(output)
        for format in formats {
            let path = URL(fileURLWithPath: output).appendingPathComponent(report.fileName(format))
            try Data(try report.file(format)).write(to: path, options: .atomic)
            FileOwnership.adopt(path.path)
            Terminal.line(path.relativePath)
        }
    }
}

struct ReportPrint: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "print", abstract: "Print a report's figures: tables, or one object with all of them.")
    @OptionGroup var option: ReportOption
    @Flag(name: .long, help: "Print one object with all figures.")
    var json = false

    func run() async throws {
        let figures = try option.report().figures
        if json { return try Terminal.json(figures) }
        Terminal.line("\(figures.period.title), \(figures.period.start.form) – \(figures.end.form)")
        for table in [figures.byField, figures.byUnit] + (figures.hasWards ? [figures.byWard] : []) {
            Terminal.line("")
            Self.show(table)
        }
        Terminal.line("")
        Terminal.table(
            ["TARGET", "ABOUT", "ASKED", "IS", "CHANGE", "VERDICT"],
            figures.verdicts.map {
                [$0.part, $0.subject, $0.boundText, $0.valueText, $0.changeText, $0.verdictText]
            })
        let apologies = figures.apologies
        Terminal.line("")
        Terminal.line(
            "late files \(apologies.lateFiles), apologised in time \(apologies.inTime), afterwards \(apologies.afterwards), "
                + "not \(apologies.without)")
    }

    private static func show(_ table: OnTimeTable) {
        let head = [
            table.heading, "ALL", "ONLINE", "DIRECT", "BEFORE", "RESOLVED", "EARLY", "ON TIME", "LATE", "OPEN",
            "IN TIME",
            "OVERDUE", "RATE",
        ]
        let rows = (table.rows + [table.total]).map {
            [$0.name] + $0.numbers.map(String.init) + [$0.onTimeShare.text()]
        }
        let columns = head.enumerated().map { ScreenTable.Column(title: $1, isNumber: $0 > 0) }
        for line in ScreenTable(columns: columns, rows: rows.map { $0.map { .init($0) } }).text() {
            Terminal.line(line)
        }
    }
}
