import Foundation
import Testing

@testable import KipBroker
@testable import KipCore

/// The fields of the requests that a peer can send, as `WireSchema` lists them, and requests in which one of them is set.
enum RequestFields {
    /// A field of a request with the messages that it stands in.
    struct Path {
        struct Step {
            var name: String
            var isList: Bool
        }

        var steps: [Step]
        var type: WireSchema.FieldType
        /// Such as `enqueue.jobs.backoff.baseMs`.
        var name: String { steps.map(\.name).joined(separator: ".") }
        var request: String { steps[0].name }
    }

    /// A map's names and values are two fields of their own: their paths end with these.
    private static let (mapName, mapValue) = ("*name", "*value")

    /// What requests have beside the field that is tried. Requests without any field are not here.
    static let samples: [String: [String: any Sendable]] = [
        "enqueue": ["jobs": [["kind": "k"]] as [[String: String]]],
        "hello": [
            "workerId": JobID().description, "name": "w", "kinds": ["k"], "credit": 5, "kindOptions": [["kind": "k"]],
        ],
        "heartbeat": [:], "results": [:], "goodbye": [:], "beginEffect": ["key": "mail/1"],
        "settleEffect": ["key": "mail/1", "settlement": "UNDONE"],
        "resolveEffect": ["key": "mail/1", "by": "Lan", "settlement": "UNDONE"], "readParents": [:], "progress": [:],
        "listJobs": [:], "showJob": ["id": JobID().description], "states": [:],
        "cancelJobs": ["ids": [JobID().description]], "retryJobs": ["ids": [JobID().description]],
        "releaseJobs": ["ids": [JobID().description]], "drainWorkers": ["ids": [JobID().description]],
        "explainJob": ["id": JobID().description], "listEffects": [:], "scheduleHistory": ["name": "s"],
        "pruneJobs": [:], "changeControl": ["control": ["name": "default"]], "listKinds": [:],
        "triggerSchedule": ["name": "s"], "pauseSchedule": ["name": "s"],
        "applySchedules": ["schedules": [["name": "s", "kind": "k", "cron": "0 0 1 1 *"]]],
        "applyScheduleSet": ["schedules": [["name": "s", "kind": "k", "cron": "0 0 1 1 *"]]],
    ]

    /// What the broker says.
    static let answers: Set = [
        "error", "enqueued", "welcome", "work", "recorded", "revoked", "alive", "effectStanding", "reconcileEffect",
        "parentResults", "drain", "jobList", "jobDetail", "stateList", "changed", "queueList", "workerList",
        "scheduleList", "effectList", "pong", "scheduleFirings", "controlList", "pruned", "explanation", "overview",
        "kindList",
    ]

    /// Requests that the schema has and `samples` has not, though they have fields.
    static var missing: [String] {
        (WireSchema.messages["Header"] ?? [:]).keys.filter {
            $0 != "request" && samples[$0] == nil && !answers.contains($0) && !paths(of: $0).isEmpty
        }
    }

    // MARK: Paths

    /// All fields of a request that are no messages. (Jobs in results are as those of an enqueue.)
    static func paths(of request: String) -> [Path] {
        guard case .message(let message)? = WireSchema.messages["Header"]?[request]?.type else { return [] }
        return paths(in: message, under: [Path.Step(name: request, isList: false)])
    }

    private static func paths(in message: String, under steps: [Path.Step]) -> [Path] {
        (WireSchema.messages[message] ?? [:]).sorted { $0.key < $1.key }.flatMap { name, field -> [Path] in
            let own = steps + [Path.Step(name: name, isList: field.shape == .list)]
            switch field.type {
            case .message("NewJob") where steps.first?.name == "results": return []
            case .message(let inner): return paths(in: inner, under: own)
            default: break
            }
            if field.shape != .map { return [Path(steps: own, type: field.type)] }
            return [mapName, mapValue].map { part in
                Path(steps: own + [Path.Step(name: part, isList: false)], type: field.type)
            }
        }
    }

    static func path(_ name: String) -> Path? {
        paths(of: String(name.prefix { $0 != "." })).first { $0.name == name }
    }

