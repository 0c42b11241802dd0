import KipCore
import KipStore
import Testing

@testable import KipBroker

/// What workers say of their kinds, and for which jobs it counts.
@Suite struct KindOptionsTests {
    private static func said(
        _ kind: String = "k", _ edit: (inout WireJobOptions) -> Void = { _ in }
    ) -> WireKindOptions {
        var said = WireKindOptions()
        said.kind = kind
        edit(&said.options)
        return said
    }

    private static let careful = said {
        $0.maxAttempts = 3
        $0.timeoutMs = 5_000
        $0.priority = 7
        $0.onWorkerLost = .quarantine
        $0.withinMs = 60_000
        $0.concurrencyKey = "one"
        $0.keepMs = 1_000
    }

    @Test("options of a kind count for a producer that is silent, option by option")
    func silent() throws {
        let harness = try StoreHarness()
        harness.hello(options: [Self.careful])
        let silent = harness.enqueue()
        let job = try harness.show(silent).detail.job
        #expect(job.maxAttempts == 3)
        #expect(job.timeoutMs == 5_000)
        #expect(job.priority == 7)
        #expect(job.deadlineMs == harness.now.milliseconds + 60_000)
        #expect(job.concurrencyKey == "one")
        #expect(harness.begun.map(\.job.timeoutMs) == [5_000])
        let says = harness.enqueue {
            $0.maxAttempts = 9
            $0.timeoutMs = 1
            $0.priority = -1
            $0.conditions.concurrencyKey = "other"
        }
        let other = try harness.show(says).detail.job
        #expect([other.maxAttempts, Int32(other.timeoutMs), other.priority] == [9, 1, -1])
        #expect(other.concurrencyKey == "other")
        #expect(other.deadlineMs == harness.now.milliseconds + 60_000)
    }

    @Test("a producer that says so has the queue's own defaults; another kind has them anyway")
    func ignored() throws {
        let harness = try StoreHarness()
        harness.hello(kinds: ["k", "plain"], options: [Self.careful])
        for id in [harness.enqueue { $0.ignoresKindOptions = true }, harness.enqueue("plain")] {
            let job = try harness.show(id).detail.job
            #expect(job.maxAttempts == Int32(Limits.maxAttempts))
            #expect([Int64(job.priority), job.timeoutMs, job.deadlineMs] == [0, 0, 0])
        }
    }

    @Test("a kind's queue and delay count, unless the job says a queue or a time")
    func queueAndDelay() throws {
        let harness = try StoreHarness()
        harness.hello(
            queues: ["mail", "default"],
            options: [
                Self.said {
                    $0.queue = "mail"
                    $0.delayMs = 1_000
                }
            ])
        let silent = try harness.show(harness.enqueue()).detail.job
        #expect(silent.queue == "mail")
        #expect(silent.runAtMs == harness.now.milliseconds + 1_000)
        let says = try harness.show(
            harness.enqueue(queue: "default") { $0.runAtMs = harness.now.milliseconds + 5 }
        ).detail.job
        #expect(says.queue == "default")
        #expect(says.runAtMs == harness.now.milliseconds + 5)
    }

    @Test("they are on disk: they count after a restart, before any worker is back")
    func durable() throws {
        let harness = try StoreHarness()
        harness.hello(options: [Self.careful])
        try harness.restartWithoutWorkers()
        #expect(try harness.show(harness.enqueue()).detail.job.maxAttempts == 3)
    }

    @Test("they count for children of handlers and for firings of schedules, which say otherwise if they like")
    func childrenAndSchedules() throws {
        let harness = try StoreHarness()
        harness.hello(kinds: ["parent"], options: [])
        harness.hello("other", kinds: ["elsewhere"], queues: ["elsewhere"])
        // Of a kind that this worker runs, in a queue that it does not serve: nothing begins.
        harness.hello("third", kinds: ["k"], queues: ["elsewhere"], options: [Self.careful])
        let parent = harness.enqueue("parent")
        let child = StoreHarness.job()
        harness.report(parent, .succeeded, children: [child])
        #expect(try harness.show(child.id).detail.job.maxAttempts == 3)

        var schedule = WireSchedule()
        schedule.name = "minute"
        schedule.cron = "* * * * *"
        schedule.kind = "k"
        schedule.options.timeoutMs = 250
        var apply = WireApplySchedules()
        apply.schedules = [schedule]
        harness.ask(.applySchedules(apply))
        harness.pass(seconds: 61)
        let fired = try #require(harness.list { $0.kind = "k" }.jobs.first { $0.uniqueKey.hasPrefix("schedule/") })
        #expect(fired.maxAttempts == 3)
        #expect(fired.timeoutMs == 250)
    }

