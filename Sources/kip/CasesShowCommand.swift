import ArgumentParser
import Foundation
import Office

struct CasesShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A case file, without the citizen: where it stands, and what has changed.")
    @Argument(help: "The case file's code.")
    var code: String
    @Option(name: .long, help: "The day as of which it is judged; default today.")
    var asOf: String?
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    /// A case file as it is shown: no citizen in it.
    private struct Shown: Encodable {
        let code: String
        let procedure: String
        let field: String
        let unit: String
        let channel: String
        let state: String
        let receivedOn: LocalDate
        let promisedOn: LocalDate
        let dueOn: LocalDate
        let newPromise: LocalDate?
        let resolvedOn: LocalDate?
        let returnedOn: LocalDate?
        let delayReason: String
        let suspensions: [Suspension]
        let history: [CaseHistoryLine]
    }

    func run() async throws {
        let date = try asOf.map { try OfficeOption.date($0, "--as-of") } ?? LocalDate.today
        let register = try officeOption.existingRegister()
        guard let file = try register.caseFile(code) else {
            throw Failure.data(
                "there is no case file “\(code)” in the register; “kip cases list” shows those that there are")
        }
        let shown = Shown(
            code: file.code, procedure: file.procedure, field: file.field, unit: file.unit,
            channel: file.channel.rawValue, state: "\(file.state(asOf: date))", receivedOn: file.receivedOn,
            promisedOn: file.promisedOn, dueOn: file.dueOn(asOf: date), newPromise: file.newPromise,
            resolvedOn: file.resolvedOn, returnedOn: file.returnedOn, delayReason: file.delayReason,
            suspensions: file.suspensions, history: try register.history(of: code))
        if json { return try Terminal.json(shown) }
        Self.print(shown, asOf: date)
    }

    private static func print(_ shown: Shown, asOf date: LocalDate) {
        let rows: [(String, String?)] = [
            ("case file", shown.code), ("procedure", shown.procedure), ("field", shown.field), ("unit", shown.unit),
            ("channel", shown.channel), ("state", "\(shown.state) as of \(date)"),
            ("received", shown.receivedOn.description), ("promised", shown.promisedOn.description),
            ("due", shown.dueOn == shown.promisedOn ? nil : "\(shown.dueOn), moved by the suspensions"),
            ("new date", shown.newPromise?.description), ("resolved", shown.resolvedOn?.description),
            ("returned", shown.returnedOn?.description),
            ("reason", shown.delayReason.isEmpty ? nil : shown.delayReason),
        ]
        for (name, value) in rows {
            if let value { Terminal.line(name.padding(toLength: 12, withPad: " ", startingAt: 0) + value) }
        }
        for each in shown.suspensions {
            Terminal.line(
                "suspended   from \(each.from) " + (each.to.map { "to \($0)" } ?? "on")
                    + (each.reason.isEmpty ? "" : ": \(each.reason)"))
        }
        for line in shown.history {
            Terminal.line("\(line.at)  " + line.changes.map(Self.words).joined(separator: "; "))
        }
    }

    private static func words(_ change: CaseChange) -> String {
        if change.old == nil, change.new == nil { return "\(change.column) changed" }
        return "\(change.column) \(change.old ?? "-") → \(change.new ?? "-")"
    }
}