    // MARK: Requests

    /// A request in which only this field is unusual.
    /// - Throws: if a worker that it needs is not welcome.
    static func request(
        setting path: Path, to value: any Sendable, in house: StoreHarness
    ) throws -> [String: any Sendable] {
        set(path.steps.dropFirst(), to: value, in: try companions(of: path, house))
    }

    private static func set(
        _ steps: ArraySlice<Path.Step>, to value: any Sendable, in object: [String: any Sendable]
    ) -> [String: any Sendable] {
        var object = object
        guard let step = steps.first else { return object }
        switch step.name {
        case mapName: return [value as? String ?? "": "v"]
        case mapValue: return ["n": value]
        default: break
        }
        if steps.count == 1 {
            object[step.name] = step.isList ? [value] as [any Sendable] : value
        } else if step.isList {
            let list = object[step.name] as? [[String: any Sendable]] ?? []
            object[step.name] = [set(steps.dropFirst(), to: value, in: list.first ?? [:])]
        } else {
            let inner = object[step.name] as? [String: any Sendable] ?? [:]
            object[step.name] = set(steps.dropFirst(), to: value, in: inner)
        }
        return object
    }

    /// The request's sample with what a field needs beside it to mean anything.
    private static func companions(of path: Path, _ house: StoreHarness) throws -> [String: any Sendable] {
        var request = samples[path.request] ?? [:]
        func add(_ name: String, _ value: any Sendable) {
            if let other = Self.path(name) { request = set(other.steps.dropFirst(), to: value, in: request) }
        }
        switch path.name {
        case "enqueue.jobs.conditions.concurrency": add("enqueue.jobs.conditions.concurrencyKey", "c")
        case "enqueue.jobs.conditions.uniquePeriodMs": add("enqueue.jobs.uniqueKey", JobID().description)
        // The options are those of a kind that it declares.
        case "hello.kinds": request["kindOptions"] = nil
        case _ where path.name.hasSuffix("schedules.rule"): add(path.name.replacing(".rule", with: ".cron"), "")
        case _ where path.name.hasSuffix("options.concurrency"): add(path.name + "Key", "c")
        default: break
        }
        // These speak in a session and of a job.
        let ofWorkers = [
            "heartbeat", "results", "goodbye", "beginEffect", "settleEffect", "readParents", "progress",
        ]
        guard ofWorkers.contains(path.request) else { return request }
        let worker = house.worker("client", credit: 1)
        request["workerId"] = worker.id
        request["session"] = String(worker.session)
        if path.request == "results" {
            add("results.results.id", JobID().description)
            add("results.results.outcome", "FAILED")
        } else if path.request != "heartbeat", path.request != "goodbye" {
            request["jobId"] = JobID().description
        }
        return request
    }

    /// Sends a request in both encodings.
    /// - Returns: the codes of the two refusals, nil for what was taken in.
    static func send(_ name: String, _ request: [String: any Sendable], to house: StoreHarness) throws -> [String?] {
        let json = try JSONSerialization.data(withJSONObject: [name: request])
        let frames = [WireEncoding.json.frame, Array(json)]
        guard let (message, _) = try? WireCodec.decode(frames) else { return ["undecodable", "undecodable"] }
        // The harness sends one message in the one encoding and the next in the other.
        return [0, 1].map { _ in
            var body = message.header.body
            if case .enqueue(var enqueue)? = body {
                for index in enqueue.jobs.indices where enqueue.jobs[index].id.isEmpty {
                    enqueue.jobs[index].id = JobID().description
                }
                body = .enqueue(enqueue)
            }
            guard let body, let answer = house.ask(body) else { return nil }
            guard case .error(let refused) = answer.header.body else { return nil }
            return refused.code
        }
    }
}

extension StoreHarness {
    /// A worker that speaks from a peer's connection, for messages that are made by hand.
    func worker(_ peer: String, credit: Int32) -> (id: String, session: UInt64) {
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["k"]
        hello.credit = credit
        guard case .welcome(let welcome)? = ask(.hello(hello), from: peer)?.header.body else { return ("", 0) }
        return (hello.workerID, welcome.session)
    }
}
