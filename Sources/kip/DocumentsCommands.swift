import ArgumentParser
import Foundation
import Office

struct LettersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "letters", abstract: "Apology letters.",
        subcommands: [
            LettersList.self, LettersShow.self, LettersExport.self, LettersPreview.self, LettersAudit.self,
            LettersMark.self, LettersTemplates.self, LettersVerify.self,
        ])
}

struct LettersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All letters by number.")
    @Flag(name: .long, help: "Only those of which nobody knows whether they went, with the step that says so.")
    var uncertain = false
    @Flag(name: .long, help: "Print an object for each letter.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    private struct Uncertain: Encodable {
        let key: String
        let state: LetterState
        let at: String
        let note: String
    }

    func run() async throws {
        guard uncertain else { return try DocumentList.show("letter", officeOption, json: json) }
        // Letters on their way today are in it as well.
        let letters = try officeOption.existingRegister().uncertainLetters(before: LocalDate.today.adding(days: 1))
        let shown = letters.map { letter, step in
            Uncertain(key: "\(letter)", state: step.state, at: step.at, note: step.note)
        }
        if json { return try shown.forEach { try Terminal.json($0) } }
        if shown.isEmpty { return Terminal.say("of all letters it is known whether they went") }
        Terminal.table(["KEY", "STATE", "SINCE", "NOTE"], shown.map { [$0.key, $0.state.rawValue, $0.at, $0.note] })
    }
}

struct LettersShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A letter by its key or its case code.")
    @Argument(help: "The letter's key, or the case file's code.")
    var key: String
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let register = try officeOption.existingRegister()
        let found = try register.document(key: register.letterKey(said: key).description)
        guard let found, found.kind == "letter" else {
            throw Failure.data("there is no letter “\(key)”; “kip letters list” shows those that there are")
        }
        if json {
            return try Terminal.json(
                DocumentEntry(
                    key: found.key, number: found.number, subject: found.subject, dated: found.dated,
                    fileName: found.fileName, bytes: found.bytes.count))
        }
        Terminal.table(
            ["KEY", "NUMBER", "DATED", "FILE", "BYTES"],
            [
                [
                    found.key, found.number.map(String.init) ?? "-", found.dated.description, found.fileName,
                    "\(found.bytes.count)",
                ]
            ])
    }
}

struct LettersExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write all letters into a folder, one PDF each, named by the case code.")
    @Option(name: .long, help: "The folder.")
    var to: String
    @OptionGroup var officeOption: OfficeOption

    func run() async throws { try DocumentList.export("letter", officeOption, to: to) }
}

struct ReportsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reports", abstract: "Compiled reports.", subcommands: [ReportsList.self, ReportsExport.self])
}

struct ReportsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All reports.")
    @Flag(name: .long, help: "Print an object for each report.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws { try DocumentList.show("report", officeOption, json: json) }
}

struct ReportsExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "export", abstract: "Write all reports into a folder.")
    @Option(name: .long, help: "The folder.")
    var to: String
    @OptionGroup var officeOption: OfficeOption

    func run() async throws { try DocumentList.export("report", officeOption, to: to) }
}

/// Issued documents of a kind, for people and for folders.
enum DocumentList {
    static func show(_ kind: String, _ option: OfficeOption, json: Bool) throws {
        let documents = try option.existingRegister().documents(kind: kind)
        if json { return try documents.forEach { try Terminal.json($0) } }
        if documents.isEmpty { return Terminal.say("there is no \(kind) yet") }
        Terminal.table(
            ["NUMBER", "DATED", "KEY", "FILE"],
            documents.map { [$0.number.map(String.init) ?? "-", $0.dated.description, $0.key, $0.fileName] })
    }

    static func export(_ kind: String, _ option: OfficeOption, to folder: String) throws {
        let register = try option.existingRegister()
        let entries = try register.documents(kind: kind)
        try OutputFolder.make(folder)
        let bar = ProgressBar("export", total: entries.count)
        var wiped = 0
        for (index, entry) in entries.enumerated() {
            guard let document = try register.document(key: entry.key) else { continue }
            if document.bytes.isEmpty {
                wiped += 1
                continue
            }
            let path = URL(fileURLWithPath: folder).appendingPathComponent(document.fileName)
            // As it went out.
            try PrivateFile.write(Data(try register.signed(entry.key) ?? document.bytes), to: path.path)
            bar.update(index + 1)
        }
        bar.finish(entries.count)
        Terminal.line("\(Terminal.count(entries.count - wiped, "file")) in \(folder)")
        if wiped > 0 {
            Terminal.say("kip: \(Terminal.count(wiped, "file")) wiped when their time was over (retention)")
        }
    }
}
