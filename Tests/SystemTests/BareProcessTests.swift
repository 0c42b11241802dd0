import Foundation
import OwnThread
import Testing

/// Processes that get less than they are used to.
@Suite(.serialized, .ownThread) struct BareProcessTests {
    private func sh(_ house: House, _ script: String) throws -> House.Result { try house.run("bash", ["-c", script]) }

    @Test("a process that may open few files says so, or works", arguments: [7, 10, 12, 16, 20, 24, 40, 64])
    func fewDescriptors(limit: Int) throws {
        let house = try House()
        // bash itself needs some to start a program.
        let script = "ulimit -n \(limit) 2>/dev/null; exec 2>&1;"
        let bare = try sh(house, script + "kip")
        #expect(bare.code == 0 || bare.out.contains("may open \(limit) files only"), "\(bare.out)")
        let asking = try sh(house, script + "exec kip queues list --timeout 1")
        #expect(asking.code == 69, "\(asking.out)")
        #expect(asking.out.contains("no broker answered") || asking.out.contains("may open \(limit) files only"))
        let serving = try sh(house, script + "exec timeout -s INT 3 kip broker --bind ipc://$PWD/few")
        if limit < 64 {
            #expect(serving.code == 69)
            #expect(serving.out.contains("may open \(limit) files only, and needs 64"), "\(serving.out)")
        } else {
            #expect(serving.code == 124, "\(serving.out)")
        }
    }

    @Test("closed streams: a command works or fails as always, and no message of a broker goes into a file of its data")
    func closedStreams() throws {
        let house = try House()
        #expect(try sh(house, "kip queues list --timeout 1 2>&-").code == 69)
        #expect(try sh(house, "kip queues list --timeout 1 <&- >&- 2>&-").code == 69)
        #expect(try sh(house, "kip --version >&-").code == 0)
        let script = """
            KIP_LOG=trace kip broker <&- >&- 2>&- & broker=$!
            for n in $(seq 100); do kip enqueue hello --timeout 2 > id && break; done
            kill $broker; wait $broker; echo $?
            """
        #expect(try sh(house, script).lines.last == "0")
        let data = try FileManager.default.contentsOfDirectory(atPath: house.folder.path + "/data")
        for file in data {
            let content = FileManager.default.contents(atPath: house.folder.path + "/data/" + file) ?? Data()
            #expect(content.range(of: Data("kip.broker".utf8)) == nil, "\(file)")
        }
    }

    @Test("a reader that has seen enough ends a command without a word, and a full disk with one")
    func closedPipe() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("enqueue", "hello").code == 0)
        let head = try sh(house, "kip jobs list --json | true; echo ${PIPESTATUS[0]}")
        #expect(head.lines.last == "141" && head.error.isEmpty, "\(head)")
        let full = try sh(house, "kip jobs list --json > /dev/full")
        #expect(full.code == 74 && full.error.contains("No space left on device"), "\(full)")
    }

    /// Whether a process may get a view of the mounts of its own, and take one away there. (A container may forbid both.)
    private static let mayUnmount: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unshare", "-m", "umount", "-l", "/proc"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitForEnd()
        return process.terminationStatus == 0
    }()

    @Test(
        "without /proc a command says that it cannot read its arguments",
        .enabled(if: mayUnmount, "needs root, and unshare and umount to be allowed"))
    func withoutProc() throws {
        let house = try House()
        let result = try house.run("unshare", ["-m", "bash", "-c", "umount -l /proc && exec kip broker"])
        #expect(result.code == 69)
        #expect(result.error.contains("/proc is not mounted"), "\(result.out)\(result.error)")
    }
}
