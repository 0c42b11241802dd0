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
    var ignoreKindOptions: Bool?

    init(kind: String) {
        self.kind = kind
    }

    /// The job with its payload.
    /// - Parameter speech: by which names a refusal speaks of what was said.
    /// - Throws: `Failure` that names the option or the field, and what would be right.
    func request(payload: [UInt8], as speech: JobField.Speech, at now: Timestamp = .now()) throws -> JobRequest {
        let options = try options(as: speech, at: now)
        var request = JobRequest(kind: kind, payload: payload, options: options, id: id ?? JobID())
        insist(&request, on: options)
        return request
    }

    /// What is said of the job beside kind, payload and id, checked.
    /// - Throws: as `request`.
    func options(as speech: JobField.Speech, at now: Timestamp) throws -> JobOptions {
        var options = JobOptions(queue: queue ?? "default", priority: priority ?? 0)
        options.delay = try delay.map { try TimeText.duration($0, JobField.delay.name(speech)) }
        options.runAt = try at.map {
            // A file says the zone, as it may come from elsewhere.
            speech == .options
                ? try TimeText.localMoment($0, JobField.at.name(speech))
                : try TimeText.moment($0, JobField.at.name(speech))
        }
        options.uniqueKey = key
        options.maxAttempts = maxAttempts ?? Limits.maxAttempts
        options.timeout = try timeout.map { try TimeText.span($0, JobField.timeout.name(speech)) }
        options.keyConflict = try Self.choice(
            keyConflict, JobField.keyConflict.name(speech),
            [
                "refuse": .refuse, "keepExisting": .keepExisting, "replacePending": .replacePending,
                "reject": .reject,
            ])
        options.onWorkerLost = try Self.choice(
            onWorkerLost, JobField.onWorkerLost.name(speech), ["retry": .retry, "quarantine": .quarantine])
        options.expires = try expires.map { try TimeText.span($0, JobField.expires.name(speech)) }
        options.within = try within.map { try TimeText.span($0, JobField.within.name(speech)) }
        options.retry = try retry.map { try RetryOption.policy($0, JobField.retry.name(speech)) } ?? .standard
        options.conditions = try conditions(as: speech)
        try check(options, as: speech, at: now)
        return options
    }

    /// What is said here counts, not what the kind says, also if it is the queue's own default.
    private func insist(_ request: inout JobRequest, on options: JobOptions) {
        if queue == "default" { request.wire.queue = "default" }
        if maxAttempts == Limits.maxAttempts { request.wire.maxAttempts = Int32(Limits.maxAttempts) }
        if retry != nil, options.retry == .standard { request.wire.backoff = options.retry.wire }
        if ignoreKindOptions == true { request.wire.ignoresKindOptions = true }
    }

    private func conditions(as speech: JobField.Speech) throws -> JobConditions {
        var conditions = JobConditions()
        conditions.hold = hold ?? false
        conditions.after = after ?? []
        conditions.onParentFailed = try Self.choice(
            onParentFailed, JobField.onParentFailed.name(speech), ["cancel": .cancel, "continue": .continue])
        conditions.concurrencyKey = concurrencyKey
        if let concurrency { conditions.concurrency = concurrency }
        switch unique {
        case nil, "forever": conditions.uniqueScope = .forever
        case "untilDone": conditions.uniqueScope = .untilDone
        case .some(let time) where !time.contains(where: \.isNumber):
            throw Failure.usage(
                "\(JobField.unique.name(speech)) is “\(time)”, neither forever nor untilDone nor a time such as 1h")
        case .some(let time):
            conditions.uniqueScope = .period(
                milliseconds: try TimeText.span(time, JobField.unique.name(speech)).milliseconds)
        }
        conditions.redacts = redact ?? false
        conditions.keepMilliseconds =
            try keep.map { try TimeText.span($0, JobField.keep.name(speech)).milliseconds } ?? 0
        return conditions
    }

    private static func choice<Choice: CaseIterable>(
        _ text: String?, _ name: String, _ choices: [String: Choice]
    ) throws -> Choice {
        guard let text else { return Choice.allCases[Choice.allCases.startIndex] }
        guard let choice = choices[text] else {
            throw Failure.usage("\(name) is “\(text)”, not \(choices.keys.sorted().joined(separator: " or "))")
        }
        return choice
    }
}
