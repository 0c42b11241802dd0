import KipCore
import Testing

@testable import KipClient
@testable import kip

/// What is told of a job, at once and as it goes on.
@Suite struct JobFollowingTests {
    private let id = JobID()

    private func detail(_ state: JobState, log: [String] = [], from first: Int = 0) throws -> JobDetail {
        var wire = WireJob()
        wire.id = id.description
        wire.kind = "import"
        wire.state = state.wire
        wire.timeoutMs = 30_000
        wire.losses = 1
        wire.progress = -1
        return JobDetail(
            job: try #require(JobRecord(wire)), payload: Array("{}".utf8), result: [], attempts: [],
            log: log.enumerated().map { place, text in
                JobDetail.LogLine(attempt: 1, at: Int64(first + place), text: text)
            })
    }

    @Test("the first look is a change; the same again is none; a new state or a new line is one")
    func changes() throws {
        let first = try detail(.available)
        let begun = try #require(JobFollowing.Change(first, since: nil))
        #expect(begun.job.state == "available" && begun.log.isEmpty && begun.result == nil)
        #expect(JobFollowing.Change(first, since: first) == nil)
        #expect(try JobFollowing.Change(detail(.running), since: first)?.job.state == "running")
        let logged = try detail(.running, log: ["one", "two"])
        let change = try JobFollowing.Change(detail(.running, log: ["one", "two", "three"]), since: logged)
        #expect(change?.log.map(\.text) == ["three"])
    }

    @Test("when older lines leave at the front, what is new is told once")
    func manyLines() throws {
        let texts = (0..<Limits.logLines + 2).map { "line \($0)" }
        let before = try detail(.running, log: Array(texts.dropLast(2)))
        let after = try detail(.running, log: Array(texts.dropFirst(2)), from: 2)
        let change = try #require(JobFollowing.Change(after, since: before))
        #expect(change.log.map(\.text) == Array(texts.suffix(2)))
        #expect(JobFollowing.Change(after, since: after) == nil)
    }

    @Test("what a job asked for is shown, and what it did not is not")
    func words() throws {
        let lines = JobWords.lines(try detail(.running))
        #expect(lines.first { $0.name == "timeout" }?.value == "30 s an attempt")
        #expect(lines.first { $0.name == "setbacks" }?.value == "1 lost worker, 0 interruptions")
        #expect(!lines.contains { $0.name == "deadline" || $0.name == "key" || $0.name == "progress" })
    }
}