    @Test("the newest hello counts, with a note for the log; a hello without options takes back what was said")
    func newest() throws {
        let harness = try StoreHarness()
        harness.hello("old", options: [Self.careful])
        harness.hello("new", options: [Self.said { $0.maxAttempts = 5 }])
        #expect(harness.notes.contains(.kindChanged(kind: "k", by: "new", before: "old")))
        #expect(try harness.show(harness.enqueue()).detail.job.maxAttempts == 5)
        harness.hello("same", options: [Self.said { $0.maxAttempts = 5 }])
        #expect(harness.notes.count { if case .kindChanged = $0 { true } else { false } } == 1)
        // A worker of an earlier release says nothing of its kinds.
        harness.hello("silent")
        #expect(try harness.show(harness.enqueue()).detail.job.maxAttempts == 5)
        harness.hello("plain", options: [Self.said()])
        #expect(try harness.show(harness.enqueue()).detail.job.maxAttempts == Int32(Limits.maxAttempts))
        try harness.restartWithoutWorkers()
        #expect(try harness.show(harness.enqueue()).detail.job.maxAttempts == Int32(Limits.maxAttempts))
    }

    @Test("of a worker whose key is limited to queues they count there alone, and change nothing that others said")
    func limitedKey() throws {
        func key(_ name: String, queues: [String]) -> PeerIdentity {
            PeerIdentity(Rights(name: name, key: name, role: .worker, kinds: [], queues: queues))
        }
        let harness = try StoreHarness()
        harness.identities = ["mail": key("mail", queues: ["mail"]), "print": key("print", queues: ["print"])]
        func attempts(_ queue: String) throws -> Int32 {
            try harness.show(harness.enqueue(queue: queue)).detail.job.maxAttempts
        }
        harness.hello("mail", queues: ["mail"], options: [Self.said { $0.maxAttempts = 4 }])
        #expect(try [attempts("mail"), attempts("print"), attempts("")] == [4, 20, 20])
        harness.hello("print", queues: ["print"], options: [Self.said { $0.maxAttempts = 5 }])
        #expect(harness.notes.contains(.kindOfOthers(kind: "k", by: "print", said: "mail")))
        #expect(try [attempts("mail"), attempts("print")] == [4, 20])
        // What a hello claims for itself does not count.
        harness.hello(
            "mail", queues: ["mail"],
            options: [
                Self.said {
                    $0.maxAttempts = 6
                }
            ].map { said in
                var said = said
                said.queues = ["print"]
                return said
            })
        #expect(try [attempts("mail"), attempts("print")] == [6, 20])
        harness.hello("free", options: [Self.said { $0.maxAttempts = 7 }])
        harness.hello("mail", queues: ["mail"], options: [Self.said { $0.maxAttempts = 8 }])
        #expect(try [attempts("mail"), attempts("print"), attempts("")] == [7, 7, 7])
    }

    @Test("one key says the options of so many kinds, and no more; others still can")
    func perKey() throws {
        let harness = try StoreHarness { $0.knownKinds = 100_000 }
        harness.identities = [
            "greedy": PeerIdentity(Rights(name: "greedy", key: "g", role: .worker)),
            "honest": PeerIdentity(Rights(name: "honest", key: "h", role: .worker)),
        ]
        for round in 0..<3 {
            let kinds = (0..<1_000).map { "kind-\(round)-\($0)" }
            harness.hello("greedy", kinds: kinds, options: kinds.map { kind in Self.said(kind) { $0.maxAttempts = 2 } })
        }
        #expect(harness.core.kinds.count == Limits.kindsPerKey)
        harness.hello("honest", options: [Self.said { $0.maxAttempts = 3 }])
        #expect(try harness.show(harness.enqueue()).detail.job.maxAttempts == 3)
        try harness.restartWithoutWorkers()
        harness.hello("greedy", kinds: ["one more"], options: [Self.said("one more") { $0.maxAttempts = 2 }])
        #expect(harness.core.kinds["one more"] == nil)
    }

    @Test("options that could not be written are taken back, and the worker has to say them again")
    func notWritten() throws {
        let harness = try StoreHarness()
        harness.hello()
        harness.isDiskSlow = true
        var hello = try #require(harness.workers["w"]).hello
        hello.kindOptions = [Self.careful]
        harness.workers["w"]?.hello = hello
        harness.returns("w")
        harness.failWrites()
        harness.isDiskSlow = false
        #expect(try harness.show(harness.enqueue()).detail.job.maxAttempts == Int32(Limits.maxAttempts))
        var beat = WireHeartbeat()
        beat.workerID = hello.workerID
        beat.session = try #require(harness.workers["w"]).session
        #expect([harness.ask(.heartbeat(beat), from: "w")].compactMap { $0 }.refusals == ["unknown-session"])
        harness.returns("w")
        #expect(try harness.show(harness.enqueue()).detail.job.maxAttempts == 3)
    }

