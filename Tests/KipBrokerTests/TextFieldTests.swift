import Foundation
import GRDB
import Testing

@testable import KipBroker
@testable import KipCore
@testable import KipStore

/// Every text that a peer can send: names, keys and labels with characters that a terminal or a reader of C strings obeys, or
/// that are too long, are refused, and nothing of the message is stored.
@Suite struct TextFieldTests {
    /// What a text may be.
    enum Rule {
        /// Of a kind, a queue, a schedule, or the beginning of one.
        case name
        /// A unique, concurrency or effect key, or the beginning of one.
        case key
        /// What a worker or a person is called.
        case label
        /// A job's id, or the beginning of one: another text is refused.
        case id
        /// The worker's id of a message that counts only in a session: another text is an unknown session.
        case session
        /// It is read by a parser, which refuses what it does not know: a text that it takes, and which white space it takes.
        case parsed(String, whiteSpace: Bool = false)
        /// It is looked up among what is there, or not read at all: another text finds nothing. Why.
        case lookedUp(String)
        /// It is kept, or answered, as it is. Why.
        case free(String)
    }

    /// The rule of each text of a request, by its path. A field that is missing here fails the test.
    private static let rules: [String: Rule] = {
        var rules = plainRules
        for set in ["applySchedules", "applyScheduleSet"] {
            for (name, rule) in scheduleRules { rules["\(set).schedules.\(name)"] = rule }
        }
        return rules
    }()

    private static let plainRules: [String: Rule] = [
        "enqueue.jobs.id": .id, "enqueue.jobs.kind": .name, "enqueue.jobs.queue": .name, "enqueue.jobs.uniqueKey": .key,
        "enqueue.jobs.conditions.after": .id, "enqueue.jobs.conditions.concurrencyKey": .key,
        "enqueue.jobs.conditions.headers.values.*name": .key,
        "enqueue.jobs.conditions.headers.values.*value": .free("as a payload: for handlers and middleware"),
        "hello.workerId": .id, "hello.name": .label, "hello.kinds": .name, "hello.queues": .name,
        "hello.reconciles": .name,
        "hello.holding.id": .lookedUp("the welcome gives back those that are no lease of the worker"),
        "hello.kindOptions.kind": .name, "hello.kindOptions.options.queue": .name,
        "hello.kindOptions.options.concurrencyKey": .key,
        "hello.kindOptions.example": .free("JSON, as a payload"),
        "hello.kindOptions.fields.name": .free("a member of that JSON, where any text is a name"),
        "hello.kindOptions.fields.type": .free("beside it, for people"),
        "hello.kindOptions.queues": .lookedUp("the broker writes its own here"),
        "hello.kindOptions.saidByKey": .lookedUp("the broker writes its own here"),
        "heartbeat.workerId": .session, "heartbeat.holding": .lookedUp("the broker does not read it"),
        "results.workerId": .session, "results.results.id": .id,
        "results.results.error": .free("by a program for people"),
        "goodbye.workerId": .lookedUp("an unknown worker has left already"),
        "beginEffect.workerId": .session, "beginEffect.jobId": .id, "beginEffect.key": .key,
        "settleEffect.workerId": .session, "settleEffect.jobId": .id, "settleEffect.key": .key,
        "readParents.workerId": .session, "readParents.jobId": .id,
        "progress.workerId": .session, "progress.jobId": .id, "progress.text": .free("by a program for people"),
        "progress.log.text": .free("by a program for people"),
        "listJobs.kind": .name, "listJobs.queue": .name, "listJobs.before": .id, "listJobs.uniqueKey": .key,
        "listJobs.idPrefix": .id, "listJobs.workerPrefix": .label,
        "listJobs.errorPart": .lookedUp("errors are free text"),
        "showJob.id": .id, "explainJob.id": .id, "states.ids": .id,
        "cancelJobs.ids": .id, "cancelJobs.by": .label, "retryJobs.ids": .id, "retryJobs.by": .label,
        "releaseJobs.ids": .id, "releaseJobs.by": .label,
        "drainWorkers.ids": .lookedUp("the answer gives back those that are no worker"),
        "applyScheduleSet.owner": .name, "triggerSchedule.name": .name, "triggerSchedule.by": .label,
        "pauseSchedule.name": .name, "scheduleHistory.name": .name,
        "listEffects.prefix": .key, "resolveEffect.key": .key, "resolveEffect.by": .label,
        "changeControl.control.name": .name, "changeControl.control.changedBy": .label,
        "pruneJobs.kind": .name, "pruneJobs.queue": .name, "pruneJobs.from": .id, "listKinds.kinds": .name,
    ]

    private static let scheduleRules: [String: Rule] = [
        "name": .name, "kind": .name, "queue": .name, "options.queue": .name, "options.concurrencyKey": .key,
        "cron": .parsed("0 0 1 1 *"),
        "rule": .parsed("first working day of the month at 07:30", whiteSpace: true),
        "timeZone": .parsed("Asia/Ho_Chi_Minh"), "catchUp": .parsed("once"), "overlap": .parsed("allow"),
        "payload": .free("JSON for handlers"), "owner": .lookedUp("the broker writes its own here"),
    ]

    private static let forbidden = ["\u{0}", "\u{1B}", "\n", "\u{2028}", "\u{202E}"]

    private static func paths(of request: String) -> [RequestFields.Path] {
        RequestFields.paths(of: request).filter { $0.type == .string }
    }

    private static let requests = RequestFields.samples.keys.filter { !paths(of: $0).isEmpty }.sorted()

