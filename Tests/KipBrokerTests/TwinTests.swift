import KipCore
import Testing

@testable import KipBroker

/// Two jobs of one message with one unique key.
@Suite struct TwinTests {
    @Test("a message that is sent again gets its first answer, though its key went to somebody else meanwhile")
    func again() throws {
        let house = try StoreHarness()
        house.hello()
        let jobs = (0..<2).map { _ in
            StoreHarness.job {
                $0.uniqueKey = "case"
                $0.conditions.uniqueScope = .untilDone
            }
        }
        let first = house.send(jobs, payloads: [[1], [1]]).flatMap(\.header.enqueued.jobs)
        #expect(first.map(\.id) == [jobs[0].id, jobs[0].id])
        #expect(first.map(\.outcome) == [.created, .existing])
        house.finish(jobs[0].id)
        let other = StoreHarness.job { $0.uniqueKey = "case" }
        #expect(house.send([other], payloads: [[2]]).refusals.isEmpty)
        let again = house.send(jobs, payloads: [[1], [1]]).flatMap(\.header.enqueued.jobs)
        #expect(again.map(\.id) == [jobs[0].id, jobs[0].id])
        #expect(again.map(\.outcome) == [.existing, .existing])
    }

    @Test("what comes after the later of the two comes after the one that there is")
    func child() throws {
        let house = try StoreHarness()
        house.hello()
        var jobs = (0..<2).map { _ in StoreHarness.job { $0.uniqueKey = "case" } }
        jobs.append(StoreHarness.job { $0.conditions.after = [jobs[1].id] })
        #expect(house.send(jobs, payloads: [[1], [1], [1]]).refusals.isEmpty)
        #expect(house.state(jobs[2].id) == .blocked)
        house.finish(jobs[0].id)
        #expect(house.state(jobs[2].id) == .running)
    }
}
