import ArgumentParser
import Foundation
import KipBroker

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Who may connect from other machines.",
        discussion: """
            Keys are files in the broker's data directory; what is made or revoked here holds at once, without a restart. \
            Each has a role: a producer enqueues and asks after jobs, a worker runs them, an operator may do everything.

              kip keys new desk-3 --role producer --kinds reminder-notice --to desk-3.key
              kip enqueue hello --credentials desk-3.key --broker tcp://host:7520
            """,
        subcommands: [KeysNew.self, KeysList.self, KeysRevoke.self, KeysPayload.self])
}

struct KeysNew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a key, and the file with which its owner connects.")
    @Argument(help: "Whose it is: letters, digits, dots, dashes.")
    var name: String
    @Option(name: .long, help: "producer, worker or operator.")
    var role: String
    @Option(name: .long, help: "The kinds that it may enqueue or run, with commas; default all.")
    var kinds: String?
    @Option(name: .long, help: "The queues that it may fill or serve, with commas; default all.")
    var queues: String?
    @Option(
        name: .long,
        help:
            "Prefixes of the effects that a worker may begin (`once`) and look up, with commas; default all where kinds and queues are all, else none."
    )
    var effects: String?
    @Option(name: .long, help: "The file to write, with mode 0600 (default NAME.key); give it to its owner alone.")
    var to: String?
    @OptionGroup var directory: DataOption

    func run() async throws {
        guard let role = Rights.Role(rawValue: role) else {
            throw Failure.usage("“\(role)” is no role; they are producer, worker and operator")
        }
        let path = to ?? name + ".key"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Failure.usage("\(path) is there already; name another file with --to")
        }
        // A key of a directory that no broker serves would open nothing.
        let ring = KeyRing(directory: try directory.existing())
        let credentials = try ring.add(
            name: name, role: role, kinds: Self.list(kinds), queues: Self.list(queues),
            effects: effects.map { Self.list($0) }, by: Person.name)
        do {
            try KeyRing.write(credentials.text, to: path)
        } catch {
            try? ring.revoke(name: name, by: Person.name)
            throw error
        }
        Terminal.line(path)
    }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}

struct KeysList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The keys, and what they allow.")
    @Flag(name: .long, help: "Print an object for each key.")
    var json = false
    @OptionGroup var directory: DataOption

    func run() async throws {
        let all = try KeyRing(directory: try directory.path()).rights().values.sorted { $0.name < $1.name }
        if json { return try all.forEach { try Terminal.json($0) } }
        if all.isEmpty { return Terminal.say("there are no keys; “kip keys new” makes one") }
        Terminal.table(
            ["NAME", "ROLE", "KINDS", "QUEUES", "PUBLIC KEY"],
            all.map { rights in
                [
                    rights.name, rights.role.rawValue,
                    rights.kinds.isEmpty ? "all" : rights.kinds.joined(separator: ","),
                    rights.queues.isEmpty ? "all" : rights.queues.joined(separator: ","), rights.key,
                ]
            })
    }
}

struct KeysRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Take a key away; a worker that has it loses its jobs to others.")
    @Argument(help: "Whose it is.")
    var name: String
    @OptionGroup var directory: DataOption

    func run() async throws {
        try KeyRing(directory: try directory.path()).revoke(name: name, by: Person.name)
        Terminal.say("kip: the key “\(name)” is worth nothing any more")
    }
}
