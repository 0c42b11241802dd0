import ArgumentParser
import Foundation
import Office

struct CasesGive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "give",
        abstract: "Give what a case file's letter lacks: the reason for the delay, the new return date.",
        discussion: "What changes stands in the file's history. The next sweep writes the letter.")
    @Argument(help: "The case file's code.")
    var code: String
    @Option(name: .long, help: "Why it is late, as it stands in the letter after “Lý do chậm trễ:”.")
    var reason: String?
    @Option(name: .long, help: "The new return date: a working day after the promised one.")
    var newDate: String?
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        guard reason != nil || newDate != nil else { throw Failure.usage("give --reason, --new-date or both") }
        let register = try officeOption.existingRegister()
        guard let file = try register.caseFile(code) else {
            throw Failure.data(
                "there is no case file “\(code)” in the register; “kip cases list” shows those that there are")
        }
        let calendar = try officeOption.calendar()
        let reason = try reason.map(Self.checked)
        let date = try newDate.map { text in
            let date = try OfficeOption.date(text, "--new-date")
            guard date > file.dueOn(asOf: LocalDate.today), calendar.isWorkingDay(date) else {
                throw Failure.usage(
                    "--new-date \(text) is not a working day after the promised date \(file.promisedOn)")
            }
            return date
        }
        let count = try register.give(code, reason: reason, newDate: date, calendar: calendar)
        if count.secondPromises.contains(file.code) {
            throw Failure.data(
                "a letter has promised \(code) another new date, and a new date is given at most once; nothing was noted"
            )
        }
        let today = LocalDate.today
        if let resolved = file.resolvedOn, resolved <= today {
            Terminal.say(
                "kip: case file \(code) has had its result since \(resolved): "
                    + (file.state(asOf: today) == .late
                        ? "its letter gives the reason, and no new date" : "it was in time, and no letter is owed"))
        }
        Terminal.line(count.updated == 1 ? "\(code): noted" : "\(code): as it was")
    }

    private static func checked(_ reason: String) throws -> String {
        let text = reason.precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty, text.count <= 500, !text.contains(where: \.isNewline) else {
            throw Failure.usage("--reason must be one line of 1 to 500 letters")
        }
        return text
    }
}
