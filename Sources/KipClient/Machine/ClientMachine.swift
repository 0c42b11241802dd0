import KipCore

/// The client's side of KIP/1 as a value: what callers want goes in, messages and answers come out. It has no socket, no
/// clock and no thread, so that the simulation runs the very machine that clients run.
///
/// A message that brings no answer is sent again until its deadline, where that does no harm. Single jobs that arrive
/// together leave in one message; where one of them has it refused, each goes alone.
package struct ClientMachine: Sendable {
    package typealias Answer = Result<WireMessage, KipClientError>

    /// Something to ask the broker.
    package struct Question: Sendable {
        /// Who asks: the answer names it.
        package var caller: UInt64
        package var message: WireMessage
        /// Asking twice does no harm: it may be sent again where no answer comes.
        package var repeatable: Bool
        package var deadline: SteadyTime

        package init(caller: UInt64, _ message: WireMessage, repeatable: Bool = true, deadline: SteadyTime) {
            self.caller = caller
            self.message = message
            self.repeatable = repeatable
            self.deadline = deadline
        }
    }

    /// A job that may share its message with others.
    package struct SingleJob: Sendable {
        /// Who enqueues it: the answer names it.
        package var caller: UInt64
        package var form: NewJobForm
        package var payload: [UInt8]
        package var deadline: SteadyTime

        package init(caller: UInt64, _ form: NewJobForm, payload: [UInt8], deadline: SteadyTime) {
            self.caller = caller
            self.form = form
            self.payload = payload
            self.deadline = deadline
        }
    }

    /// What happens to a client.
    package enum Event: Sendable {
        /// Callers want something.
        case asked([Question], [SingleJob])
        /// The broker says something.
        case message(WireMessage)
        /// The broker lets no connection in, and why; nil = there is one again.
        case refused(KipClientError?)
        /// The socket did not take the message of this number.
        case unsent(UInt64)
        /// Time passed.
        case tick
    }

    /// What a client's machine wants done.
    package enum Action: Sendable {
        case send(WireMessage)
        case answer(Answer, to: UInt64)
        case enqueued(Result<EnqueuedJob, KipClientError>, caller: UInt64)
    }

    /// Single jobs that share a message.
    static let jobsPerMessage = 64
    /// How long an answer may take before the message is sent again, and how soon one that could not leave is tried
    /// again; in milliseconds.
    private static let resendAfter: Int64 = 2_000
    private static let retryAfter: Int64 = 50

    private enum Content: Sendable {
        case question(Question)
        case jobs([SingleJob])
    }

    private struct Pending: Sendable {
        var content: Content
        var repeatable: Bool
        var deadline: SteadyTime
        /// It has left, as far as is known; before that, sending is no repetition.
        var isSent = false
        /// It had left before it was sent last.
        var wasSent = false
        var resendAt: SteadyTime
    }

    private let endpoint: String
    private let timeout: Int64
    private var pending: [UInt64: Pending] = [:]
    private var nextRequest: UInt64 = 0
    /// Why nobody need wait for an answer; nil = one may come.
    private var refusal: KipClientError?
    private var reviewAt = SteadyTime(milliseconds: 0)

    /// A client that has asked nothing yet.
    /// - Parameters:
    ///   - endpoint: for error messages.
    ///   - timeout: for error messages, in milliseconds; each question has its own deadline.
    package init(endpoint: String, timeout: Int64) {
        self.endpoint = endpoint
        self.timeout = timeout
    }

    /// Takes in one event.
    package mutating func handle(_ event: Event, at now: SteadyTime, into actions: inout [Action]) {
        switch event {
        case .asked(let questions, let jobs): take(questions, jobs, at: now, &actions)
        case .message(let message): take(message, at: now, &actions)
        case .refused(let error): refuse(error, at: now, &actions)
        case .unsent(let request):
            guard var entry = pending[request] else { return }
            entry.isSent = entry.wasSent
            entry.resendAt = now.advanced(byMilliseconds: Self.retryAfter)
            pending[request] = entry
        case .tick:
            guard now >= reviewAt else { return }
            reviewAt = now.advanced(byMilliseconds: Self.retryAfter)
            review(at: now, &actions)
        }
    }

    /// The jobs that a message of that number is about.
    package func jobs(askedBy request: UInt64) -> [WireNewJob] {
        switch pending[request]?.content {
        case .jobs(let jobs): jobs.map(\.form.wire)
        case .question(let question):
            if case .enqueue(let enqueue) = question.message.header.body { enqueue.jobs } else { [] }
        case nil: []
        }
    }

    // MARK: Asking

    private mutating func take(
        _ questions: [Question], _ jobs: [SingleJob], at now: SteadyTime, _ actions: inout [Action]
    ) {
        for question in questions {
            ask(
                .question(question), repeatable: question.repeatable, deadline: question.deadline, at: now, &actions)
        }
        for range in MessageSize.groups(jobs.map { $0.payload.count }, most: Self.jobsPerMessage) {
            ask(Array(jobs[range]), at: now, &actions)
        }
    }

    private mutating func ask(_ jobs: [SingleJob], at now: SteadyTime, _ actions: inout [Action]) {
        guard let first = jobs.first else { return }
        ask(.jobs(jobs), repeatable: true, deadline: first.deadline, at: now, &actions)
    }

    private mutating func ask(
        _ content: Content, repeatable: Bool, deadline: SteadyTime, at now: SteadyTime, _ actions: inout [Action]
    ) {
        if let refusal { return answer(.failure(refusal), content, at: now, &actions) }
        nextRequest += 1
        var entry = Pending(content: content, repeatable: repeatable, deadline: deadline, resendAt: now)
        send(&entry, nextRequest, at: now, &actions)
        pending[nextRequest] = entry
    }

    private func send(_ entry: inout Pending, _ request: UInt64, at now: SteadyTime, _ actions: inout [Action]) {
        entry.wasSent = entry.isSent
        entry.isSent = true
        entry.resendAt = now.advanced(byMilliseconds: Self.resendAfter)
        actions.append(.send(Self.message(entry.content, request)))
    }

    private static func message(_ content: Content, _ request: UInt64) -> WireMessage {
        var message: WireMessage
        switch content {
        case .question(let question): message = question.message
        case .jobs(let jobs):
            message = WireMessage(enqueuing: jobs.map { $0.form }, payloads: jobs.map { $0.payload })
        }
        message.request = request
        return message
    }

    private mutating func review(at now: SteadyTime, _ actions: inout [Action]) {
        let due = pending.filter { $0.value.deadline <= now || $0.value.resendAt <= now }
        for (request, var entry) in due.sorted(by: { $0.key < $1.key }) {
            if entry.deadline <= now {
                pending[request] = nil
                let error = KipClientError.unreachable(endpoint: endpoint, seconds: Double(timeout) / 1000)
                answer(.failure(error), entry.content, at: now, &actions)
            } else if entry.repeatable || !entry.isSent {
                send(&entry, request, at: now, &actions)
                pending[request] = entry
            }
        }
    }

    /// Nobody waits for a connection that will not come.
    private mutating func refuse(_ error: KipClientError?, at now: SteadyTime, _ actions: inout [Action]) {
        refusal = error
        guard let error else { return }
        let waiting = pending.sorted { $0.key < $1.key }
        pending = [:]
        for (_, entry) in waiting { answer(.failure(error), entry.content, at: now, &actions) }
    }

    // MARK: Answers

    private mutating func take(_ message: WireMessage, at now: SteadyTime, _ actions: inout [Action]) {
        // The answer to what was sent again comes twice: the second finds nobody.
        guard let entry = pending.removeValue(forKey: message.request) else { return }
        if case .error(let refused) = message.rareBody {
            answer(
                .failure(.refused(code: refused.code, message: refused.message)), entry.content, at: now, &actions)
        } else {
            answer(.success(message), entry.content, at: now, &actions)
        }
    }

    private mutating func answer(
        _ answer: Answer, _ content: Content, at now: SteadyTime, _ actions: inout [Action]
    ) {
        switch content {
        case .question(let question): actions.append(.answer(answer, to: question.caller))
        case .jobs(let jobs): share(answer, among: jobs, at: now, &actions)
        }
    }

    /// One answer for many jobs. Where one of them may be at fault each goes alone, so that no other suffers for it.
    private mutating func share(
        _ answer: Answer, among jobs: [SingleJob], at now: SteadyTime, _ actions: inout [Action]
    ) {
        if jobs.count > 1, case .failure(.refused(let code, _)) = answer, Refusal.blamesContent(code) {
            for job in jobs { ask([job], at: now, &actions) }
            return
        }
        switch answer.flatMap({ EnqueuedJob.list($0, count: jobs.count) }) {
        case .success(let enqueued):
            for (result, job) in zip(enqueued, jobs) {
                actions.append(.enqueued(.success(result), caller: job.caller))
            }
        case .failure(let error):
            for job in jobs { actions.append(.enqueued(.failure(error), caller: job.caller)) }
        }
    }
}
