import ArgumentParser
import Foundation
import KipStore

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy the database, also of a broker that serves it.",
        discussion: """
            The copy is checked, whole and on disk when the command ends. Keep kip.journal too, best on another disk: it \
            is what proves, after a restore, which effects happened since the backup.

            With --register the office's register goes along, into a file of its own: case files, the plan, and every \
            letter with its number. To put that back, stop the workers and say “kip restore --register”; do not copy it by \
            hand: what SQLite left beside the old register (office.db-wal) would be played into it. A register older than office.last, which lies beside it, gives no number twice: it says so. Where that \
            file is lost as well, letters that were numbered after the backup get new numbers; their effects have receipts \
            with the numbers that went out, so nothing is sent twice, and “kip letters audit” names each that differs.

              kip backup queue-$(date +%F).db --register office-$(date +%F).db
            """)
    @Argument(help: "The file to write; it may not be there yet.")
    var file: String
    @Option(name: .long, help: "Where the office's register is copied to; it may not be there yet.")
    var register: String?
    @OptionGroup var directory: DataOption
    @OptionGroup var officeOption: OfficeOption
    @Flag(name: .long, help: "Print one object.")
    var json = false

    private struct Told: Encodable {
        var queue: Backup.Report
        var register: Int?
    }

    func run() async throws {
        let place = try directory.existing()
        let office = try register.map { _ in try officeOption.existingPath() }
        // Both or none: what is in the way of the second is found before the first is written.
        if let register {
            if register == file { throw Failure.usage("--register is the queue's own copy; name another file") }
            if FileManager.default.fileExists(atPath: register) { throw StoreError.exists(path: register) }
        }
        let report = try Backup.write(from: place, to: file)
        var bytes: Int?
        if let register, let office { bytes = try Backup.write(database: office, to: register) }
        if json {
            return if let bytes { try Terminal.json(Told(queue: report, register: bytes)) } else {
                try Terminal.json(report)
            }
        }
        let parts = [
            Terminal.count(report.jobs, "job"), Terminal.count(report.journal, "commit") + " of the journal",
            Terminal.count(report.bytes, "byte"),
        ]
        Terminal.line("\(file): \(parts.joined(separator: ", "))")
        if let register, let bytes { Terminal.line("\(register): the register, \(Terminal.count(bytes, "byte"))") }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in place, and hold what may have been done since.",
        discussion: """
            The broker must be stopped. The database that is there is kept beside the new one. A broker that opens a \
            restored database hands nothing out before --reconcile has compared it with the journal outside: effects that \
            happened since get their receipts, so that nothing is sent twice; effects of which nobody knows become \
            uncertain. The journal is sought where the broker had it; --journal names another place. A journal that is as old as the backup proves nothing: then, or without a journal, every unfinished \
            job is quarantined, unless a person states by name that nothing was done since. Jobs enqueued after the backup are lost: \
            enqueue them again, those with unique keys do no harm.

            --register puts the copy of the office's register in place that “kip backup --register” made, with or without the \
            queue's; the workers must be stopped.

              kip restore backup.db --reconcile
              kip restore --reconcile --journal /mnt/other-disk/kip.journal
              kip restore backup.db --reconcile --nothing-since --by "Lan, operations"
              kip restore backup.db --register office-backup.db --reconcile
            """)
    @Argument(help: "The copy that “kip backup” made; without it, only --reconcile.")
    var file: String?
    @Flag(name: .long, help: "Compare with the journal, and let go what is proven undone.")
    var reconcile = false
    @Flag(
        name: .long,
        help: "State that nothing was done since the backup was made (needs --by); it goes into the record.")
    var nothingSince = false
    @Option(name: .long, help: "Who states it.")
    var by: String?
    @Option(name: .long, help: "The copy of the office's register that is put in its place.")
    var register: String?
    @OptionGroup var officeOption: OfficeOption
    @OptionGroup var directory: DataOption
    @OptionGroup var journalOption: JournalOption
    @Flag(name: .long, help: "Print one object.")
    var json = false

    func run() async throws {
        guard !nothingSince || (reconcile && by?.isEmpty == false) else {
            throw Failure.usage("--nothing-since is said with --reconcile, by somebody: add --by NAME")
        }
        guard file != nil || reconcile || register != nil else {
            throw Failure.usage("name a backup, or say --reconcile, or --register FILE")
        }
        if let register { try restoreRegister(register) }
        guard file != nil || reconcile else { return }
        let place = try file == nil ? directory.existing() : directory.path()
        if let file {
            let aside = try Backup.restore(file, into: place)
            Terminal.say("kip: \(file) is in place" + (aside.map { "; the database before is \($0)" } ?? ""))
            if !reconcile { return Terminal.say("kip: now “kip restore --reconcile” compares it with the journal") }
        }
        let journal = try journalOption.path(in: place)
        let report = try Reconcile.run(
            directory: place, journal: journal, by: by ?? Person.name, nothingSince: nothingSince)
        if json { return try Terminal.json(report) }
        Self.show(report, journal: journal)
    }

    private func restoreRegister(_ copy: String) throws {
        let folder = try officeOption.paths().directory
        guard DataOption.isFolderOrFree(folder), FileManager.default.fileExists(atPath: folder) else {
            throw Failure.noInput("there is no office in \(folder); name its directory with --office or KIP_OFFICE")
        }
        let place = folder + "/office.db"
        let aside = try putInPlace(copy, place)
        Terminal.say("kip: \(copy) is the register now" + (aside.map { "; the one before is \($0)" } ?? ""))
        Terminal.say(
            "kip: “kip letters audit” tells whether letters went out that it does not know; say it before workers start"
        )
    }

    private func putInPlace(_ copy: String, _ place: String) throws -> String? {
        do {
            return try Backup.restore(database: copy, to: place)
        } catch {
            guard case .inUse = error else { throw error }
            throw Failure.again("\(place) is open in another process; stop the workers, then restore it")
        }
    }

    private static func show(_ report: Reconcile.Report, journal: String) {
        for repair in report.repairs { Terminal.line("mended: \(repair)") }
        switch report.proof {
        case .nothingToReconcile:
            return Terminal.line("there is nothing to reconcile: the database is no restored copy, and lacks nothing")
        case .journal: break
        case .restoredUnproven:
            showUnproven(
                "this backup was restored before, without proof of what had been done until then: the journal tells only of the "
                    + "time after that", report)
        case .journalIncomplete:
            return showUnproven(
                "the journal goes on after the backup, but lacks lines that it once had, or has lines that this version cannot "
                    + "read: it does not prove all that was done since", report)
        case .journalAsOld:
            return showUnproven("the journal is as old as the backup: it proves nothing of what was done since", report)
        case .noJournal:
            return showUnproven("there was no journal at \(journal): nothing proves what was done since", report)
        case .commitsMissing:
            return showUnproven(
                "the database lacks commits that were on disk: jobs that were confirmed may be missing, and others done",
                report)
        }
        Terminal.line("commits that the backup lacks: \(report.commits)")
        Terminal.line("effects that happened since (not done again): \(report.done.count)")
        for key in report.done { Terminal.line("  done       \(key)") }
        Terminal.line("effects in doubt (kip effects resolve): \(report.inDoubt.count)")
        for key in report.inDoubt { Terminal.line("  uncertain  \(key)") }
        Terminal.line("decisions of people since (make them again where they matter): \(report.decisions.count)")
        for decision in report.decisions { Terminal.line("  \(decision)") }
        guard report.schedules > 0 else { return }
        Terminal.line(
            "schedules with times since the backup: \(report.schedules); these times fire again by their catch-up rule, with new "
                + "jobs, whose effects have the receipts of what happened under the same keys")
    }

    private static func showUnproven(_ reason: String, _ report: Reconcile.Report) {
        Terminal.line(reason)
        if let name = report.statedBy {
            Terminal.line(
                "\(name) states that nothing was done since; that is in the record, and unfinished jobs go on")
        } else {
            Terminal.line(
                "unfinished jobs in quarantine: \(report.quarantined); look what was done, then “kip jobs retry” lets go"
            )
            guard report.schedules > 0 else { return }
            Terminal.line(
                "schedules with times since the backup: \(report.schedules); what makes up for them goes into quarantine, too, as "
                    + "it may have fired before")
        }
    }
}

