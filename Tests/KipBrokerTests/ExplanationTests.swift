import KipCore
import KipStore
import Testing

@testable import KipBroker

/// “Why is my job not running?”: the first reason that the broker gives in each situation.
@Suite struct ExplanationTests {
    struct Situation: Sendable, CustomTestStringConvertible {
        var name: String
        /// What the first reason says, `ID` standing for the job and `OTHER` for the other one.
        var reason: String
        /// Brings it about.
        /// - Returns: the job, and another one that the reason names.
        var make: @Sendable (StoreHarness) throws -> (id: String, other: String)

        var testDescription: String { name }

        init(_ name: String, _ reason: String, _ make: @escaping @Sendable (StoreHarness) throws -> (String, String)) {
            self.name = name
            self.reason = reason
            self.make = make
        }
    }

    static let waiting: [Situation] = [
        Situation("held", "it waits for its release by a person: kip jobs release ID") { house in
            (house.enqueue { $0.conditions.hold = true }, "")
        },
        Situation("scheduled", "its time has not come: not before 2023-11-14T22:14:20Z") { house in
            (house.enqueue { $0.delayMs = 60_000 }, "")
        },
        Situation("backoff", "attempt 1 ended (failed); the next one begins at 2023-11-14T22:13:25Z") { house in
            house.hello()
            let id = house.enqueue()
            house.fail(id, after: 5_000)
            return (id, "")
        },
        Situation("snoozed", "attempt 1 ended (snoozed); the next one begins at 2023-11-14T22:13:25Z") { house in
            house.hello()
            let id = house.enqueue()
            house.snooze(id, milliseconds: 5_000)
            return (id, "")
        },
        Situation("blocked by a parent", "it comes after a job that has not ended: OTHER (other, available)") { house in
            let parent = house.enqueue("other")
            return (house.enqueue { $0.conditions.after = [parent] }, parent)
        },
        Situation("blocked by many", "OTHER (other, available) and 2 more") { house in
            let parents = (0..<5).map { _ in house.enqueue("other") }
            return (house.enqueue { $0.conditions.after = parents }, parents[2])
        },
        Situation("blocked by its key", "all places of the concurrency key “x” are taken: OTHER (running)") { house in
            house.hello()
            let first = house.enqueue { $0.conditions.concurrencyKey = "x" }
            return (house.enqueue { $0.conditions.concurrencyKey = "x" }, first)
        },
        Situation("uncertain", "nobody knows whether the effect “mail/1” happened") { house in
            house.hello()
            let id = house.enqueue()
            house.beginEffect("mail/1", in: id)
            house.fail(id)
            return (id, "")
        },
        Situation("quarantined", "its worker was lost once; a person decides") { house in
            house.hello()
            let id = house.enqueue { $0.onWorkerLost = .quarantine }
            house.workers["w"] = nil
            house.pass(milliseconds: 2_000_000_000_000)
            return (id, "")
        },
    ]

    static let available: [Situation] = [
        Situation("paused queue", "the queue “default” is paused by Ánh since 2023-11-14T22:13:20Z") { house in
            house.control(.queue, "default") { $0.paused = true }
            return (house.enqueue(), "")
        },
        Situation("paused kind", "the kind “k” is paused by Ánh since 2023-11-14T22:13:20Z") { house in
            house.control(.kind, "k") { $0.paused = true }
            return (house.enqueue(), "")
        },
        Situation("rate", "has begun its 1 job in 1 m; the next one begins at 2023-11-14T22:14:20Z") { house in
            house.hello()
            house.control(.queue, "default") { $0.rate = 1 }
            house.enqueue()
            return (house.enqueue(), "")
        },
        Situation("concurrency", "the queue “default” has its limit of 1 job running at once") { house in
            house.hello()
            house.control(.queue, "default") { $0.concurrency = 1 }
            house.enqueue()
            return (house.enqueue(), "")
        },
        Situation("no worker for the kind", "no connected worker takes the kind “rare”") { house in
            house.hello()
            return (house.enqueue("rare"), "")
        },
        Situation("no worker for the queue", "no connected worker serves the queue “far”") { house in
            house.hello()
            return (house.enqueue(queue: "far"), "")
        },
        Situation("all busy", "every worker that could run it is busy: 1 worker holds 1 job") { house in
            house.hello(credit: 1)
            house.enqueue()
            return (house.enqueue(), "")
        },
        Situation("draining", "every worker that could run it is draining or out of reach") { house in
            house.hello()
            house.heartbeat(draining: true)
            return (house.enqueue(), "")
        },
    ]

