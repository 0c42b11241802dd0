import KipCore
import Testing

@testable import KipWorker

/// The worker's protocol in virtual time.
@Suite struct WorkerMachineTests {
    /// A worker's machine and what it has said.
    private struct Desk {
        var machine: WorkerMachine
        var now: Int64 = 0
        var sent: [WireMessage] = []
        var stopped: [JobID] = []
        /// It starts nothing more.
        var isClosed = false
        /// What handlers were answered of what their jobs came after.
        var read: [ParentsAnswer?] = []
        /// It has left, for no fault.
        var hasLeft = false
        let id = JobID()
        var leased: LeasedWork?

        init(credit: Int32 = 1) {
            var hello = WireHello()
            hello.workerID = JobID().description
            hello.kinds = ["k"]
            hello.credit = credit
            machine = WorkerMachine(hello: hello, drainTimeout: 1_000, at: SteadyTime(milliseconds: 0))
        }

        mutating func tell(_ event: WorkerMachine.Event) {
            var actions: [WorkerMachine.Action] = []
            machine.handle(event, at: SteadyTime(milliseconds: now), into: &actions)
            for action in actions {
                switch action {
                case .send(let message): sent.append(message)
                case .stop(let id): stopped.append(id)
                case .parents(let answer, _): read.append(answer)
                case .close: isClosed = true
                case .leave(let error): hasLeft = error == nil
                default: continue
                }
            }
        }

        /// It greets, and the broker welcomes it to a session.
        mutating func greet(session: UInt64, heedsCredit: Bool = false) {
            tell(.tick)
            guard let hello = sent.last(where: { if case .hello = $0.header.body { true } else { false } }) else {
                return
            }
            var welcome = WireWelcome()
            welcome.session = session
            welcome.heartbeatSeconds = 3
            welcome.leaseSeconds = 15
            welcome.heedsCredit = heedsCredit
            tell(.message(WireMessage(.welcome(welcome), request: hello.header.request)))
        }

        /// It gets a job and has done it.
        mutating func work(session: UInt64) {
            take(session: session)
            finish()
        }

        mutating func take(session: UInt64) {
            var job = WireLeasedJob()
            job.id = id.description
            job.kind = "k"
            job.attempt = 1
            var work = WireWork()
            work.session = session
            work.jobs = [job]
            tell(.message(WireMessage(.work(work), payloads: [[]])))
            leased = try? LeasedWork(LeasedWords(job), payload: [], at: .now())
        }

        mutating func finish() {
            guard let leased else { return }
            tell(.finished([FinishedWork(leased, result: [], children: [])]))
        }

        var questions: [WireMessage] { sent.filter { if case .readParents = $0.header.body { true } else { false } } }

        mutating func ask() {
            tell(.read(ParentsRead(number: 7, job: id, attempt: 1, from: 0)))
        }

        var results: [WireMessage] { sent.filter { if case .results = $0.header.body { true } else { false } } }

        func stale(to message: WireMessage) -> WireMessage { answer(.stale, to: message) }

        func recorded(_ message: WireMessage) -> WireMessage { answer(.recorded, to: message) }

        private func answer(_ status: WireRecordStatus, to message: WireMessage) -> WireMessage {
            var result = WireRecordedResult()
            result.id = id.description
            result.attempt = 1
            result.status = status
            var recorded = WireRecorded()
            recorded.results = [result]
            return WireMessage(.recorded(recorded), request: message.header.request)
        }
    }

    @Test("“stale” to what was said before the last hello is void: the broker may have taken the job up again")
    func staleBeforeHello() throws {
        var desk = Desk()
        desk.greet(session: 1)
        desk.work(session: 1)
        let said = try #require(desk.results.last)
        // The broker forgot the session; the hello says what is held.
        desk.tell(.message(WireMessage(Refusal(.unknownSession, "?").wire, request: 0)))
        desk.tell(.tick)
        desk.tell(.message(desk.stale(to: said)))
        #expect(desk.machine.held == [desk.id: 1])
        desk.greet(session: 2)
        let again = try #require(desk.results.last)
        #expect(again.header.request > said.header.request)
        // In the session that followed, the word counts.
        desk.tell(.message(desk.stale(to: again)))
        #expect(desk.machine.held.isEmpty)
    }

