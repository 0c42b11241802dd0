import ArgumentParser
import DurableFiles
import Foundation
import JobLibrary
import Office
import OfficeDocuments

struct LettersAudit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show that every late case file has its apology; exit code 65 where one has none.",
        discussion: """
            Each promised day of the period that was not kept stands beside its letter, the letter's number and what became \
            of it. A letter that nobody knows to have gone is uncertain: it is not missing, and waits for a person \
            (“kip letters mark”). The register's chain is checked as well, against office.last too; so are the numbers of \
            the books, the files in the print tray, and the records of what was printed and mailed. Whatever does not agree, \
            or is uncertain, is named, and the exit code is 65.

            In time is a letter that went by the promised day; beside it stands how many had their numbers by then.
            """)
    @Option(name: .long, help: "The period of promised days: \(ReportPeriod.examples).")
    var period: String?
    @Option(name: .long, help: "Instead of a period: the first promised day.")
    var from: String?
    @Option(name: .long, help: "Instead of a period: the last promised day.")
    var to: String?
    @Option(name: .long, help: "What happened after this day is not known; default today.")
    var asOf: String?
    @Option(name: .long, help: "Write the certificate (biên bản) into this PDF; signed, where the office signs.")
    var certificate: String?
    @Option(name: .long, help: "A hash of an earlier certificate that must stand in the chain.")
    var contains: String?
    @Flag(name: .long, help: "Print an object for each late promise.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    private struct Shown: Encodable {
        let code: String
        let promise: Int
        let unit: String
        let due: LocalDate
        let resolvedOn: LocalDate?
        let verdict: LetterAudit.Verdict
        let number: Int?
        let dated: LocalDate?
        let issuedOn: LocalDate?
        let wentOn: LocalDate?
        let inTime: Bool
        let state: LetterState?
        let lacks: String
    }

    func run() async throws {
        let date = try asOf.map { try OfficeOption.date($0, "--as-of") } ?? LocalDate.today
        let profile = try OfficeProfile.load(path: officeOption.paths().profile)
        let (start, end) = try span(asOf: date, profile)
        if date <= end {
            Terminal.say("kip: promised days from \(date) on are not late yet as of \(date), and not looked at")
        }
        let register = try officeOption.existingRegister()
        if let contains, try !register.journal().contains(where: { $0.hash == contains }) {
            throw Failure.data("no line of the register's chain has the hash \(contains)")
        }
        let since = profile.apology.since
        if let since, start < since {
            Terminal.say("kip: promised days before \(since) owe no letter (apology.since), and are not looked at")
        }
        let deliveries = try DeliveryAudit(register, directory: officeOption.paths().directory)
        let audit = try LetterAudit(
            register, from: start, to: end, asOf: date, since: since, deliveries: deliveries.disagreements)
        if let certificate { try write(audit, profile, to: certificate) }
        try show(audit)
        if !audit.isWhole {
            throw Failure.data(
                "\(Terminal.count(audit.count(.missing), "letter")) missing, \(audit.count(.doubled)) doubled, "
                    + "\(audit.count(.unsent) - audit.returned) not sent, \(audit.returned) returned, "
                    + "\(audit.count(.uncertain)) uncertain"
                    + (audit.count(.uncertain) == 0
                        ? "" : " (look whether they went, then “kip letters mark CODE sent” or “returned”)")
                    + (audit.strangers.isEmpty
                        ? "" : "; what does not agree: \(audit.strangers.joined(separator: "; "))"))
        }
    }

    private func span(asOf date: LocalDate, _ profile: OfficeProfile) throws -> (start: LocalDate, end: LocalDate) {
        switch (period, from, to) {
        case (let period?, nil, nil):
            guard let found = ReportPeriod(period, asOf: date, cutOffDay: profile.reports?.cutOffDay) else {
                throw Failure.usage("--period “\(period)” is not one of \(ReportPeriod.examples)")
            }
            return (found.start, found.end)
        case (nil, let from?, let to?):
            let start = try OfficeOption.date(from, "--from")
            let end = try OfficeOption.date(to, "--to")
            guard start <= end else { throw Failure.usage("--from \(from) is after --to \(to)") }
            return (start, end)
        default: throw Failure.usage("give --period, or --from and --to")
        }
    }

    private func show(_ audit: LetterAudit) throws {
        if json {
            for row in audit.rows {
                try Terminal.json(
                    Shown(
                        code: row.obligation.key.code, promise: row.obligation.key.promise, unit: row.obligation.unit,
                        due: row.obligation.due, resolvedOn: row.obligation.resolvedOn, verdict: row.verdict,
                        number: row.number, dated: row.dated, issuedOn: row.issuedOn, wentOn: row.wentOn,
                        inTime: row.isInTime, state: row.step?.state, lacks: row.lacks))
            }
            return
        }
        Terminal.table(
            ["CODE", "UNIT", "DUE", "RESOLVED", "LETTER", "DATED", "WENT", "STATE"],
            audit.rows.map { row in
                [
                    row.obligation.key.code + (row.obligation.key.promise > 1 ? " (2)" : ""), row.obligation.unit,
                    row.obligation.due.description, row.obligation.resolvedOn?.description ?? "-",
                    row.number.map(String.init) ?? "-", row.dated?.description ?? "-", row.wentOn?.description ?? "-",
                    row.verdict == .missing
                        ? (row.lacks.isEmpty ? "missing" : "missing: \(row.lacks)")
                        : row.verdict == .doubled ? "doubled" : row.step?.state.rawValue ?? "-",
                ]
            })
        Terminal.line(
            "late case files \(audit.caseFiles), letters \(audit.letters) of \(audit.rows.count), in time \(audit.inTime) "
                + "(numbered in time \(audit.numberedInTime)), missing \(audit.count(.missing)), doubled \(audit.count(.doubled)), "
                + "not sent \(audit.count(.unsent) - audit.returned), returned \(audit.returned), "
                + "uncertain \(audit.count(.uncertain))"
        )
        if audit.backdated > 0 {
            Terminal.line(
                "\(Terminal.count(audit.backdated, "letter")) with an earlier day than that of the number in the chain")
        }
        Terminal.line("chain: line \(audit.chainLine), \(audit.chainHash)")
    }

    private func write(_ audit: LetterAudit, _ profile: OfficeProfile, to path: String) throws {
        let period = "từ \(audit.start.form) đến \(audit.end.form)"
        var bytes = try PDFRenderer.render(LetterCertificate(audit, profile, period: period).document)
        if let signing = profile.signing {
            bytes = try PDFSignature.sign(bytes, with: SigningKey(signing))
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
        FileOwnership.adopt(path)
        Terminal.say("the certificate stands in \(path)" + (profile.signing == nil ? "" : ", signed"))
    }
}