/// The data directory that a command works on.
struct DataOption: ParsableArguments {
    @Option(name: .long, help: "The data directory (KIP_DATA; default ./kip-data).")
    var data: String?

    /// The directory, with a database in it.
    /// - Throws: `Failure` where there is none.
    func existing() throws -> String {
        let place = try path()
        guard FileManager.default.fileExists(atPath: place + "/kip.db") else {
            throw Failure.noInput("there is no database in \(place); name the broker's data directory with --data")
        }
        return place
    }

    func path() throws -> String {
        try Self.checked(Settings.load().text(data, "KIP_DATA", "data") ?? "kip-data")
    }

    /// A place that is a directory, or can become one.
    /// - Throws: `Failure` where a file is there.
    static func checked(_ place: String) throws -> String {
        guard isFolderOrFree(place) else {
            throw Failure.usage("--data is “\(place)”, which is a file; give the directory that holds kip.db")
        }
        return place
    }

    /// Whether a folder is at a path, or nothing.
    static func isFolderOrFree(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return !FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) || isDirectory.boolValue
    }
}

/// The journal that a command compares the database with.
struct JournalOption: ParsableArguments {
    @Option(
        name: .long,
        help:
            "The journal of effects outside of the database (KIP_JOURNAL; default where the last broker had it)."
    )
    var journal: String?

    /// Where it is.
    /// - Parameter directory: the data directory.
    func path(in directory: String) throws -> String {
        JournalPlace.of(directory, told: try Settings.load().text(journal, "KIP_JOURNAL", "journal"))
    }
}
