import KipCore
import KipTesting
import KipWorker
import Testing

private struct Part: Job {
    static let kind = "part"
    var number: Int
    var fails = false

    func run(in context: JobContext) async throws -> Outcome {
        fails ? .discard(reason: "broken") : try .done(number)
    }
}

private struct Sum: Job {
    static let kind = "sum"

    func run(in context: JobContext) async throws -> Outcome {
        let parts = try await context.parents()
        return try .done(try parts.filter { $0.state == .succeeded }.reduce(0) { try $0 + $1.value(as: Int.self) })
    }
}

/// What jobs ask for beside a worker, without a broker.
@Suite struct InlineConditionsTests {
    private let queue = InlineQueue(Part.self, Sum.self)

    @Test("a job runs after those that it comes after, and reads what they gave back")
    func after() async throws {
        let parts = [try await queue.enqueue(Part(number: 2)), try await queue.enqueue(Part(number: 40))]
        let sum = try await queue.enqueue(Sum(), options: Sum.options.after(parts))
        #expect(await queue.state(of: sum) == .blocked)
        await queue.run()
        #expect(try await queue.result(of: sum, as: Int.self) == 42)
        await #expect(throws: Refusal.self) { try await queue.enqueue(Sum(), options: Sum.options.after([JobID()])) }
    }

    @Test("where one of them fails it is cancelled, and what comes after it, unless it goes on nevertheless")
    func failedParent() async throws {
        let parts = [try await queue.enqueue(Part(number: 2)), try await queue.enqueue(Part(number: 40, fails: true))]
        let sum = try await queue.enqueue(Sum(), options: Sum.options.after(parts))
        let next = try await queue.enqueue(Sum(), options: Sum.options.after([sum]))
        let rest = try await queue.enqueue(Sum(), options: Sum.options.after(parts, onParentFailed: .continue))
        await queue.run()
        #expect(await queue.state(of: sum) == .cancelled)
        #expect(await queue.state(of: next) == .cancelled)
        #expect(try await queue.result(of: rest, as: Int.self) == 2)
    }

    @Test("a held job runs when it is released")
    func held() async throws {
        let part = try await queue.enqueue(Part(number: 1), options: Part.options.held())
        await queue.run()
        #expect(await queue.state(of: part) == .held)
        #expect(await queue.release(part))
        #expect(await !queue.release(part))
        await queue.run()
        #expect(await queue.state(of: part) == .succeeded)
    }

    @Test("a job that is too late is expired, by the queue's own clock")
    func expires() async throws {
        var options = JobOptions(delay: .seconds(600))
        options.expires = .seconds(60)
        let late = try await queue.enqueue(Part(number: 1), options: options)
        options.expires = .seconds(3_600)
        let early = try await queue.enqueue(Part(number: 2), options: options)
        await queue.advance(by: .seconds(601))
        #expect(await queue.state(of: late) == .expired)
        #expect(await queue.state(of: early) == .succeeded)
    }

    @Test("a key stands as long as its scope says; a waiting job makes way where it is asked to")
    func scopes() async throws {
        let untilDone = Part.options.unique("a", .untilDone)
        let first = try await queue.enqueue(Part(number: 1), options: untilDone)
        await #expect(throws: Refusal.self) { try await queue.enqueue(Part(number: 2), options: untilDone) }
        let second = try await queue.enqueue(
            Part(number: 2), options: Part.options.unique("a", .untilDone, onConflict: .replacePending))
        #expect(await queue.state(of: first) == .cancelled)
        await queue.run()
        #expect(await queue.state(of: second) == .succeeded)
        let third = try await queue.enqueue(Part(number: 3), options: untilDone)
        #expect(third != second)
        await #expect(throws: Refusal.self) {
            try await queue.enqueue(Part(number: 3), options: Part.options.unique("a", onConflict: .reject))
        }
        let period = Part.options.unique("p", .period(milliseconds: 60_000))
        let now = try await queue.enqueue(Part(number: 1), options: period)
        #expect(try await queue.enqueue(Part(number: 1), options: period) == now)
        await queue.advance(by: .seconds(61))
        #expect(try await queue.enqueue(Part(number: 1), options: period) != now)
    }
}
