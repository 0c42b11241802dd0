import KipCore
import Testing

@testable import KipClient

/// The client's protocol in virtual time.
@Suite struct ClientMachineTests {
    /// A client, and what it has wanted so far.
    private struct Desk {
        var machine = ClientMachine(endpoint: "tcp://broker", timeout: 10_000)
        var now: Int64 = 0
        var sent: [WireMessage] = []
        var answers: [UInt64: ClientMachine.Answer] = [:]
        var enqueued: [UInt64: Result<EnqueuedJob, KipClientError>] = [:]

        mutating func tell(_ event: ClientMachine.Event) {
            var actions: [ClientMachine.Action] = []
            machine.handle(event, at: SteadyTime(milliseconds: now), into: &actions)
            for action in actions {
                switch action {
                case .send(let message): sent.append(message)
                case .answer(let answer, let caller): answers[caller] = answer
                case .enqueued(let result, let caller): enqueued[caller] = result
                }
            }
        }

        mutating func ask(_ body: WireHeader.OneOf_Body, caller: UInt64, repeatable: Bool = true) {
            let question = ClientMachine.Question(
                caller: caller, WireMessage(body), repeatable: repeatable,
                deadline: SteadyTime(milliseconds: now + 10_000))
            tell(.asked([question], []))
        }

        /// - Returns: the ids of the jobs, in order.
        mutating func enqueue(_ callers: [UInt64]) -> [JobID] {
            let ids = callers.map { _ in JobID() }
            let jobs = zip(callers, ids).map { caller, id in
                ClientMachine.SingleJob(
                    caller: caller, JobOptions().form(id: id, kind: "k"), payload: [1],
                    deadline: SteadyTime(milliseconds: now + 10_000))
            }
            tell(.asked([], jobs))
            return ids
        }

        /// Lets time pass in the steps of the client's thread.
        mutating func pass(_ milliseconds: Int64) {
            for _ in 0..<milliseconds / 50 {
                now += 50
                tell(.tick)
            }
        }
    }

    private static func confirmed(_ ids: [JobID], request: UInt64) -> WireMessage {
        var enqueued = WireEnqueued()
        enqueued.jobs = ids.map { id in
            var job = WireEnqueuedJob()
            job.id = id.description
            job.outcome = .created
            return job
        }
        return WireMessage(.enqueued(enqueued), request: request)
    }

    @Test(
        "where no connection is let in, all who wait and all who ask hear it at once; when one is, they are answered again"
    )
    func notAuthenticated() {
        var desk = Desk()
        let error = KipClientError.notAuthenticated(endpoint: "tcp://broker", reason: "this key is not known here")
        desk.ask(.ping(WirePing()), caller: 1)
        _ = desk.enqueue([2])
        desk.tell(.refused(error))
        desk.ask(.ping(WirePing()), caller: 3)
        _ = desk.enqueue([4])
        for caller in [1, 3] as [UInt64] {
            guard case .failure(error)? = desk.answers[caller] else {
                Issue.record("\(caller): \(String(describing: desk.answers[caller]))")
                continue
            }
        }
        for caller in [2, 4] as [UInt64] {
            guard case .failure(error)? = desk.enqueued[caller] else {
                Issue.record("\(caller): \(String(describing: desk.enqueued[caller]))")
                continue
            }
        }
        let sent = desk.sent.count
        desk.tell(.refused(nil))
        desk.ask(.ping(WirePing()), caller: 5)
        #expect(desk.sent.count == sent + 1 && desk.answers[5] == nil)
    }

    @Test("a question without an answer is sent again with the same number, until it is answered once")
    func resend() {
        var desk = Desk()
        desk.ask(.ping(WirePing()), caller: 7)
        desk.pass(4_500)
        #expect(desk.sent.map(\.header.request) == [1, 1, 1])
        desk.tell(.message(WireMessage(.pong(WirePong()), request: 1)))
        desk.tell(.message(WireMessage(.pong(WirePong()), request: 1)))
        desk.pass(20_000)
        #expect(desk.sent.count == 3)
        guard case .success? = desk.answers[7] else {
            Issue.record("not answered")
            return
        }
    }

    @Test("what may not be asked twice is sent again only where it never left")
    func onceOnly() {
        var desk = Desk()
        desk.ask(.triggerSchedule(WireTriggerSchedule()), caller: 1, repeatable: false)
        desk.tell(.unsent(1))
        desk.pass(100)
        #expect(desk.sent.count == 2)
        desk.pass(9_000)
        #expect(desk.sent.count == 2)
    }

    @Test("where nobody answers in time the caller is told which broker it was")
    func unreachable() {
        var desk = Desk()
        desk.ask(.ping(WirePing()), caller: 1)
        _ = desk.enqueue([2])
        desk.pass(9_900)
        #expect(desk.answers.isEmpty && desk.enqueued.isEmpty)
        desk.pass(200)
        let error = KipClientError.unreachable(endpoint: "tcp://broker", seconds: 10)
        guard case .failure(error)? = desk.answers[1] else {
            Issue.record("not unreachable")
            return
        }
        #expect(desk.enqueued[2] == .failure(error))
    }

    @Test("jobs that come together share a message, and each hears of its own")
    func shared() {
        var desk = Desk()
        let ids = desk.enqueue([1, 2, 3])
        #expect(desk.sent.count == 1)
        desk.tell(.message(Self.confirmed(ids, request: 1)))
        #expect((1...3).map { desk.enqueued[$0] } == ids.map { .success(EnqueuedJob(id: $0, isNew: true)) })
    }

    @Test("where one job has a shared message refused, each goes alone, and only the one at fault is refused")
    func split() {
        var desk = Desk()
        let ids = desk.enqueue([1, 2])
        desk.tell(.message(WireMessage(Refusal(.keyTaken, "taken").wire, request: 1)))
        #expect(desk.enqueued.isEmpty)
        #expect(desk.sent.map(\.header.request) == [1, 2, 3])
        desk.tell(.message(Self.confirmed([ids[0]], request: 2)))
        desk.tell(.message(WireMessage(Refusal(.keyTaken, "taken").wire, request: 3)))
        #expect(desk.enqueued[1] == .success(EnqueuedJob(id: ids[0], isNew: true)))
        #expect(desk.enqueued[2] == .failure(.refused(code: "key-taken", message: "taken")))
    }

    @Test("a refusal that is nobody's fault is told to all: nothing was stored")
    func busy() {
        var desk = Desk()
        _ = desk.enqueue([1, 2])
        desk.tell(.message(WireMessage(Refusal(.busy, "busy").wire, request: 1)))
        #expect(desk.enqueued.count == 2)
        #expect(desk.sent.count == 1)
    }
}