    @Test("a question of what came before is asked again in the next session, and answered once")
    func asksAgain() throws {
        var desk = Desk()
        desk.greet(session: 1)
        desk.take(session: 1)
        desk.ask()
        desk.tell(.message(WireMessage(Refusal(.unknownSession, "?").wire, request: 0)))
        desk.greet(session: 2)
        #expect(desk.questions.count == 2)
        var results = WireParentResults()
        results.parents = [.with { $0.id = desk.id.description }]
        for question in desk.questions {
            desk.tell(
                .message(
                    WireMessage(.parentResults(results), request: question.header.request, payloads: [[1]])))
        }
        #expect(desk.read.map { $0?.parents.map(\.result) } == [[[1]]])
    }

    @Test("a handler whose job was taken from it is told so, and says nothing more of its progress")
    func voidQuestions() throws {
        var desk = Desk()
        desk.greet(session: 1)
        desk.take(session: 1)
        desk.ask()
        desk.tell(.progressed(ProgressReport(job: desk.id, attempt: 1)))
        let said = desk.sent.count
        var revoked = WireRevoked()
        revoked.jobs = [
            .with {
                $0.id = desk.id.description
                $0.attempt = 1
            }
        ]
        desk.tell(.message(WireMessage(.revoked(revoked))))
        #expect(desk.read == [nil])
        desk.ask()
        #expect(desk.read == [nil, nil])
        desk.tell(.progressed(ProgressReport(job: desk.id, attempt: 1)))
        #expect(desk.sent.count == said)
    }

    private func heartbeats(_ desk: Desk) -> [WireHeartbeat] {
        desk.sent.compactMap { if case .heartbeat(let beat) = $0.header.body { beat } else { nil } }
    }

    @Test("a worker that wants fewer jobs says so at once, one that wants more with its next heartbeat")
    func credit() {
        var desk = Desk(credit: 4)
        desk.greet(session: 1, heedsCredit: true)
        desk.tell(.credit(12))
        #expect(heartbeats(desk).isEmpty)
        desk.tell(.credit(2))
        #expect(heartbeats(desk).map(\.credit) == [2])
        desk.tell(.credit(3))
        #expect(heartbeats(desk).count == 1)
        desk.now += 3_100
        desk.tell(.tick)
        #expect(heartbeats(desk).map(\.credit) == [2, 3])
    }

    @Test("a broker of before is not told, as it would hand the same jobs out again")
    func creditBefore() {
        var desk = Desk()
        desk.greet(session: 1)
        #expect(!desk.machine.mayChangeCredit)
        desk.tell(.credit(1))
        #expect(heartbeats(desk).isEmpty)
    }

