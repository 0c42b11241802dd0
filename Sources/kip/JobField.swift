/// What may be said of a job, under its two names: the field of a line of NDJSON, and the option of “kip enqueue”.
enum JobField: String, CaseIterable, Sendable {
    case kind
    case payload
    case id
    case queue
    case priority
    case delay
    case at
    case key
    case unique
    case keyConflict
    case maxAttempts
    case retry
    case timeout
    case within
    case expires
    case hold
    case after
    case onParentFailed
    case concurrencyKey
    case concurrency
    case onWorkerLost
    case redact
    case keep
    case ignoreKindOptions

    /// Where a job is described, and so by which names.
    enum Speech: Sendable {
        case options
        case line
    }

    /// `--on-conflict`, or `“keyConflict”`.
    func name(_ speech: Speech) -> String { speech == .options ? option : "“\(rawValue)”" }

    private var option: String {
        switch self {
        case .kind: "the kind"
        case .keyConflict: "--on-conflict"
        case .maxAttempts: "--max-attempts"
        case .timeout: "--job-timeout"
        case .onParentFailed: "--on-parent-failed"
        case .concurrencyKey: "--concurrency-key"
        case .onWorkerLost: "--quarantine-on-loss"
        case .ignoreKindOptions: "--ignore-kind-options"
        case .payload, .id, .queue, .priority, .delay, .at, .key, .unique, .retry, .within, .expires, .hold, .after,
            .concurrency, .redact, .keep:
            "--\(rawValue)"
        }
    }

    /// What stands for it in a line.
    var expected: String {
        switch self {
        case .priority, .maxAttempts, .concurrency: "a whole number"
        case .hold, .redact, .ignoreKindOptions: "true or false"
        case .id: "a job id (a UUID)"
        case .after: "a list of job ids (UUIDs)"
        case .delay, .timeout, .within, .expires, .keep: "a text such as “10m”"
        case .at: "a text such as “2024-03-29T07:30:00+07:00”"
        case .payload: "JSON"
        case .kind, .queue, .key, .unique, .keyConflict, .retry, .onParentFailed, .concurrencyKey, .onWorkerLost:
            "a text"
        }
    }
}