struct LettersPreview: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Write a case file's letter into a PDF without numbering, registering or sending it.")
    @Argument(help: "The case file's code.")
    var code: String
    @Option(name: .long, help: "The PDF; default CODE-preview.pdf here.")
    var output: String?
    @Option(name: .long, help: "The day that it bears; default today.")
    var asOf: String?
    @Flag(name: .long, help: "The letter after a second delay.")
    var second = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        _ = try officeOption.existingRegister()
        let date = try asOf.map { try OfficeOption.date($0, "--as-of") } ?? LocalDate.today
        let office = try officeOption.open()
        let letter = try office.previewLetter(code, promise: second ? 2 : 1, asOf: date)
        let path = output ?? code.replacingOccurrences(of: "/", with: "-") + "-preview.pdf"
        try PrivateFile.write(Data(letter.pdf), to: path)
        Terminal.line(path)
        if !letter.lacks.isEmpty {
            Terminal.say("kip: before it can be issued the case file needs: \(letter.lacks.joined(separator: ", "))")
        }
    }
}

struct LettersMark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mark",
        abstract: "Say what became of a letter: delivered, returned, sent or uncertain. It stands in the chain.")
    @Argument(help: "The letter's key, or the case file's code.")
    var key: String
    @Argument(help: "delivered, returned, sent or uncertain.")
    var state: String
    @Option(name: .long, help: "Who says so; default the user and machine.")
    var by: String?
    @Option(name: .long, help: "How, or why: “ký nhận”, “bưu điện trả lại”.")
    var note = ""
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        guard let wanted = LetterState(rawValue: state), [.delivered, .returned, .sent, .uncertain].contains(wanted)
        else { throw Failure.usage("“\(state)” is not delivered, returned, sent or uncertain") }
        let register = try officeOption.existingRegister()
        let name = try register.letterKey(said: key).description
        do {
            let isNew = try register.note(letter: name, wanted, by: by ?? Person.name, note: note)
            Terminal.line("\(name): \(isNew ? "" : "already ")\(wanted.rawValue)")
        } catch {
            throw Failure.data("\(error)")
        }
    }
}

struct LettersTemplates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates",
        abstract: "Write the texts of letters into the office's folder “templates”, where they may be changed.",
        discussion: """
            A text that is there stays. Placeholders: \(ApologyLetterForm.names.sorted().joined(separator: ", ")). A \
            placeholder that there is not is refused by its line when a worker starts, before anything is numbered.
            """)
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let folder = try officeOption.paths().directory + "/templates"
        try OutputFolder.make(folder)
        for (name, text) in zip(LetterTemplates.fileNames, LetterTemplates.texts) {
            let path = "\(folder)/\(name)"
            if FileManager.default.fileExists(atPath: path) {
                Terminal.say("kip: \(path) is there, and stays")
            } else {
                try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
                FileOwnership.adopt(path)
                Terminal.line(path)
            }
        }
    }
}
