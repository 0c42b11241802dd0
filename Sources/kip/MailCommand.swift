import ArgumentParser
import Office

struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "The office's mail.", subcommands: [MailBounces.self, MailHandled.self])
}

struct MailBounces: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bounces", abstract: "Mail that came back, as the mail servers reported it; without addresses.",
        discussion: """
            The job “bounce-sweep” reads the reports from the folder that office.yaml names (mail.bounces). A letter that \
            came back goes out on paper with the next “late-case-sweep”. A report that the program cannot make out is listed \
            as “unread”, by its file: open it, say “kip letters mark CODE returned” where a letter came back, and take it from \
            the list with “kip mail handled FILE”.
            """)
    @Flag(name: .long, help: "Print an object for each.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    private struct Shown: Encodable {
        let file: String
        let key: String?
        let unread: UnreadReport.Reason
        let notedOn: LocalDate
    }

    func run() async throws {
        let register = try officeOption.existingRegister()
        let (bounces, unread) = (try register.bounces(), try register.unreadReports())
        if json {
            try bounces.forEach { try Terminal.json($0) }
            return try unread.forEach {
                try Terminal.json(Shown(file: $0.file, key: $0.key, unread: $0.reason, notedOn: $0.notedOn))
            }
        }
        if bounces.isEmpty, unread.isEmpty { return Terminal.say("no mail came back") }
        if !bounces.isEmpty {
            Terminal.table(
                ["ABOUT", "STATUS", "NOTED"], bounces.map { [$0.key, $0.status, $0.notedOn.description] })
        }
        if unread.isEmpty { return }
        Terminal.table(
            ["UNREAD", "ABOUT", "WHY", "NOTED"],
            unread.map { [$0.file, $0.key ?? "-", $0.reason.words, $0.notedOn.description] })
    }
}

struct MailHandled: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "handled", abstract: "Say that a person has seen to reports that could not be made out.")
    @Argument(help: "The reports' files, as “kip mail bounces” lists them.")
    var files: [String]
    @Option(name: .long, help: "Who says so; default the user and machine.")
    var by: String?
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let register = try officeOption.existingRegister()
        for file in files {
            do {
                try register.noteHandled(report: file, by: by ?? Person.name, on: .today)
                Terminal.line("\(file): handled")
            } catch {
                throw Failure.data("\(error)")
            }
        }
    }
}

extension UnreadReport.Reason {
    fileprivate var words: String {
        switch self {
        case .noStatus: "says not what became of the mail"
        case .noMessage: "says not which mail"
        case .unknownMessage: "about a mail that is not in this register"
        }
    }
}