    @Test(
        "options out of range, or of a kind that the hello does not declare, refuse the hello",
        arguments: [
            said("other"), said { $0.maxAttempts = -1 }, said { $0.timeoutMs = .min }, said { $0.delayMs = .max },
            said { $0.priority = 1_001 }, said { $0.queue = "a\u{0}b" }, said { $0.concurrency = 2 },
            said {
                $0.delayMs = 10
                $0.expiresMs = 5
            },
        ])
    func refused(said: WireKindOptions) throws {
        let harness = try StoreHarness()
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["k"]
        hello.credit = 1
        hello.kindOptions = [said]
        let answer = try #require(harness.ask(.hello(hello), from: "w"))
        #expect([answer].refusals == ["invalid"])
        #expect(harness.core.kindDefaults.isEmpty)
    }

    @Test("of more kinds than are kept nothing is kept, and the log says so; the worker works all the same")
    func tooMany() throws {
        let harness = try StoreHarness { $0.knownKinds = 1 }
        harness.hello(
            kinds: ["k", "l"],
            options: ["k", "l"].map { kind in Self.said(kind) { $0.maxAttempts = 2 } })
        #expect(harness.notes.contains(.tooManyKinds(kind: "l", by: "w")))
        #expect(try harness.show(harness.enqueue("k")).detail.job.maxAttempts == 2)
        #expect(try harness.show(harness.enqueue("l")).detail.job.maxAttempts == Int32(Limits.maxAttempts))
        #expect(harness.begun.count == 2)
    }

    @Test("a worker's key speaks of queues that it may serve only")
    func rights() throws {
        let rights = Rights(name: "w", key: "k", role: .worker, kinds: ["k"], queues: ["mail"])
        var hello = WireHello()
        hello.kinds = ["k"]
        hello.queues = ["mail"]
        hello.kindOptions = [Self.said { $0.queue = "mail" }]
        #expect(throws: Never.self) { try rights.check(WireMessage(.hello(hello))) }
        hello.kindOptions = [Self.said { $0.queue = "elsewhere" }]
        #expect(throws: Refusal.self) { try rights.check(WireMessage(.hello(hello))) }
    }

    @Test("what a kind says moves no job of a key that may fill certain queues only", arguments: [false, true])
    func restrictedProducer(asPlainJobs: Bool) throws {
        let rights = Rights(name: "desk", key: "k", role: .producer, kinds: [], queues: ["default"])
        let form = JobOptions().form(id: JobID(), kind: "k")
        var message =
            asPlainJobs
            ? WireMessage(enqueuing: [form], payloads: [[]])
            : WireMessage(.enqueue(.with { $0.jobs = [form.wire] }), payloads: [[]])
        rights.nameQueues(in: &message)
        guard case .enqueue(let enqueue) = message.header.body else { throw Refusal(.invalid, "another message") }
        #expect(enqueue.jobs.map(\.queue) == ["default"])
        #expect(message.payloads.count == 1)
    }

    @Test("what waits and no worker takes is told, and by whom a kind is served")
    func unserved() throws {
        let harness = try StoreHarness()
        harness.hello(options: [Self.careful])
        harness.enqueue("lost")
        harness.enqueue("k", queue: "nowhere")
        guard case .overview(let overview)? = harness.ask(.readOverview(WireReadOverview()))?.header.body,
            case .kindList(let list)? = harness.ask(.listKinds(WireListKinds()))?.header.body
        else { throw Refusal(.invalid, "no answer") }
        #expect(overview.unserved.map(\.kind) == ["lost", "k"])
        #expect(overview.unserved.map(\.queue) == ["default", "nowhere"])
        #expect(list.kinds.map(\.name) == ["k", "lost"])
        #expect(list.kinds.map(\.workerCount) == [1, 0])
        #expect(list.kinds[0].workers == ["w"])
        #expect(list.kinds[0].options.options.maxAttempts == 3)
        #expect(list.kinds.map(\.waiting) == [1, 1])
        // Asked by name: no names of workers.
        var some = WireListKinds()
        some.kinds = ["k"]
        guard case .kindList(let answer)? = harness.ask(.listKinds(some))?.header.body else {
            throw Refusal(.invalid, "no answer")
        }
        #expect(answer.kinds.map(\.workers) == [[]])
        #expect(answer.kinds.map(\.queues) == [["default"]])
    }
}
