import Foundation
import KipClient
import KipCore

/// One job as the command line and NDJSON describe it.
struct EnqueueLine: Decodable {
    var kind: String
    var id: JobID?
    var queue: String?
    var priority: Int?
    var delay: String?
    var at: String?
    var key: String?
    var maxAttempts: Int?
    var timeout: String?
    var keyConflict: String?
    var onWorkerLost: String?
    var expires: String?
    var within: String?
    var hold: Bool?
    var after: [JobID]?
    var onParentFailed: String?
    var concurrencyKey: String?
    var concurrency: Int?
    var unique: String?
    var retry: String?
    var redact: Bool?
    var keep: String?

    init(kind: String) {
        self.kind = kind
    }

    /// The job with its payload.
    /// - Throws: `Failure` that names the option and what would be right.
    func request(payload: [UInt8]) throws -> JobRequest {
        var options = JobOptions(queue: queue ?? "default", priority: priority ?? 0)
        options.delay = try delay.map { try Self.duration($0, "delay") }
        options.runAt = try at.map(Self.moment)
        if key == "" { throw Failure.usage("the key is empty: leave it out, or say which") }
        options.uniqueKey = key
        options.maxAttempts = maxAttempts ?? Limits.maxAttempts
        options.timeout = try timeout.map { try Self.duration($0, "timeout") }
        options.keyConflict = try Self.choice(
            keyConflict, "keyConflict",
            [
                "refuse": .refuse, "keepExisting": .keepExisting, "replacePending": .replacePending,
                "reject": .reject,
            ])
        options.onWorkerLost = try Self.choice(
            onWorkerLost, "onWorkerLost", ["retry": .retry, "quarantine": .quarantine])
        options.expires = try expires.map { try Self.duration($0, "expires") }
        options.within = try within.map { try Self.duration($0, "within") }
        options.retry = try retry.map(RetryOption.policy) ?? .standard
        options.conditions = try conditions()
        return JobRequest(kind: kind, payload: payload, options: options, id: id ?? JobID())
    }

    private func conditions() throws -> JobConditions {
        var conditions = JobConditions()
        conditions.hold = hold ?? false
        conditions.after = after ?? []
        conditions.onParentFailed = try Self.choice(
            onParentFailed, "onParentFailed", ["cancel": .cancel, "continue": .continue])
        conditions.concurrencyKey = concurrencyKey
        if let concurrency {
            guard concurrencyKey != nil else { throw Failure.usage("concurrency needs a concurrencyKey") }
            guard (1...Limits.concurrency).contains(concurrency) else {
                throw Failure.usage("concurrency must be from 1 to \(Limits.concurrency)")
            }
            conditions.concurrency = concurrency
        }
        if let unique {
            guard key != nil else { throw Failure.usage("unique “\(unique)” needs a key") }
            conditions.uniqueScope =
                switch unique {
                case "forever": .forever
                case "untilDone": .untilDone
                default: .period(milliseconds: try Self.duration(unique, "unique").milliseconds)
                }
        }
        conditions.redacts = redact ?? false
        conditions.keepMilliseconds = try keep.map { try Self.duration($0, "keep").milliseconds } ?? 0
        return conditions
    }

    private static func choice<Choice: CaseIterable>(
        _ text: String?, _ option: String, _ choices: [String: Choice]
    ) throws -> Choice {
        guard let text else { return Choice.allCases[Choice.allCases.startIndex] }
        guard let choice = choices[text] else {
            throw Failure.usage("\(option) “\(text)” is not \(choices.keys.sorted().joined(separator: " or "))")
        }
        return choice
    }

    /// Reads `500ms`, `30s`, `10m`, `2h`, `1d`.
    static func duration(_ text: String, _ option: String) throws -> Duration {
        let units: [(String, Double)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        for (unit, milliseconds) in units where text.hasSuffix(unit) {
            guard let value = Double(text.dropLast(unit.count)) else { continue }
            let total = value * milliseconds
            guard value >= 0, total <= Double(Limits.farthestMilliseconds) else { break }
            return .milliseconds(Int64(total))
        }
        throw Failure.usage("\(option) “\(text)” is not a duration such as 500ms, 30s, 10m, 2h or 1d")
    }

    static func moment(_ text: String) throws -> Timestamp {
        let styles: [Date.ISO8601FormatStyle] = [.iso8601, Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
        for style in styles {
            if let date = try? style.parse(text) {
                return Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
            }
        }
        throw Failure.usage("at “\(text)” is not a moment with its zone, such as 2024-03-29T07:30:00+07:00")
    }

    /// The fields of a line.
    private static let known: Set<String> = [
        "kind", "payload", "id", "queue", "priority", "delay", "at", "key", "maxAttempts", "timeout", "keyConflict",
        "onWorkerLost", "expires", "within", "hold", "after", "onParentFailed", "concurrencyKey", "concurrency",
        "unique", "retry", "redact", "keep",
    ]

    /// A line of NDJSON as a job.
    /// - Throws: `Failure` that names the line.
    static func request(_ line: Data, _ number: Int) throws -> JobRequest {
        do {
            let fields = try JSONDecoder().decode(EnqueueLine.self, from: line)
            let object = try JSONSerialization.jsonObject(with: line) as? [String: Any]
            if let stranger = object?.keys.sorted().first(where: { !Self.known.contains($0) }) {
                throw Failure.data("“\(stranger)” is not a field of a job; “kip enqueue --help” lists them")
            }
            let payload = try object?["payload"].map {
                try JSONSerialization.data(
                    withJSONObject: $0, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
            }
            return try fields.request(payload: payload.map { [UInt8]($0) } ?? Array("{}".utf8))
        } catch let failure as Failure {
            throw Failure.data("line \(number): \(failure.message)")
        } catch DecodingError.keyNotFound(let key, _) {
            throw Failure.data("line \(number): “\(key.stringValue)” is missing")
        } catch {
            throw Failure.data(
                "line \(number) is not a job, such as {\"kind\": \"hello\", \"payload\": {\"name\": \"Lan\"}}")
        }
    }
}
