import KipCore
import Testing

@testable import KipClient
@testable import KipWorker

/// What an earlier version's broker answered is answered to a worker and a client of today: they say what the earlier ones
/// said, and take the answers as those did.
@Suite struct MachineTests {
    @Test("a worker of today works with a broker of then", arguments: ["worker", "children"])
    func worker(_ name: String) throws {
        let talk = try Corpus.talk(name).filter { $0.peer == 1 }
        var worker = try Worker(talk)
        for line in talk {
            if line.isOfBroker { try worker.hear(line) } else { try worker.say(line) }
        }
        #expect(worker.hasLeft)
    }

    @Test("a client of today understands a broker of then", arguments: ["client", "effects"])
    func client(_ name: String) throws {
        for talk in Dictionary(grouping: try Corpus.talk(name), by: \.peer).values {
            var machine = ClientMachine(endpoint: "tcp://then", timeout: 10_000)
            for (question, answer) in zip(talk.filter { !$0.isOfBroker }, talk.filter(\.isOfBroker)) {
                try converse(&machine, try WireCodec.decode(question.frames).0, try WireCodec.decode(answer.frames).0)
            }
        }
    }

    private func converse(_ machine: inout ClientMachine, _ question: WireMessage, _ answer: WireMessage) throws {
        var actions: [ClientMachine.Action] = []
        let (now, deadline) = (SteadyTime(milliseconds: 0), SteadyTime(milliseconds: 10_000))
        let body = try #require(question.header.body)
        if case .enqueue(let enqueue) = body, enqueue.jobs.count == 1 {
            let job = ClientMachine.SingleJob(
                caller: 1, .whole(enqueue.jobs[0]), payload: question.payloads[0], deadline: deadline)
            machine.handle(.asked([], [job]), at: now, into: &actions)
        } else {
            let asked = ClientMachine.Question(
                caller: 1, WireMessage(body, payloads: question.payloads), deadline: deadline)
            machine.handle(.asked([asked], []), at: now, into: &actions)
        }
        guard case .send(let said)? = actions.first else { throw Unexpected(what: "nothing is sent") }
        #expect(said.header.body == body)
        var answer = answer
        answer.header.request = said.header.request
        actions = []
        machine.handle(.message(answer), at: now, into: &actions)
        switch (actions.first, answer.header.body) {
        case (.answer(.success(let heard), _), _): #expect(heard.header == answer.header)
        case (.answer(.failure(.refused(let code, _)), _), .error(let error)): #expect(code == error.code)
        case (.enqueued(.success(let job), _), .enqueued(let enqueued)):
            #expect(job.id.description == enqueued.jobs[0].id)
            #expect(job.isNew == (enqueued.jobs[0].outcome == .created))
        case (.enqueued(.failure(.refused(let code, _)), _), .error(let error)): #expect(code == error.code)
        default: throw Unexpected(what: "\(actions)")
        }
    }
}

struct Unexpected: Error {
    var what: String
}

/// A worker's machine that is led through a recorded talk.
private struct Worker {
    private var machine: WorkerMachine
    private let reader: EarlierReader
    private var sent: [WireMessage] = []
    private var runs: [JobID: LeasedWork] = [:]
    private var answers: [UInt64: EffectAnswer] = [:]
    private var stopped: [JobID] = []
    private var asked: UInt64 = 0
    private var now: Int64 = 0
    private(set) var hasLeft = false

    init(_ talk: [Corpus.Line]) throws {
        reader = try EarlierReader()
        let first = try #require(talk.first)
        guard case .hello(let hello) = try WireCodec.decode(first.frames).0.header.body else {
            throw Unexpected(what: first.what)
        }
        machine = WorkerMachine(hello: hello, drainTimeout: 1_000, at: SteadyTime(milliseconds: 0))
    }

    private mutating func tell(_ event: WorkerMachine.Event) {
        var actions: [WorkerMachine.Action] = []
        machine.handle(event, at: SteadyTime(milliseconds: now), into: &actions)
        for action in actions {
            switch action {
            case .send(let message): sent.append(message)
            case .run(let works): for work in works { runs[work.id] = work }
            case .answer(let answer, let number): answers[number] = answer
            case .stop(let id): stopped.append(id)
            case .leave: hasLeft = true
            default: break
            }
        }
    }

