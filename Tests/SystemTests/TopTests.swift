import Foundation
import OwnThread
import Testing

/// `kip top` beside a real broker and worker.
@Suite(.serialized, .ownThread) struct TopTests {
    @Test("without a terminal it prints one table of each and ends; with --json --once one object")
    func prints() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start("worker", "--name", "bàn/1")
        defer { House.end(worker, broker) }
        #expect(try house.kip("enqueue", "kip-bench", "--wait").code == 0)
        #expect(try house.kip("enqueue", "nobody-knows", "--queue", "thư").code == 0)
        let table = try house.kip("top")
        #expect(table.code == 0, "\(table.error)")
        #expect(!table.out.contains("\u{1B}"))
        let rows = table.lines.map { $0.split(whereSeparator: { $0 == " " }).map(String.init) }
        #expect(
            rows.contains { $0.starts(with: ["default", "0", "-", "0", "0", "0", "0", "0", "1", "1", "0"]) },
            "\(table.out)")
        #expect(rows.contains { $0.starts(with: ["thư", "1"]) }, "\(table.out)")
        #expect(rows.contains { $0.starts(with: ["bàn/1", "0/4", "0"]) }, "\(table.out)")
        let object = try house.kip("top", "--json", "--once")
        #expect(object.lines.count == 1)
        let look = try #require(try JSONSerialization.jsonObject(with: Data(object.out.utf8)) as? [String: Any])
        #expect((look["queues"] as? [[String: Any]])?.map { $0["name"] as? String } == ["default", "thư"])
        #expect((look["workers"] as? [[String: Any]])?.count == 1)
    }

    @Test("without a broker it ends with 69 and says what to do")
    func noBroker() throws {
        let house = try House()
        let result = try house.kip("top", "--timeout", "0.3")
        #expect(result.code == 69)
        #expect(result.error.contains("kip broker"))
    }

    @Test("on a terminal it fills the screen, and q gives the terminal back as it was")
    func screen() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("enqueue", "nobody-knows", "--queue", "thư").code == 0)
        // script(1) is a terminal of its own; somebody sees the queue and presses q.
        let person = "for n in $(seq 150); do grep -q thư seen && break; sleep 0.2; done; printf q"
        let result = try house.run(
            "sh", ["-c", "(\(person)) | script -qefc 'stty -a > before; kip top; stty -a > after' seen"])
        #expect(result.code == 0, "\(result.error)")
        let seen = try String(contentsOf: house.folder.appendingPathComponent("seen"), encoding: .utf8)
        #expect(seen.contains("\u{1B}[?1049h"))
        #expect(seen.contains("thư"))
        #expect(seen.contains("\u{1B}[?1049l"))
        let settings = try ["before", "after"].map {
            try String(contentsOf: house.folder.appendingPathComponent($0), encoding: .utf8)
        }
        #expect(settings[0] == settings[1])
    }
}
