import Foundation
import OwnThread
import Testing

/// What becomes of a broker whose files are removed or replaced, and whose the files are that commands make.
@Suite(.serialized, .ownThread) struct FileTests {
    private func data(_ house: House, _ name: String = "") -> String { house.folder.path + "/data" + name }

    /// Waits for its end.
    private func code(_ process: Process) -> Int32 {
        for _ in 0..<500 where process.isRunning { usleep(20_000) }
        if process.isRunning { House.kill(process) }
        return process.terminationStatus
    }

    private func served(_ house: House) throws -> Process {
        let broker = try house.start("broker")
        while try house.kip("workers", "list").code != 0 {}
        return broker
    }

    @Test(
        "a broker whose directory, database, log or lock is removed stops at once, and says which",
        arguments: [
            "", "/kip.db", "/kip.db-wal", "/broker.lock",
        ])
    func removed(_ name: String) throws {
        let house = try House()
        let broker = try served(house)
        #expect(try house.kip("enqueue", "hello").code == 0)
        #expect(try house.run("mv", [data(house, name), house.folder.path + "/aside"]).code == 0)
        #expect(code(broker) == 74)
        #expect(try house.logs().contains("\(data(house, name)) was removed or replaced"))
        #expect(try house.kip("enqueue", "hello", "--timeout", "1").code == 69)
    }

    @Test("a second broker is kept out also where the lock file was removed")
    func secondBroker() throws {
        let house = try House()
        let broker = try served(house)
        // It would see within a second that its lock is gone, and leave the place to the second one.
        kill(broker.processIdentifier, SIGSTOP)
        #expect(try house.run("rm", [data(house, "/broker.lock")]).code == 0)
        let second = try house.kip("broker", "--bind", "ipc://\(house.folder.path)/second")
        kill(broker.processIdentifier, SIGCONT)
        #expect(second.code == 75 && second.error.contains("a broker serves"), "\(second.error)")
        #expect(code(broker) == 74)
    }

