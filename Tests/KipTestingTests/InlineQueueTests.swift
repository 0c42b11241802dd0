import KipCore
import KipTesting
import KipWorker
import Synchronization
import Testing

/// Makes reminders, once it has been asked often enough.
private struct Invoice: Job {
    static let kind = "invoice"
    static let options = JobOptions(maxAttempts: 3)
    var number: Int
    var failures = 0
    var reminders = 0

    func run(in context: JobContext) async throws -> Outcome {
        for place in 0..<reminders { try context.enqueue(Reminder(invoice: number, place: place)) }
        if context.failures < failures { throw JobSignal.retry(after: .seconds(3_600), reason: "the printer is off") }
        return try .done(["number": number])
    }
}

private struct Reminder: Job, Equatable {
    static let kind = "reminder"
    static let options = JobOptions(delay: .seconds(60))
    var invoice: Int
    var place: Int

    func run(in context: JobContext) async throws -> Outcome {
        _ = try await context.once("mail/\(invoice)") { "sent" }
        return .done
    }
}

private struct Stubborn: Job {
    struct Trouble: Error {}
    static let kind = "stubborn"
    static let options = JobOptions(maxAttempts: 3, retry: RetryPolicy(baseMilliseconds: 1_000, factor: 10))
    var snoozes = 0

    func run(in context: JobContext) async throws -> Outcome {
        if context.attempt <= snoozes { return .snooze(for: .seconds(600), reason: "not yet") }
        throw Trouble()
    }
}

/// Calls `once` more than once for one key.
private struct Doubler: Job {
    static let kind = "doubler"
    static let options = JobOptions(maxAttempts: 1)
    enum Way: String, Codable { case beside, inside, cancelled }
    var way: Way

    func run(in context: JobContext) async throws -> Outcome {
        switch way {
        case .beside:
            async let first = context.once("d/1") {
                try await Task.sleep(for: .milliseconds(20))
                return 1
            }
            async let second = context.once("d/1") {
                try await Task.sleep(for: .milliseconds(20))
                return 2
            }
            let receipts = try await [first, second]
            return try .done(receipts[0] == receipts[1])
        case .inside: return try .done(try await context.once("d/1") { try await context.once("d/1") { 1 } })
        case .cancelled:
            let (started, start) = AsyncStream<Void>.makeStream()
            let (ended, end) = AsyncStream<Void>.makeStream()
            async let first = context.once("d/2") {
                start.finish()
                for await _ in ended {}
                return 1
            }
            for await _ in started {}
            let second = Task { try await context.once("d/2") { 2 } }
            second.cancel()
            let wasCancelled = await second.result
            end.finish()
            if case .failure(is CancellationError) = wasCancelled { return try .done(try await first == 1) }
            return .discard(reason: "it waited on")
        }
    }
}

@Suite struct InlineQueueTests {
    @Test(
        "a second call of once for a key waits for the first, and leaves the wait when it is cancelled",
        .timeLimit(.minutes(1)))
    func onceTwice() async throws {
        let queue = InlineQueue(Doubler.self)
        for way in [Doubler.Way.beside, .cancelled] {
            let id = try await queue.enqueue(Doubler(way: way))
            await queue.run()
            #expect(await queue.errors(of: id) == [])
            #expect(try await queue.result(of: id, as: Bool.self) == true)
        }
    }

    @Test(
        "a call of once inside of the block of its own key is refused, it does not wait for itself",
        .timeLimit(.minutes(1)))
    func onceInside() async throws {
        let queue = InlineQueue(Doubler.self)
        let id = try await queue.enqueue(Doubler(way: .inside))
        await queue.run()
        #expect(await queue.errors(of: id).first?.contains("effect “d/1” was begun") == true)
    }

    @Test("a job runs when the test says so, and its result can be read")
    func runs() async throws {
        let queue = InlineQueue(Invoice.self)
        let id = try await queue.enqueue(Invoice(number: 7))
        #expect(await queue.state(of: id) == .available)
        await queue.run()
        #expect(await queue.state(of: id) == .succeeded)
        #expect(try await queue.result(of: id, as: [String: Int].self) == ["number": 7])
    }

