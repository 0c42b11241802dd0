import ArgumentParser
import Foundation
import KipEncryption

struct KeysPayload: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "payload", abstract: "Keys that encrypt payloads and results.",
        discussion: """
            Files payload-NAME.key in a folder: lay them where producers and workers of encrypted kinds are; the broker \
            needs none. The newest key seals new jobs, each opens what it sealed. To rotate, make a key, lay it beside the \
            workers' first, then beside the producers'; take the old one away when no job that it sealed is kept.

              kip keys payload new --folder keys
              kip keys payload list --folder keys
            """,
        subcommands: [PayloadKeysNew.self, PayloadKeysList.self])
}

struct PayloadFolderOption: ParsableArguments {
    @Option(name: .long, help: "The folder of the keys; default “keys” in the data directory.")
    var folder: String?
    @OptionGroup var directory: DataOption

    func keys() throws -> PayloadKeyFolder {
        PayloadKeyFolder(try folder ?? directory.path() + "/keys")
    }
}

struct PayloadKeysNew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a key; it seals new jobs from then on.")
    @Argument(help: "Its name: letters, digits, dots, dashes; default the time.")
    var name: String?
    @OptionGroup var folder: PayloadFolderOption

    func run() async throws {
        Terminal.line(try folder.keys().add(named: name))
    }
}

struct PayloadKeysList: AsyncParsableCommand {
    private struct Line: Encodable {
        var name: String
        /// RFC 3339.
        var created: String
        var seals: Bool
    }

    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The keys, the one that seals new jobs first.")
    @Flag(name: .long, help: "Print an object for each key.")
    var json = false
    @OptionGroup var folder: PayloadFolderOption

    func run() async throws {
        let keys = try folder.keys().keys()
        if json {
            for (place, key) in keys.enumerated() {
                try Terminal.json(Line(name: key.name, created: key.created.ISO8601Format(), seals: place == 0))
            }
            return
        }
        if keys.isEmpty { return Terminal.say("there are no payload keys; “kip keys payload new” makes one") }
        Terminal.table(
            ["NAME", "CREATED", "USE"],
            keys.enumerated().map { place, key in
                let created = LocalTime.text(Int64(key.created.timeIntervalSince1970 * 1000))
                return [key.name, created, place == 0 ? "seals and opens" : "opens"]
            })
    }
}
