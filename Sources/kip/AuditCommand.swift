import ArgumentParser
import Foundation
import HashChain
import KipBroker
import KipStore
import Office

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The record of effects and decisions that nobody can bend.",
        subcommands: [AuditVerify.self, AuditList.self])
}

/// A data directory or a backup.
struct RecordOption: ParsableArguments {
    @Option(name: .long, help: "Look into this backup instead of the data directory.")
    var backup: String?
    @OptionGroup var directory: DataOption
    @OptionGroup var journalOption: JournalOption

    func records() throws -> [JournalRecord] {
        if let backup {
            guard FileManager.default.fileExists(atPath: backup) else {
                throw Failure.noInput("there is no backup at \(backup)")
            }
            return [try JournalRecord.ofDatabase(backup)]
        }
        let place = try directory.existing()
        let file = ChainFile(path: try journalOption.path(in: place))
        if let repaired = try JournalRecord.repair(file, from: place) { Terminal.say("kip: \(repaired)") }
        let database = try JournalRecord.ofDatabase(place + "/kip.db")
        guard file.exists || database.lines.isEmpty else {
            throw Failure.noInput(
                "there is no journal at \(file.path), and the database has \(Terminal.count(database.lines.count, "commit")) of "
                    + "one; put it back, or name its place with --journal")
        }
        return [database, try JournalRecord.ofFile(file)]
    }
}

struct AuditVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check every link of the chain, in the database and outside; exit code 65 where one is broken.",
        discussion: """
            It needs no broker, and reads beside one: the database's journal and the one outside, the office's numbers, \
            the record of keys. Keep the last hash elsewhere: a later chain must contain it (--contains).
            """)
    @OptionGroup var record: RecordOption
    @OptionGroup var officeOption: OfficeOption
    @Option(name: .long, help: "A hash that must stand in the chain.")
    var contains: String?
    @Flag(name: .long, help: "Print an object for each chain.")
    var json = false

    /// A chain that is whole.
    private struct Chain: Encodable {
        let place: String
        let lines: Int
        /// The hash of the last line.
        var last: String?
    }

    func run() async throws {
        let records = try record.records()
        for record in records {
            let last = record.lines.last?.hash ?? ChainLine.origin
            try tell(
                Chain(place: record.place, lines: record.lines.count, last: last),
                "\(record.place): \(Terminal.count(record.lines.count, "commit")), chain whole, last \(last)")
        }
        // A broker may have written between the two looks: the shorter must be the beginning of the longer.
        if records.count == 2 {
            let common = min(records[0].lines.count, records[1].lines.count)
            if common > 0, records[0].lines[common - 1] != records[1].lines[common - 1] {
                throw Failure.data(
                    "\(records[0].place) and \(records[1].place) tell different things from line \(common) on")
            }
        }
        try verifyOffice()
        try verifyKeys()
        if let contains, !records.contains(where: { $0.lines.contains { $0.hash == contains } }) {
            throw Failure.data(
                "no line has the hash \(contains): what came after it was cut off, or this is another chain")
        }
    }

    private func tell(_ chain: Chain, _ words: String) throws {
        if json { try Terminal.json(chain) } else { Terminal.line(words) }
    }
}

extension AuditVerify {
    /// The official numbers of the office, where there is one.
    private func verifyOffice() throws {
        let directory = try officeOption.paths().directory
        guard record.backup == nil, FileManager.default.fileExists(atPath: directory + "/office.db") else { return }
        let register = try Register(directory: directory)
        let (lines, disagreements, _) = try register.look()
        try tell(
            Chain(place: directory + "/office.db", lines: lines.count),
            "\(directory)/office.db: \(Terminal.count(lines.count, "line")), chain whole")
        if !disagreements.isEmpty {
            throw Failure.data(
                "\(directory)/office.db and its chain disagree: " + disagreements.joined(separator: "; "))
        }
    }

    private func verifyKeys() throws {
        guard record.backup == nil else { return }
        let journal = KeyRing(directory: try record.directory.path()).journal
        guard journal.exists else { return }
        do {
            let lines = try journal.read()
            try tell(
                Chain(place: journal.path, lines: lines.count, last: lines.last?.hash),
                "\(journal.path): \(lines.count) keys made and revoked, chain whole")
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure.data("\(error)")
        }
    }
}

struct AuditList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "What the record says, the oldest first.")
    @OptionGroup var record: RecordOption
    @Option(name: .long, help: "At the most so many, the newest.")
    var limit = 50
    @Flag(name: .long, help: "Print an object for each entry.")
    var json = false

    private struct Shown: Encodable {
        let number: Int
        let at: Int64
        let entry: JournalEntry
    }

    func run() async throws {
        let limit = try ListLimit.checked(limit, most: nil)
        let lines = try record.records()[0].lines
        let entries = lines.flatMap { line in
            JournalEntry.of(line).map { Shown(number: line.number, at: line.at, entry: $0) }
        }.suffix(limit)
        if json { return try entries.forEach { try Terminal.json($0) } }
        if entries.isEmpty { return Terminal.say("there is nothing in the record yet") }
        Terminal.table(
            ["COMMIT", "AT", "WHAT", "KEY", "BY", "JOB"],
            entries.map {
                [
                    "\($0.number)", LocalTime.text($0.at), $0.entry.what, $0.entry.key ?? "-", $0.entry.by ?? "-",
                    $0.entry.job ?? "-",
                ]
            })
    }
}