    @Test("a log that is removed between two lives of a broker: the next one is held, and says what is missing")
    func logRemoved() throws {
        let house = try House()
        let broker = try served(house)
        for _ in 0..<5 { #expect(try house.kip("enqueue", "hello").code == 0) }
        House.kill(broker)
        #expect(try house.run("rm", [data(house, "/kip.db-wal")]).code == 0)
        #expect(try house.kip("doctor").out.contains("lacks commits"))
        let again = try served(house)
        #expect(try house.logs().contains("confirmed jobs are missing"))
        House.end(again)
        let report = try house.kip("restore", "--reconcile")
        #expect(report.code == 0 && report.out.contains("lacks commits that were on disk"), "\(report)")
        let last = try served(house)
        defer { House.end(last) }
        #expect(try house.kip("enqueue", "hello").code == 0)
        #expect(try house.kip("doctor").out.contains("the journal outside tells the same"))
    }

    @Test("a restored backup whose journal is as old: held; a person quarantines, or states that nothing was done")
    func journalAsOld() throws {
        let house = try House()
        let broker = try served(house)
        let id = try #require(try house.kip("enqueue", "hello").lines.first)
        // A decision begins the journal.
        #expect(try house.kip("queues", "pause", "another").code == 0)
        #expect(try house.kip("backup", "copy.db").code == 0)
        House.end(broker)
        #expect(try house.kip("restore", "copy.db", "--nothing-since", "--by", "Lan").code == 64)
        #expect(try house.kip("restore", "copy.db", "--reconcile", "--nothing-since").code == 64)
        let report = try house.kip("restore", "copy.db", "--reconcile")
        #expect(report.out.contains("proves nothing") && report.out.contains("quarantine: 1"), "\(report)")
        #expect(!report.out.contains("effects that happened since"))
        let last = try served(house)
        #expect(try house.kip("jobs", "show", id).out.contains("quarantined"))
        House.end(last)
        // Now the journal goes on after the copy.
        let again = try house.kip("restore", "copy.db", "--reconcile", "--nothing-since", "--by", "Lan")
        #expect(again.code == 65 && again.error.contains("something was done since"), "\(again)")
        let stated = try house.kip(
            "restore", "copy.db", "--reconcile", "--nothing-since", "--by", "Lan", "--data", "elsewhere")
        #expect(stated.out.contains("Lan states that nothing was done since"), "\(stated)")
        #expect(try house.kip("audit", "list", "--data", "elsewhere").out.contains("nothing-since"))
    }

    @Test("a damaged last line of the journal is mended by audit verify, restore --reconcile and a broker that starts")
    func lastLine() throws {
        let house = try House()
        let broker = try served(house)
        for name in ["a", "b"] { #expect(try house.kip("queues", "pause", name).code == 0) }
        House.end(broker)
        let journal = data(house, "/kip.journal")
        let whole = try Data(contentsOf: URL(fileURLWithPath: journal))
        var torn = whole
        for index in (torn.count - 60)..<(torn.count - 5) { torn[index] = 0 }
        try torn.write(to: URL(fileURLWithPath: journal))
        let verified = try house.kip("audit", "verify")
        #expect(verified.code == 0 && verified.error.contains("written anew"), "\(verified)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: journal)) == whole)
        try torn.write(to: URL(fileURLWithPath: journal))
        let reconciled = try house.kip("restore", "--reconcile")
        #expect(reconciled.code == 0 && reconciled.out.contains("mended: "), "\(reconciled)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: journal)) == whole)
        try torn.write(to: URL(fileURLWithPath: journal))
        House.end(try served(house))
        #expect(try house.logs().contains("a file was mended"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: journal)) == whole)
    }

    @Test("keys are made only where a broker's database is")
    func keysElsewhere() throws {
        let house = try House()
        let made = try house.run(House.kip.path, ["keys", "new", "desk", "--role", "producer"])
        #expect(made.code == 66 && made.error.contains("there is no database in"), "\(made.error)")
        #expect(!FileManager.default.fileExists(atPath: data(house)))
        #expect(!FileManager.default.fileExists(atPath: house.folder.path + "/desk.key"))
    }

    @Test("what root makes belongs to the owner of the directory that it lies in", .enabled(if: geteuid() == 0))
    func owners() throws {
        let house = try House()
        chown(house.folder.path, 12_345, 12_345)
        let broker = try served(house)
        let made = try house.kip("keys", "new", "desk", "--role", "producer", "--to", "desk.key")
        #expect(made.code == 0, "\(made.error)")
        #expect(try house.kip("queues", "pause", "a").code == 0)
        #expect(try house.kip("backup", "copy.db").code == 0)
        House.end(broker)
        #expect(try house.kip("restore", "copy.db", "--reconcile").code == 0)
        let cases = house.folder.appendingPathComponent("in-cases.csv")
        let sample = try house.kip("cases", "sample", "--count", "10")
        #expect(sample.code == 0, "\(sample.error)")
        try Data(sample.out.utf8).write(to: cases)
        #expect(try house.kip("cases", "import", cases.path).code == 0)
        #expect(try house.kip("plan", "import", House.root.path + "/deploy/example/plan.yaml").code == 0)
        House.kill(try served(house))
        var foreign: [String] = []
        for name in try FileManager.default.subpathsOfDirectory(atPath: house.folder.path) {
            // The test's own files are its own.
            if ["log-", "in-", "out-", "error-"].contains(where: name.hasPrefix) { continue }
            var status = stat()
            lstat(house.folder.path + "/" + name, &status)
            if status.st_uid != 12_345 || status.st_gid != 12_345, status.st_mode & S_IFMT != S_IFSOCK {
                foreign.append(name)
            }
        }
        #expect(foreign.isEmpty)
        #expect(!(try house.kip("doctor").out.contains("belongs to the user")))
        chown(data(house, "/keys/desk.json"), 0, 0)
        #expect(try house.kip("doctor").out.contains("keys/desk.json belongs to the user 0"))
    }
}
