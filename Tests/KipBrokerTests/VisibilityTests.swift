import Foundation
import KipCore
import KipStore
import Testing

@testable import KipBroker

/// What a key with limits sees: ids and contents of its own kinds and queues, and nothing of others.
@Suite struct VisibilityTests {
    private let house: StoreHarness
    private let other: String

    init() throws {
        house = try StoreHarness()
        house.identities = [
            "a": Self.identity("desk-a", .producer, kinds: ["a"]),
            "b": Self.identity("desk-b", .producer, kinds: ["b"]),
            "mail": Self.identity("desk-mail", .producer, queues: ["mail"]),
            "pool-a": Self.identity("pool-a", .worker, kinds: ["a"]),
        ]
        other =
            Self.send(house, "b", kind: "b", payload: "secret") { $0.uniqueKey = "guessed" }.enqueued.first?.id ?? ""
    }

    private static func identity(
        _ name: String, _ role: Rights.Role, kinds: [String] = [], queues: [String] = []
    ) -> PeerIdentity {
        PeerIdentity(Rights(name: name, key: "key of \(name)", role: role, kinds: kinds, queues: queues))
    }

    private static func send(
        _ house: StoreHarness, _ name: String, kind: String, queue: String = "", payload: String = "",
        edit: (inout WireNewJob) -> Void
    ) -> [WireMessage] {
        var enqueue = WireEnqueue()
        enqueue.jobs = [StoreHarness.job(kind, queue: queue, edit: edit)]
        return [house.ask(.enqueue(enqueue), payloads: [Array(payload.utf8)], from: name)].compactMap { $0 }
    }

    private func send(
        _ name: String, kind: String, queue: String = "", payload: String = "",
        edit: (inout WireNewJob) -> Void = { _ in }
    ) -> [WireMessage] { Self.send(house, name, kind: kind, queue: queue, payload: payload, edit: edit) }

    private func text(_ messages: [WireMessage]) -> String {
        for case .error(let refused)? in messages.map(\.header.body) { return refused.message }
        return ""
    }

    @Test("a unique key of another kind is taken, and nothing says whose it is, however the conflict is to be settled")
    func uniqueKeys() {
        for conflict in [WireNewJob.KeyConflict.refuse, .keepExisting, .reject, .replacePending] {
            let answer = send("a", kind: "a") { job in
                job.uniqueKey = "guessed"
                job.keyConflict = conflict
            }
            #expect(answer.refusals == [Refusal.Code.keyTaken.rawValue], "\(conflict)")
            #expect(!text(answer).contains(other))
            #expect(answer.enqueued.isEmpty)
        }
        // Its owner is told, as before.
        #expect(send("b", kind: "b", payload: "secret") { $0.uniqueKey = "guessed" }.enqueued.map(\.id) == [other])
        #expect(text(send("b", kind: "b", payload: "x") { $0.uniqueKey = "guessed" }).contains(other))
        // The same job in a queue that the key may not see.
        let mail = send("mail", kind: "b", queue: "mail", payload: "secret") { $0.uniqueKey = "guessed" }
        #expect(mail.refusals == [Refusal.Code.keyTaken.rawValue])
        #expect(!text(mail).contains(other))
    }

    @Test("a job of another kind is as good as not there: shown, asked for, or named as a parent")
    func ids() {
        var show = WireShowJob()
        show.id = other
        var absent = WireShowJob()
        absent.id = JobID().description
        func answer(_ show: WireShowJob, _ name: String) -> WireHeader.OneOf_Body? {
            house.ask(.showJob(show), from: name)?.header.body
        }
        guard case .error(let hidden)? = answer(show, "a"), case .error(let missing)? = answer(absent, "a") else {
            Issue.record("it is shown")
            return
        }
        #expect(hidden == missing)
        guard case .jobDetail? = answer(show, "b") else {
            Issue.record("it is not shown to its own producer")
            return
        }
        var states = WireStates()
        states.ids = [other]
        for (name, expected) in [("a", WireState.unspecified), ("b", .available), ("client", .available)] {
            guard case .stateList(let list)? = house.ask(.states(states), from: name)?.header.body else {
                Issue.record("no states")
                continue
            }
            #expect(list.states == [expected], "\(name)")
        }
        let child = send("a", kind: "a") { $0.conditions.after = [other] }
        #expect(child.refusals == [Refusal.Code.notFound.rawValue])
        #expect(send("b", kind: "b") { $0.conditions.after = [other] }.enqueued.count == 1)
    }

