import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Lists of jobs, narrowed by what is known of them.
@Suite struct JobFilterTests {
    @Test("by key, beginning of the id, worker, time and text of the error; page by page")
    func filters() throws {
        let harness = try StoreHarness()
        harness.hello()
        let worker = try #require(harness.workers["w"]).hello.workerID
        let failed = harness.enqueue { $0.uniqueKey = "letter/7" }
        harness.discard(failed, "the printer is ON FIRE")
        let start = harness.now
        harness.pass(seconds: 10)
        let others = (0..<5).map { _ in harness.enqueue("other") }
        func ids(_ edit: (inout WireListJobs) -> Void) -> [String] { harness.list(edit: edit).jobs.map(\.id) }
        #expect(ids { $0.uniqueKey = "letter/7" } == [failed])
        #expect(ids { $0.uniqueKey = "letter/" } == [])
        #expect(ids { $0.idPrefix = failed } == [failed])
        #expect(ids { $0.idPrefix = failed.uppercased().filter { $0 != "-" } } == [failed])
        #expect(ids { $0.idPrefix = String(failed.prefix(3)) }.contains(failed))
        #expect(ids { $0.workerPrefix = String(worker.prefix(20)) } == [failed])
        #expect(ids { $0.errorPart = "printer is on" } == [failed])
        #expect(ids { $0.errorPart = "100%" } == [])
        #expect(ids { $0.createdBeforeMs = start.milliseconds + 1 } == [failed])
        #expect(ids { $0.createdFromMs = start.milliseconds + 1 } == others.reversed())
        #expect([harness.ask(.listJobs(.with { $0.idPrefix = "xyz" }))].compactMap { $0 }.refusals == ["invalid"])
        let page = harness.list { ($0.limit, $0.kind) = (2, "other") }
        #expect(page.more)
        let rest = harness.list { list in
            list.kind = "other"
            list.before = page.jobs.last?.id ?? ""
        }
        #expect((page.jobs + rest.jobs).map(\.id) == others.reversed())
    }

    @Test("the beginning of an id is a range of ids", arguments: ["0", "0189", "01890a5d-ac96-7", "f"])
    func prefixes(text: String) throws {
        let range = try #require(JobID.range(ofPrefix: text))
        #expect(range.lowerBound.description.hasPrefix(text))
        #expect(range.upperBound.description.hasPrefix(text))
        #expect(JobID.range(ofPrefix: String(repeating: "a", count: 33)) == nil)
        #expect(JobID.range(ofPrefix: "-") == nil)
    }
}
