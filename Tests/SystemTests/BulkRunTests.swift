import Foundation
import OwnThread
import Testing

@testable import kip

/// A run of “kip enqueue --from” that breaks off says what is stored, and goes on without doubling.
@Suite(.serialized, .ownThread) struct BulkRunTests {
    @Test(
        "60 lines of 400 KB into a queue that takes 30: the stored lines are named, and --resume stores the others once"
    )
    func resumes() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("queues", "limit", "bulk", "--most-waiting", "30").code == 0)
        let padding = String(repeating: "x", count: 400_000)
        let lines = (1...60).map { #"{"kind":"k","queue":"bulk","payload":{"n":\#($0),"p":"\#(padding)"}}"# }
        let file = house.folder.appendingPathComponent("jobs.ndjson")
        try lines.joined(separator: "\n").write(to: file, atomically: true, encoding: .utf8)
        let first = try house.kip("enqueue", "--from", file.path)
        #expect(first.code != 0)
        let stored = try house.kip("jobs", "list", "--queue", "bulk", "--limit", "100", "--json").lines
        #expect(!stored.isEmpty)
        #expect(stored.count < 60)
        #expect(first.lines.count == stored.count)
        #expect(first.error.contains("kip: lines 1 to \(stored.count) are stored"), "\(first.error)")
        #expect(first.error.contains("lines \(stored.count + 1) to 60 are not stored"), "\(first.error)")
        let words = first.error.split(whereSeparator: { " ”\n".contains($0) })
        let token = try #require(words.firstIndex(of: "--resume").map { String(words[$0 + 1]) })
        #expect(try house.kip("queues", "limit", "bulk", "--most-waiting", "0").code == 0)
        let second = try house.kip("enqueue", "--from", file.path, "--resume", token)
        #expect(second.code == 0, "\(second.error)")
        #expect(second.lines.count == 60)
        #expect(second.lines.prefix(stored.count) == first.lines[...])
        #expect(try house.kip("jobs", "list", "--queue", "bulk", "--limit", "100", "--json").lines.count == 60)
        #expect(try house.kip("enqueue", "--from", file.path, "--resume", token).code == 0)
        #expect(try house.kip("jobs", "list", "--queue", "bulk", "--limit", "100", "--json").lines.count == 60)
    }

    @Test("a bad line stops the run: the lines of the messages before it are named")
    func badLine() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let lines = (1...1_500).map { $0 == 1_200 ? "{\"kind\": 7}" : #"{"kind":"k"}"# }
        let result = try house.kip("enqueue", "--from", "-", input: lines.joined(separator: "\n"))
        #expect(result.code == 65)
        #expect(result.error.contains("lines 1 to 1000 are stored"), "\(result.error)")
        #expect(result.error.contains("line 1200: "), "\(result.error)")
        #expect(result.lines.count == 1_000)
    }

    @Test("ids of a run grow with the lines and come from the token")
    func ids() throws {
        let run = BulkRun()
        let ids = [1, 2, 1_000, 4_000_000_000].map { run.id(line: $0) }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
        #expect(try BulkRun(token: run.token) == run)
        for token in ["", "x", ids[0].description] { #expect(throws: Failure.self) { try BulkRun(token: token) } }
    }

    @Test(
        "lines in words",
        arguments: [
            ([], nil), ([3], "line 3"), ([1, 2, 3], "lines 1 to 3"), ([1, 3], "lines 1 and 3"),
            ([1, 2, 5, 7, 8], "lines 1 to 2, 5 and 7 to 8"),
        ] as [([Int], String?)])
    func words(lines: [Int], words: String?) {
        #expect(LineRanges.words(lines) == words)
    }
}