    @Test("a failed attempt makes no children; the one that succeeds makes them, and they wait for their time")
    func children() async throws {
        let queue = InlineQueue(Invoice.self, Reminder.self)
        let id = try await queue.enqueue(Invoice(number: 7, failures: 1, reminders: 2))
        await queue.run()
        #expect(await queue.state(of: id) == .scheduled)
        #expect(try await queue.jobs(Reminder.self).isEmpty)
        await queue.advance(by: .seconds(3_600))
        #expect(await queue.state(of: id) == .succeeded)
        #expect(await queue.errors(of: id) == ["the printer is off"])
        let reminders = try await queue.jobs(Reminder.self)
        #expect(reminders.map(\.place) == [0, 1])
        await queue.advance(by: .seconds(60))
        #expect(await queue.attempts(of: id) == 2)
    }

    @Test("the policy's waits pass in virtual time, and the last failure makes a dead letter")
    func retries() async throws {
        let queue = InlineQueue(Stubborn.self)
        let start = await queue.now
        let id = try await queue.enqueue(Stubborn())
        await queue.run()
        #expect(await queue.nextRun(of: id) == start.advanced(byMilliseconds: 1_000))
        await queue.advance(by: .seconds(1))
        #expect(await queue.nextRun(of: id) == start.advanced(byMilliseconds: 11_000))
        await queue.advance(by: .seconds(10))
        #expect(await queue.state(of: id) == .dead)
        #expect(await queue.errors(of: id).count == 3)
    }

    @Test("a snooze costs no attempt")
    func snoozes() async throws {
        let queue = InlineQueue(Stubborn.self)
        let id = try await queue.enqueue(Stubborn(snoozes: 5))
        await queue.advance(by: .seconds(3_000))
        #expect(await queue.attempts(of: id) == 6)
        #expect(await queue.state(of: id) == .scheduled)
    }

    @Test("a unique key stands for one job; another payload is refused, or may let it stay")
    func keys() async throws {
        let queue = InlineQueue(Invoice.self)
        let first = try await queue.enqueue(Invoice(number: 1), options: JobOptions(uniqueKey: "k"))
        #expect(try await queue.enqueue(Invoice(number: 1), options: JobOptions(uniqueKey: "k")) == first)
        await #expect(throws: Refusal.self) {
            try await queue.enqueue(Invoice(number: 2), options: JobOptions(uniqueKey: "k"))
        }
        let kept = JobOptions().unique("k", onConflict: .keepExisting)
        #expect(try await queue.enqueue(Invoice(number: 2), options: kept) == first)
    }

    @Test("the highest priority runs first")
    func priorities() async throws {
        let queue = InlineQueue(Invoice.self, Reminder.self)
        for priority in [1, 3, 2] {
            try await queue.enqueue(
                Invoice(number: priority, reminders: 1), options: JobOptions(priority: priority))
        }
        await queue.run()
        #expect(try await queue.jobs(Reminder.self).map(\.invoice) == [3, 2, 1])
    }
}

/// Notes who is called, in order.
private struct Noting: JobMiddleware {
    let name: String
    let notes: Notes

    func handle(_ context: JobContext, next: Next) async throws -> Outcome {
        notes.add("\(name) before \(context.kind)")
        let outcome = try await next(context)
        notes.add("\(name) after")
        return outcome
    }
}

private struct Closed: JobMiddleware {
    func handle(_ context: JobContext, next: Next) async throws -> Outcome {
        throw JobSignal.snooze(for: .seconds(60), reason: "closed for today")
    }
}

private final class Notes: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0 } }
    func add(_ note: String) { list.withLock { $0.append(note) } }
}

@Suite struct JobMiddlewareTests {
    @Test("middleware stands around the handler, the first outermost")
    func order() async throws {
        let notes = Notes()
        var registry = JobRegistry(Invoice.self)
        registry.use(Noting(name: "outer", notes: notes))
        registry.use(Noting(name: "inner", notes: notes))
        let queue = InlineQueue(registry)
        try await queue.enqueue(Invoice(number: 1))
        await queue.run()
        #expect(notes.all == ["outer before invoice", "inner before invoice", "inner after", "outer after"])
    }

    @Test("a middleware may keep a handler from running, and say what becomes of the attempt")
    func keepsOut() async throws {
        var registry = JobRegistry(Stubborn.self)
        registry.use(Closed())
        let queue = InlineQueue(registry)
        let id = try await queue.enqueue(Stubborn())
        await queue.run()
        #expect(await queue.state(of: id) == .scheduled)
        #expect(await queue.errors(of: id) == ["closed for today"])
    }
}
