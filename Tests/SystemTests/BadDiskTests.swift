import Foundation
import OwnThread
import Testing

private let hasCompiler = FileManager.default.isExecutableFile(atPath: "/usr/bin/cc")

/// A broker on a disk that fails by plan (`scripts/disk/preload.c`), in single steps; `scripts/torture` has the rest.
@Suite(.serialized, .ownThread, .enabled(if: hasCompiler, "no C compiler (cc) is installed"))
struct BadDiskTests {
    /// The arguments of `env` with which a process gets the disk.
    private func disk(_ house: House, plan: String) throws -> [String] {
        let library = house.folder.path + "/disk.so"
        if !FileManager.default.fileExists(atPath: library) {
            let source = House.root.path + "/scripts/disk/preload.c"
            let made = try house.run("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl", "-pthread"])
            #expect(made.code == 0, "\(made.error)")
        }
        return ["LD_PRELOAD=\(library)", "KIP_DISK_ROOT=\(house.folder.path)", "KIP_DISK_PLAN=\(plan)"]
    }

    @Test("a database that cannot change to SQLite's log is not served: its commits would not outlive the power")
    func noLog() throws {
        let house = try House()
        let refused = try house.run("env", disk(house, plan: "sync@kip.db-journal:2:EIO") + [House.kip.path, "broker"])
        #expect(refused.code == 74)
        #expect(refused.error.contains("kip.db could not be opened with SQLite's log"), "\(refused.error)")
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("enqueue", "hello").code == 0)
    }

    @Test(
        "a sync that fails ends the broker, of the log or of the database: nothing is confirmed after it, and all before is there",
        arguments: ["sync@kip.db-wal:20:EIO", "sync@kip.db:3:EIO"])
    func syncFails(plan: String) throws {
        let house = try House()
        // The plan counts the syncs of an existing database: those that make one grow with each migration.
        let first = try house.start("broker")
        #expect(try house.kip("enqueue", "hello").code == 0)
        House.end(first)
        // Enough for a checkpoint; each call goes on until its jobs are confirmed or the broker has ended.
        let script = """
            "$@" kip broker & broker=$!
            head -c 20000 /dev/zero | tr '\\0' x > padding
            for n in $(seq 40); do
              for m in $(seq 50); do echo "{\\"kind\\": \\"k\\", \\"payload\\": \\"$(cat padding)\\"}"; done > jobs
              kip enqueue --from jobs --timeout 3 >> confirmed || break
            done
            wait $broker; echo "ended with $?"
            """
        let result = try house.run("bash", ["-c", script, "sh", "env"] + disk(house, plan: plan))
        #expect(result.lines.last == "ended with 74", "\(result.out)")
        #expect(result.error.contains("the disk did not take what was to be synced"), "\(result.error)")
        #expect(result.error.contains("start the broker"))
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let confirmed = try String(contentsOfFile: house.folder.path + "/confirmed", encoding: .utf8).split(
            separator: "\n")
        #expect(!confirmed.isEmpty)
        let listed = try house.kip("jobs", "list", "--limit", "10000", "--json").out
        #expect(confirmed.allSatisfy { listed.contains($0) })
    }

    @Test("the instrument notices a disk that lies about its syncs")
    func lies() async throws {
        let house = try House()
        let script = House.root.appendingPathComponent("scripts/torture").path
        let bin = House.kip.deletingLastPathComponent().path
        let arguments = [
            "KIP_DISK_PLAN=sync@kip.db-wal:1+:LIE", script, "--only", "powercuts", "--seconds", "3", "--images", "6",
            "--bin", bin,
        ]
        let result = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Swift.Result { try house.run("env", arguments) }) }
        }
        #expect(result.code == 1)
        #expect(result.lines.last?.contains("lost=0") == false, "\(result.out)")
    }
}
