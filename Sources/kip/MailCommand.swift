import ArgumentParser
import Office

struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "The office's mail.", subcommands: [MailBounces.self])
}

struct MailBounces: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bounces", abstract: "Mail that came back, as the mail servers reported it; without addresses.",
        discussion: """
            The job “bounce-sweep” reads the reports from the folder that office.yaml names (mail.bounces). A letter that \
            came back goes out on paper with the next “late-case-sweep”.
            """)
    @Flag(name: .long, help: "Print an object for each.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let bounces = try officeOption.existingRegister().bounces()
        if json { return try bounces.forEach { try Terminal.json($0) } }
        if bounces.isEmpty { return Terminal.say("no mail came back") }
        Terminal.table(["ABOUT", "STATUS", "NOTED"], bounces.map { [$0.key, $0.status, $0.notedOn.description] })
    }
}