    static let begun: [Situation] = [
        Situation("running", "attempt 1 runs on worker “w” (OTHER), heard 60 s ago") { house in
            house.hello()
            let id = house.enqueue()
            house.pass(seconds: 60)
            return (id, house.workers["w"]?.hello.workerID ?? "")
        },
        Situation("succeeded", "it has succeeded, in attempt 1") { house in
            house.hello()
            let id = house.enqueue()
            house.finish(id)
            return (id, "")
        },
        Situation("dead", "it is a dead letter after 1 failure, the most that it may have: boom") { house in
            house.hello()
            let id = house.enqueue { $0.maxAttempts = 1 }
            house.fail(id, "boom")
            return (id, "")
        },
        Situation("dead, as it was too late", "it is a dead letter after 1 of 20 failures: too late to try again: boom")
        {
            house in
            house.hello()
            let id = house.enqueue { $0.conditions.expiresAtMs = house.now.milliseconds + 1_000 }
            house.fail(id, "boom", after: 5_000)
            return (id, "")
        },
        Situation("discarded", "it was discarded in attempt 1: no address") { house in
            house.hello()
            let id = house.enqueue()
            house.discard(id, "no address")
            return (id, "")
        },
        Situation("expired", "it was not begun in time: not after 2023-11-14T22:13:21Z") { house in
            let id = house.enqueue { $0.conditions.expiresAtMs = house.now.milliseconds + 1_000 }
            house.pass(seconds: 2)
            return (id, "")
        },
        Situation("cancelled", "it was cancelled by Ánh") { house in
            let id = house.enqueue()
            house.cancel([id])
            return (id, "")
        },
        Situation("cancelled after a failure", "it was cancelled by Ánh") { house in
            house.hello()
            let id = house.enqueue()
            house.fail(id, "no address", after: 5_000)
            house.cancel([id])
            return (id, "")
        },
        Situation("cancelled with its parent", "it was cancelled: job OTHER, which it came after, is dead") { house in
            house.hello()
            let parent = house.enqueue()
            let id = house.enqueue { $0.conditions.after = [parent] }
            house.discard(parent)
            return (id, parent)
        },
        Situation("yielded", "it was cancelled: another job has taken its unique key") { house in
            let id = house.enqueue(payload: "a") { $0.uniqueKey = "x" }
            house.enqueue(payload: "b") { job in
                job.uniqueKey = "x"
                job.keyConflict = .replacePending
            }
            return (id, "")
        },
    ]

    @Test("the first reason", arguments: waiting + available + begun)
    func reasons(situation: Situation) throws {
        let house = try StoreHarness()
        let (id, other) = try situation.make(house)
        let expected = situation.reason.replacing("ID", with: id).replacing("OTHER", with: other)
        let reason = try house.explain(id).reasons.first ?? ""
        #expect(reason.contains(expected))
    }

    @Test("what several reasons hold up has them all, what is closed first")
    func several() throws {
        let house = try StoreHarness()
        house.control(.queue, "default") { $0.paused = true }
        house.control(.kind, "k") { $0.paused = true }
        let reasons = try house.explain(house.enqueue()).reasons
        #expect(reasons.count == 3)
        #expect(reasons.last == "no connected worker serves the queue “default”")
    }

    @Test("it names parents and children, twenty of each, and the attempts")
    func relatives() throws {
        let house = try StoreHarness()
        house.hello(credit: 100)
        let parents = (0..<25).map { _ in house.enqueue() }
        let id = house.enqueue { $0.conditions.after = parents }
        let child = house.enqueue { $0.conditions.after = [id] }
        for parent in parents { house.finish(parent) }
        house.fail(id, "boom", after: 5_000)
        let explanation = try house.explain(id)
        #expect(explanation.parents.map(\.id) == Array(parents.prefix(20)))
        #expect(explanation.children.map(\.id) == [child])
        #expect(explanation.attempts.map(\.error) == ["boom"])
    }
}
