import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Dead letters: what has failed for good is kept with its whole history, until a person decides.
@Suite struct DeadLetterTests {
    @Test("every attempt's error, worker and time are kept, also after a restart and a retry")
    func history() throws {
        let house = try StoreHarness()
        house.hello("first", credit: 1)
        let id = house.enqueue(payload: "letter 7") { job in
            job.maxAttempts = 2
            job.backoff = RetryPolicy.fixed(.seconds(10)).wire
        }
        let start = house.now.milliseconds
        house.fail(id, "no address")
        house.goodbye("first")
        house.hello("second", credit: 1)
        house.pass(seconds: 10)
        house.fail(id, "still no address")
        try house.restart()
        let (detail, payload, _) = try house.show(id)
        #expect(detail.job.state == .dead)
        #expect(detail.job.error == "still no address")
        #expect(detail.job.finishedAtMs == start + 10_000)
        #expect(String(decoding: payload, as: UTF8.self) == "letter 7")
        #expect(detail.attempts.map(\.attempt) == [1, 2])
        #expect(detail.attempts.map(\.error) == ["no address", "still no address"])
        #expect(detail.attempts.map(\.endedAtMs) == [start, start + 10_000])
        #expect(Set(detail.attempts.map(\.worker)).count == 2)
        house.retry([id])
        house.finish(id)
        let after = try house.show(id).detail
        #expect(after.job.state == .succeeded)
        // The attempts go on from there; the failures begin anew.
        #expect(after.job.attempt == 3)
        #expect(after.job.failures == 0)
        #expect(after.attempts.map(\.error) == ["no address", "still no address"])
    }

    @Test("what a handler discards is a dead letter at once")
    func discarded() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue()
        house.discard(id, "nobody lives there")
        #expect(house.state(id) == .dead)
        #expect(try house.show(id).detail.attempts.map(\.error) == ["nobody lives there"])
    }

    @Test("the list gives them by pages, the newest first, each once")
    func pages() throws {
        let house = try StoreHarness()
        house.hello(credit: 100)
        var dead: [String] = []
        for number in 0..<25 {
            let id = house.enqueue()
            if number % 5 == 4 { house.finish(id) } else { house.discard(id) }
            if number % 5 != 4 { dead.append(id) }
        }
        var pages: [[String]] = []
        var last = ""
        var more = true
        while more, pages.count < 9 {
            let page = house.list { list in
                list.state = .dead
                list.limit = 8
                list.before = last
            }
            pages.append(page.jobs.map(\.id))
            last = page.jobs.last?.id ?? ""
            more = page.more
        }
        #expect(pages.map(\.count) == [8, 8, 4])
        #expect(pages.flatMap { $0 } == dead.reversed())
    }
}