    @Test(
        "a worker's children may share keys with jobs of any kind in its queues, so that a second attempt makes them again"
    )
    func children() throws {
        house.hello("pool-a", kinds: ["a"])
        for _ in 0..<2 {
            _ = send("a", kind: "a")
            let job = try #require(house.begun.last).job
            _ = house.report(job.id, .succeeded, children: [StoreHarness.job("b") { $0.uniqueKey = "family" }])
            let state = try house.store?.answer(.states([try #require(JobID(job.id))])).states
            #expect(state == [.succeeded])
        }
    }

    @Test("a worker's child replaces no job that its key may not see, and its error does not say which that is")
    func childrenReplaceNothing() throws {
        house.hello("pool-a", kinds: ["a"])
        let waiting =
            send("b", kind: "b", payload: "theirs") {
                $0.uniqueKey = "reminder"
                $0.delayMs = 60_000
            }.enqueued.first?.id ?? ""
        for conflict in [WireNewJob.KeyConflict.replacePending, .refuse, .reject] {
            _ = send("a", kind: "a")
            let job = try #require(house.begun.last).job
            let child = StoreHarness.job("b") {
                $0.uniqueKey = "reminder"
                $0.keyConflict = conflict
            }
            _ = house.report(job.id, .succeeded, children: [child])
            let ended = try house.show(job.id).detail.job
            #expect(ended.state == .dead && !ended.error.contains(waiting), "\(ended.error)")
            #expect(try house.show(waiting).detail.job.state == .scheduled)
        }
        // The very same job shares the key all the same.
        _ = send("a", kind: "a")
        let job = try #require(house.begun.last).job
        let child = StoreHarness.job("b") {
            $0.uniqueKey = "reminder"
            $0.keyConflict = .replacePending
        }
        _ = house.report(job.id, .succeeded, children: [child], childPayload: Array("theirs".utf8))
        #expect(try house.show(job.id).detail.job.state == .succeeded)
    }

    @Test("kinds that a producer asks after name neither workers nor queues that are none of its own")
    func kinds() {
        house.hello(
            "secret worker", kinds: ["a"], queues: ["default", "hidden"],
            options: [
                .with {
                    $0.kind = "a"; $0.example = "{}"
                }
            ])
        house.identities["narrow"] = Self.identity("narrow", .producer, kinds: ["a"], queues: ["default"])
        var list = WireListKinds()
        list.kinds = ["a"]
        guard case .kindList(let told)? = house.ask(.listKinds(list), from: "narrow")?.header.body else {
            Issue.record("no list")
            return
        }
        #expect(told.kinds.map(\.queues) == [["default"]])
        #expect(told.kinds.allSatisfy { $0.optionsBy.isEmpty && $0.workers.isEmpty && $0.options.saidByKey.isEmpty })
    }

    @Test("a worker's children come after no job that its key may not see: their handlers would read its result")
    func childrenAfterOthers() throws {
        house.hello("pool-a", kinds: ["a"])
        _ = send("a", kind: "a")
        let job = try #require(house.begun.last).job
        _ = house.report(job.id, .succeeded, children: [StoreHarness.job("a") { $0.conditions.after = [other] }])
        let ended = try house.show(job.id).detail.job
        #expect(ended.state == .dead && ended.error.contains("a job that it made was refused"), "\(ended)")
        #expect(house.list { $0.kind = "a" }.jobs.map(\.id) == [job.id])
        // Of what it makes itself any kind may come after any.
        let (first, second) = (StoreHarness.job("b"), StoreHarness.job("c"))
        var after = second
        after.conditions.after = [first.id]
        _ = send("a", kind: "a")
        let next = try #require(house.begun.last { $0.job.id != job.id }).job
        _ = house.report(next.id, .succeeded, children: [first, after])
        #expect(try house.show(after.id).detail.job.id == after.id)
    }

    @Test("overview and worker list tell a key with limits of its own queues, kinds and workers; no session is listed")
    func lists() {
        house.hello("w-b", kinds: ["b", "a"], queues: ["default", "mail"])
        house.hello("w-c", kinds: ["c"])
        house.hello("pool-a", kinds: ["a"])
        func workers(_ name: String) -> [WireWorker] {
            guard case .workerList(let list)? = house.ask(.listWorkers(WireListWorkers()), from: name)?.header.body
            else { return [] }
            return list.workers
        }
        #expect(workers("client").map(\.name) == ["w-b", "w-c", "pool-a"])
        #expect(workers("client").allSatisfy { $0.session == 0 })
        #expect(workers("pool-a").map(\.name) == ["w-b", "pool-a"])
        #expect(workers("pool-a").map(\.kinds) == [["a"], ["a"]])
        func overview(_ name: String) -> WireOverview? {
            guard case .overview(let overview)? = house.ask(.readOverview(WireReadOverview()), from: name)?.header.body
            else { return nil }
            return overview
        }
        house.enqueue("a", queue: "elsewhere")
        house.enqueue("c", queue: "secret")
        #expect(overview("client")?.workers == 3)
        #expect(overview("pool-a")?.workers == 2)
        #expect(overview("client")?.lines.map(\.queue).contains("secret") == true)
        #expect(overview("mail")?.lines.map(\.queue).contains("secret") == false)
    }
}

extension Answer {
    fileprivate var states: [JobState?] { if case .states(let states) = self { states } else { [] } }
}