    /// Brings the worker to say what was said, and compares as the earlier version reads it.
    mutating func say(_ line: Corpus.Line) throws {
        sent = []
        let recorded = try WireCodec.decode(line.frames).0
        switch recorded.header.body {
        case .hello: greet(as: recorded.header.request)
        case .heartbeat: return
        case .beginEffect(let begin): ask(try #require(JobID(begin.jobID)), begin.attempt, begin.key, .begin)
        case .settleEffect(let settle):
            let settlement: EffectSettlement =
                settle.settlement == .done ? .done(receipt: recorded.payloads[0]) : .undone
            ask(try #require(JobID(settle.jobID)), settle.attempt, settle.key, .settle(settlement))
        case .results(let results): try finish(results, recorded.payloads)
        case .goodbye:
            tell(.drain)
            tell(.tick)
            tell(.tick)
        default: throw Unexpected(what: line.what)
        }
        let said = try #require(sent.last { Self.name($0) == Self.name(recorded) }, "\(line.testDescription)")
        let now = try WireCodec.encode(said, as: .protobuf)
        #expect(try reader.read(now[1]).fields == reader.read(line.frames[1]).fields, "\(line.testDescription)")
        #expect(Array(now.dropFirst(2)) == Array(line.frames.dropFirst(2)))
    }

    /// A worker whose connection is not there yet greets again, under another number.
    private mutating func greet(as number: UInt64) {
        tell(.tick)
        while let hello = sent.last, hello.header.request < number {
            tell(.unsent(hello))
            now += 200
            tell(.tick)
        }
    }

    private mutating func ask(_ job: JobID, _ attempt: Int32, _ key: String, _ word: EffectAsk.Word) {
        asked += 1
        tell(.asked(EffectAsk(number: asked, job: job, attempt: attempt, key: key, word: word)))
    }

    private mutating func finish(_ results: WireResults, _ payloads: [[UInt8]]) throws {
        var (finished, place) = ([FinishedWork](), 0)
        for result in results.results {
            let work = try #require(JobID(result.id).flatMap { runs[$0] })
            let children = result.children.enumerated().map { index, child in
                JobContext.Child(wire: child, payload: payloads[place + 1 + index])
            }
            finished.append(
                result.outcome == .succeeded
                    ? FinishedWork(work, result: payloads[place], children: children)
                    : FinishedWork(work, result.outcome, error: result.error))
            place += 1 + children.count
        }
        tell(.finished(finished))
    }

    /// The broker of then says something; what it comes to is what it came to then.
    mutating func hear(_ line: Corpus.Line) throws {
        let message = try WireCodec.decode(line.frames).0
        tell(.message(message))
        switch message.header.body {
        case .welcome(let welcome): #expect(machine.session == welcome.session)
        case .work(let work):
            for (job, payload) in zip(work.jobs, message.payloads) {
                let run = try #require(JobID(job.id).flatMap { runs[$0] })
                #expect(run.attempt == job.attempt && run.kind == job.kind && run.payload == payload)
            }
        case .recorded(let recorded):
            for result in recorded.results { #expect(JobID(result.id).flatMap { machine.held[$0] } == nil) }
        case .effectStanding(let standing):
            let answer = try #require(answers[asked])
            switch standing.standing {
            case .begun: #expect(answer == .standing(.begun))
            case .done: #expect(answer == .standing(.done(receipt: message.payloads[0])))
            case .settled: #expect(answer == .settled)
            default: throw Unexpected(what: "\(standing)")
            }
        case .revoked(let revoked): #expect(revoked.jobs.allSatisfy { stopped.map(\.description).contains($0.id) })
        case .alive: break
        default: throw Unexpected(what: line.what)
        }
    }

    private static func name(_ message: WireMessage) -> Substring {
        "\(message.header.body.map { "\($0)" } ?? "")".prefix { $0 != "(" }
    }
}