    @Test("what a handler says while the broker is away is said when it is back, before the result")
    func progressKept() throws {
        var desk = Desk()
        desk.greet(session: 1)
        desk.take(session: 1)
        desk.tell(.message(WireMessage(Refusal(.unknownSession, "?").wire, request: 0)))
        for number in 1...2 {
            var report = ProgressReport(job: desk.id, attempt: 1)
            report.fraction = Double(number) / 4
            report.lines = [(Timestamp(milliseconds: 0), "line \(number)")]
            desk.tell(.progressed(report))
        }
        desk.finish()
        let before = desk.sent.count
        desk.greet(session: 2)
        let said = desk.sent.dropFirst(before)
        let bodies = said.compactMap(\.header.body)
        let progress = try #require(
            bodies.firstIndex { if case .progress = $0 { true } else { false } })
        let results = try #require(bodies.firstIndex { if case .results = $0 { true } else { false } })
        #expect(progress < results)
        guard case .progress(let wire) = bodies[progress] else { return }
        #expect(wire.log.map(\.text) == ["line 1", "line 2"])
        #expect(wire.fraction == 0.5)
        #expect(wire.session == 2)
        // It is said once.
        desk.tell(.message(WireMessage(Refusal(.unknownSession, "?").wire, request: 0)))
        desk.greet(session: 3)
        #expect(desk.sent.count { if case .progress = $0.header.body { true } else { false } } == 1)
    }

    @Test("a worker without a place wants nothing, and is heard so")
    func wantsNothing() {
        var desk = Desk()
        desk.greet(session: 1, heedsCredit: true)
        desk.tell(.credit(0))
        #expect(heartbeats(desk).map(\.credit) == [-1])
    }

    @Test("a broker of before, after one that heeds, is told the full credit in a hello")
    func rolledBack() {
        var desk = Desk(credit: 8)
        desk.greet(session: 1, heedsCredit: true)
        desk.tell(.credit(2))
        desk.tell(.message(WireMessage(Refusal(.unknownSession, "?").wire, request: 0)))
        desk.greet(session: 2)
        // It was welcomed to a small credit, and greets once more.
        #expect(desk.machine.session == nil)
        desk.greet(session: 3)
        #expect(desk.machine.session == 3)
        let hellos = desk.sent.compactMap { if case .hello(let hello) = $0.header.body { hello.credit } else { nil } }
        #expect(hellos == [8, 2, 8])
    }

    @Test("what the socket did not take is kept, too, and said again in the same session")
    func progressUnsent() {
        var desk = Desk()
        desk.greet(session: 1)
        desk.take(session: 1)
        var report = ProgressReport(job: desk.id, attempt: 1)
        report.lines = [(Timestamp(milliseconds: 0), "a line")]
        desk.tell(.progressed(report))
        guard let message = desk.sent.last else { return }
        desk.tell(.unsent(message))
        #expect(desk.machine.session == 1)
        desk.now += 500
        desk.tell(.tick)
        guard case .progress(let again)? = desk.sent.last?.header.body else {
            Issue.record("it is not said again: \(desk.sent)")
            return
        }
        #expect(again.log.map(\.text) == ["a line"])
        #expect(again.fraction == -1)
    }

    @Test(
        "a broker's word to drain is as good as SIGTERM: what runs finishes, then the worker says goodbye and ends well"
    )
    func drained() throws {
        var desk = Desk()
        desk.greet(session: 1)
        desk.take(session: 1)
        desk.tell(.message(WireMessage(.drain(WireDrain()))))
        #expect(desk.isClosed)
        guard case .heartbeat(let beat)? = desk.sent.last?.header.body else {
            Issue.record("it does not say that it drains: \(desk.sent)")
            return
        }
        #expect(beat.draining)
        desk.tell(.tick)
        #expect(!desk.hasLeft)
        desk.finish()
        let said = try #require(desk.results.last)
        desk.tell(.message(desk.recorded(said)))
        desk.tell(.tick)
        desk.tell(.tick)
        #expect(desk.hasLeft)
        #expect(desk.sent.contains { if case .goodbye = $0.header.body { true } else { false } })
        // Said twice, it changes nothing.
        desk.tell(.message(WireMessage(.drain(WireDrain()))))
        #expect(desk.hasLeft)
    }

    @Test("a worker that leaves before its welcome says goodbye all the same: its hello may have been heard")
    func leavesUnwelcomed() throws {
        var desk = Desk()
        desk.tell(.tick)
        desk.tell(.drain)
        desk.tell(.tick)
        desk.tell(.tick)
        #expect(desk.hasLeft)
        guard case .goodbye(let goodbye)? = desk.sent.last?.header.body else {
            Issue.record("no goodbye: \(desk.sent)")
            return
        }
        #expect(goodbye.session == 0)
        #expect(goodbye.workerID == desk.machine.hello.workerID)
    }

    @Test("a refusal of what was said anew since does not end the session: heartbeats go on")
    func oldRefusal() {
        var desk = Desk()
        desk.greet(session: 1)
        desk.tell(.message(WireMessage(Refusal(.storage, "full").wire, request: 99)))
        #expect(desk.machine.session == 1)
        desk.now += 3_100
        desk.tell(.tick)
        #expect(desk.sent.contains { if case .heartbeat = $0.header.body { true } else { false } })
    }

    @Test("a refusal that is not the result's fault keeps the result, asks anew after a while, and does not flood")
    func forbidden() throws {
        var desk = Desk()
        desk.greet(session: 1)
        desk.work(session: 1)
        let said = try #require(desk.results.last)
        desk.tell(.message(WireMessage(Refusal(.forbidden, "revoked").wire, request: said.header.request)))
        for _ in 0..<10 { desk.tell(.tick) }
        #expect(desk.results.count == 1)
        desk.now += 2_500
        desk.greet(session: 2)
        guard case .results(let results)? = desk.results.last?.header.body else { return }
        #expect(desk.results.count == 2)
        #expect(results.results.map(\.outcome) == [.succeeded])
    }
}
