import Foundation
import OwnThread
import Testing

/// Several processes at one register, by the real programs.
@Suite(.serialized, .ownThread) struct OfficeRegisterTests {
    private func house() throws -> House {
        let house = try House()
        let cases = try house.kip("cases", "sample", "--count", "60", "--seed", "11", "--as-of", "2024-03-29").out
        #expect(try house.kip("cases", "import", "-", input: cases).code == 0)
        return house
    }

    @Test("an import that finds the register held says try again (75), and names who holds it")
    func busy() async throws {
        let house = try house()
        let ready = house.folder.appendingPathComponent("ready").path
        let hold = """
            import sqlite3, sys, time
            office = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
            office.execute("BEGIN IMMEDIATE")
            open(sys.argv[2], "w").close()
            time.sleep(600)
            """
        let holder = try house.start(
            "-c", hold, house.folder.appendingPathComponent("office/office.db").path, ready,
            program: URL(fileURLWithPath: "/usr/bin/python3"))
        defer { House.kill(holder) }
        #expect(try await until { FileManager.default.fileExists(atPath: ready) }, "\((try? house.logs()) ?? "")")
        let cases = try house.kip("cases", "sample", "--count", "10", "--seed", "12", "--as-of", "2024-03-29").out
        let result = try house.kip("cases", "import", "-", input: cases)
        #expect(result.code == 75, "\(result.error)")
        #expect(result.error.contains("process \(holder.processIdentifier) ("), "\(result.error)")
        #expect(result.error.contains("try again"))
    }

    @Test(
        "a register that a process has open, even an idle one, is not replaced (75); then it is, and the old one is kept"
    )
    func restoredWhileOpen() async throws {
        let house = try house()
        let register = house.folder.appendingPathComponent("office/office.db").path
        #expect(try house.kip("cases", "list", "--limit", "1000", "--json").lines.count == 60)
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try await until { try house.kip("backup", "queue.db", "--register", "copy.db").code == 0 })
        let more = try house.kip("cases", "sample", "--count", "10", "--seed", "12", "--as-of", "2024-03-29").out
        #expect(try house.kip("cases", "import", "-", input: more).code == 0)
        let ready = house.folder.appendingPathComponent("ready").path
        let idle = """
            import sqlite3, sys, time
            office = sqlite3.connect(sys.argv[1])
            office.execute("SELECT COUNT(*) FROM case_files").fetchall()
            open(sys.argv[2], "w").close()
            time.sleep(600)
            """
        let holder = try house.start(
            "-c", idle, register, ready, program: URL(fileURLWithPath: "/usr/bin/python3"))
        defer { House.kill(holder) }
        #expect(try await until { FileManager.default.fileExists(atPath: ready) })
        let refused = try house.kip("restore", "--register", "copy.db")
        #expect(refused.code == 75, "\(refused.error)")
        #expect(refused.error.contains("stop the workers"), "\(refused.error)")
        House.kill(holder)
        let restored = try house.kip("restore", "--register", "copy.db")
        #expect(restored.code == 0, "\(restored.error)")
        #expect(restored.error.contains("office.db.replaced-"), "\(restored.error)")
        #expect(try house.kip("cases", "list", "--limit", "1000", "--json").lines.count == 60)
    }

    @Test("a worker with another profile than that of those that serve the register is refused (65)")
    func profiles() async throws {
        let house = try house()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let worker = try house.start("worker")
        defer { House.end(worker) }
        let mark = house.folder.appendingPathComponent("office/office.profile")
        #expect(
            try await until { (try? String(contentsOf: mark, encoding: .utf8))?.contains("office.yaml") == true })
        let example = House.root.appendingPathComponent("deploy/example")
        let other = house.folder.appendingPathComponent("other.yaml")
        try String(contentsOf: example.appendingPathComponent("office.yaml"), encoding: .utf8)
            .replacingOccurrences(of: "QUẬN 1", with: "QUẬN 3").write(to: other, atomically: true, encoding: .utf8)
        let refused = try house.kip(
            "worker", "--profile", other.path, "--days-off", example.appendingPathComponent("days-off.yaml").path)
        #expect(refused.code == 65, "\(refused.error)")
        #expect(refused.error.contains(other.path))
    }

    @Test(
        "the audit names a letter of which nobody knows whether it went, and a file that is not the letter, and fails (65)"
    )
    func audit() async throws {
        let house = try house()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let worker = try house.start("worker")
        defer { House.end(worker) }
        try house.kip("enqueue", "late-case-sweep", "--payload", #"{"asOf": "2024-03-29"}"#, "--wait")
        #expect(try house.kip("jobs", "wait", "--idle", "--for", "240s").code == 0)
        let office = house.folder.appendingPathComponent("office")
        let letters = try FileManager.default.contentsOfDirectory(atPath: office.path + "/print").filter {
            $0.hasSuffix("-phieu-xin-loi.pdf")
        }.sorted()
        #expect(letters.count > 1)
        func audit() throws -> House.Result {
            try house.kip("letters", "audit", "--from", "2024-01-01", "--to", "2024-03-28", "--as-of", "2024-03-29")
        }
        #expect(try !audit().error.contains("what does not agree"))
        let code = String(try #require(letters.first).dropLast("-phieu-xin-loi.pdf".count))
        #expect(try house.kip("letters", "mark", code, "uncertain", "--by", "Lan").code == 0)
        let uncertain = try audit()
        #expect(uncertain.code == 65)
        #expect(uncertain.error.contains("1 uncertain (look whether they went"))
        #expect(try house.kip("letters", "list", "--uncertain").out.contains("apology/\(code)/1"))
        let path = "\(office.path)/print/\(letters[1])"
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname")
        #expect(try audit().error.contains("print/\(letters[1]): it is no plain file"))
        try FileManager.default.removeItem(atPath: path)
        // An older register beside office.last.
        try "9999 \(String(repeating: "a", count: 64))\n".write(
            toFile: office.path + "/office.last", atomically: true, encoding: .utf8)
        let older = try audit()
        #expect(older.code == 65)
        #expect(older.error.contains("its chain ends before line 9999"))
        #expect(try house.kip("audit", "verify").code == 65)
    }
}
