import KipClient
import KipCore

/// What a schedule of a file asks for its jobs, under the names that a line of NDJSON has.
enum ScheduleOptions {
    /// Fields of a job that many jobs can share.
    static let known: [JobField] = [
        .delay, .maxAttempts, .retry, .timeout, .within, .expires, .hold, .concurrencyKey, .concurrency, .onWorkerLost,
        .redact, .keep, .ignoreKindOptions,
    ]

    /// Fields of a single job, and why a schedule has none of them.
    static let refused: [String: String] = [
        "id": "each firing makes a job with an id of its own",
        "at": "the time comes from cron or rule; “delay” puts it off",
        "key": "each firing has a key of its own; “overlap: skip” keeps a second job from being made",
        "unique": "each firing has a key of its own; “overlap: skip” keeps a second job from being made",
        "keyConflict": "each firing has a key of its own",
        "after": "no job of a schedule comes after another",
        "onParentFailed": "no job of a schedule comes after another",
    ]

    /// - Parameter place: the schedule, for errors.
    /// - Throws: `Failure` that names it and the field.
    static func parse(_ map: [String: Any], _ place: String) throws -> JobDefaults {
        var line = EnqueueLine(kind: "schedule")
        line.delay = try text(.delay, map, place)
        line.retry = try text(.retry, map, place)
        line.timeout = try text(.timeout, map, place)
        line.within = try text(.within, map, place)
        line.expires = try text(.expires, map, place)
        line.concurrencyKey = try text(.concurrencyKey, map, place)
        line.onWorkerLost = try text(.onWorkerLost, map, place)
        line.keep = try text(.keep, map, place)
        line.maxAttempts = try value(.maxAttempts, map, place)
        line.concurrency = try value(.concurrency, map, place)
        line.hold = try value(.hold, map, place)
        line.redact = try value(.redact, map, place)
        line.ignoreKindOptions = try value(.ignoreKindOptions, map, place)
        do {
            let options = try line.options(as: .line, at: .now())
            return defaults(options, line)
        } catch let failure as Failure {
            throw Failure.data("\(place): \(failure.message)")
        }
    }

    /// What is said is kept, also if it is the queue's own default: the kind may say otherwise.
    private static func defaults(_ options: JobOptions, _ line: EnqueueLine) -> JobDefaults {
        var defaults = JobDefaults(options)
        defaults.maxAttempts = line.maxAttempts
        defaults.retry = line.retry == nil ? nil : options.retry
        defaults.ignoresKindOptions = line.ignoreKindOptions == true ? true : nil
        return defaults
    }

    /// A duration may be a bare number of seconds.
    private static func text(_ field: JobField, _ map: [String: Any], _ place: String) throws -> String? {
        guard let value = map[field.rawValue] else { return nil }
        if let text = value as? String, !text.isEmpty { return text }
        if let number = value as? Int, field != .concurrencyKey, field != .onWorkerLost { return "\(number)" }
        throw Failure.data("\(place): “\(field.rawValue)” is “\(value)”, not \(field.expected)")
    }

    private static func value<Value>(_ field: JobField, _ map: [String: Any], _ place: String) throws -> Value? {
        guard let value = map[field.rawValue] else { return nil }
        if let value = value as? Value { return value }
        throw Failure.data("\(place): “\(field.rawValue)” is “\(value)”, not \(field.expected)")
    }
}