    /// Rows that the database has written since it was opened.
    private func changes(_ house: StoreHarness) throws -> Int {
        try house.store?.queue.read { try Int.fetchOne($0, sql: "SELECT total_changes()") ?? -1 } ?? -1
    }

    /// Sends a request with a text in both encodings.
    /// - Returns: the codes of the refusals; nil for what was taken in.
    private func codes(
        of path: RequestFields.Path, _ text: String, _ house: StoreHarness, writes: Bool = false
    ) throws -> [String?] {
        let request = try RequestFields.request(setting: path, to: text, in: house)
        let before = try changes(house)
        let codes = try RequestFields.send(path.request, request, to: house)
        if !writes {
            #expect(try changes(house) == before, "\(path.name) = \(text.debugDescription): something was stored")
        }
        return codes
    }

    @Test("every text of a request has a stated rule, and nothing else has one")
    func coverage() {
        #expect(RequestFields.missing == [], "requests that are not tried")
        let all = Set(Self.requests.flatMap(Self.paths).map(\.name))
        #expect(all.subtracting(Self.rules.keys).sorted() == [], "without a rule")
        #expect(Set(Self.rules.keys).subtracting(all).sorted() == [], "no field")
    }

    @Test("every text of every request, in both encodings", arguments: requests)
    func texts(request: String) throws {
        let house = try StoreHarness()
        for path in Self.paths(of: request) {
            switch Self.rules[path.name] {
            case .name: try checkLimits(path, Limits.nameBytes, house)
            case .key: try checkLimits(path, Limits.keyBytes, house)
            case .label: try checkLimits(path, Limits.labelBytes, house)
            case .id: try checkID(path, ["invalid", "invalid"], house)
            case .session: try checkID(path, ["unknown-session", "unknown-session"], house)
            case .parsed(let text, let whiteSpace): try checkParsed(path, text, whiteSpace, house)
            case .lookedUp, .free:
                for character in Self.forbidden {
                    let codes = try codes(of: path, "a\(character)b", house, writes: true)
                    let isRefused = codes.contains { ["invalid", "too-large", "undecodable"].contains($0) }
                    #expect(!isRefused, "\(path.name): \(codes)")
                }
            case nil: Issue.record("\(path.name) has no stated rule")
            }
            #expect(house.ask(.readOverview(WireReadOverview())) != nil)
        }
        try house.restart()
        #expect(house.ask(.readOverview(WireReadOverview())) != nil)
    }

    /// A name, a key or a label.
    private func checkLimits(_ path: RequestFields.Path, _ limit: Int, _ house: StoreHarness) throws {
        for character in Self.forbidden {
            let text = "a\(character)b"
            #expect(
                try codes(of: path, text, house) == ["invalid", "invalid"], "\(path.name) = \(text.debugDescription)")
        }
        // Bytes count, not characters.
        let longest = String(repeating: "ă", count: limit / 2)
        #expect(try codes(of: path, longest + "x", house) == ["too-large", "too-large"], "\(path.name)")
        // Of a kind with options the hello declares the kind, too.
        if path.name == "hello.kindOptions.kind" || path.name.hasSuffix("schedules.options.queue") { return }
        let codes = try codes(of: path, longest, house, writes: true)
        let isRefused = codes.contains { ["invalid", "too-large", "undecodable"].contains($0) }
        #expect(!isRefused, "\(path.name) with \(limit) bytes: \(codes)")
    }

    private func checkID(_ path: RequestFields.Path, _ expected: [String?], _ house: StoreHarness) throws {
        let id = JobID().description
        let texts = ["x", "not-an-id", "\(id)\u{0}", "\(id.dropLast())\u{1B}", id + id, "{\(id)}"]
        for text in texts {
            #expect(try codes(of: path, text, house) == expected, "\(path.name) = \(text.debugDescription)")
        }
    }

    private func checkParsed(
        _ path: RequestFields.Path, _ text: String, _ whiteSpace: Bool, _ house: StoreHarness
    ) throws {
        let accepted = try codes(of: path, text, house, writes: true)
        #expect(!accepted.contains("invalid"), "\(path.name) = \(text): \(accepted)")
        for character in Self.forbidden where !(whiteSpace && character.allSatisfy(\.isWhitespace)) {
            let texts = ["\(text)\(character)", "\(text.prefix(1))\(character)\(text.dropFirst())"]
            for text in texts {
                #expect(
                    try codes(of: path, text, house) == ["invalid", "invalid"],
                    "\(path.name) = \(text.debugDescription)")
            }
        }
    }

    @Test("free text is kept whole; a NUL in errors, progress and log lines becomes U+FFFD")
    func free() throws {
        let text = "a\u{0}b\u{1B}[2J\r\n\u{2028}\u{202E}thu\u{31B}"
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { $0.conditions.headers.values = ["n": text] }
        let held = try #require(house.workers["w"]?.held[id])
        #expect(held.headers.values.map { Array($0.value.utf8) } == [Array(text.utf8)])
        var progress = WireProgress()
        progress.workerID = house.workers["w"]?.hello.workerID ?? ""
        progress.session = house.workers["w"]?.session ?? 0
        (progress.jobID, progress.attempt, progress.text) = (id, held.attempt, text)
        progress.log = [.with { ($0.atMs, $0.text) = (1, text) }]
        house.ask(.progress(progress), from: "w")
        house.discard(id, text)
        try house.restart()
        let shown = try house.show(id).detail
        let kept = Array(text.replacing("\u{0}", with: "\u{FFFD}").utf8)
        #expect(Array(shown.job.error.utf8) == kept)
        #expect(Array(shown.job.progressText.utf8) == kept)
        #expect(shown.log.map { Array($0.text.utf8) } == [kept])
    }
}
