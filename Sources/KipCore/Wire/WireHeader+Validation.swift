import SwiftProtobuf

/// The door for everything that peers send beside jobs, which `JobDraft` takes in, and results: names and keys get their
/// canonical spelling; numbers and enum values outside of their ranges are refused. What stands behind it compares by bytes
/// and computes without looking.
extension WireHeader.OneOf_Body {
    /// Checks a request, and gives its names and keys their canonical spelling.
    /// - Throws: `Refusal` that names the field.
    package mutating func validate() throws(Refusal) {
        switch self {
        case .hello(var hello): try hello.validate(); self = .hello(hello)
        case .beginEffect(var begin): try begin.validate(); self = .beginEffect(begin)
        case .settleEffect(var settle): try settle.validate(); self = .settleEffect(settle)
        case .resolveEffect(var resolve): try resolve.validate(); self = .resolveEffect(resolve)
        case .readParents(let read): try read.validate()
        case .progress(let progress): try progress.validate()
        case .listJobs(var list): try list.validate(); self = .listJobs(list)
        case .listEffects(var list): try list.validate(); self = .listEffects(list)
        case .scheduleHistory(var history): try history.validate(); self = .scheduleHistory(history)
        case .pruneJobs(var prune): try prune.validate(); self = .pruneJobs(prune)
        case .cancelJobs(var cancel): try Door.label(&cancel.by, "by"); self = .cancelJobs(cancel)
        case .retryJobs(var retry): try Door.label(&retry.by, "by"); self = .retryJobs(retry)
        case .releaseJobs(var release): try Door.label(&release.by, "by"); self = .releaseJobs(release)
        case .changeControl(var change): try change.control.validate(); self = .changeControl(change)
        case .applySchedules(var apply):
            for index in apply.schedules.indices { try apply.schedules[index].validate() }
            self = .applySchedules(apply)
        case .applyScheduleSet(var apply):
            try Door.name(&apply.owner, "owner")
            for index in apply.schedules.indices { try apply.schedules[index].validate() }
            self = .applyScheduleSet(apply)
        case .listKinds(var list): try Door.names(&list.kinds, "kinds"); self = .listKinds(list)
        case .triggerSchedule(var trigger): try trigger.validate(); self = .triggerSchedule(trigger)
        case .pauseSchedule(var pause): try Door.name(&pause.name, "name"); self = .pauseSchedule(pause)
        default: break
        }
    }
}

/// The checks, by what a field is.
private enum Door {
    /// A kind, a queue or a schedule; may be empty.
    static func name(_ text: inout String, _ field: String) throws(Refusal) {
        text = try CanonicalText.checked(text, most: Limits.nameBytes, "the field “\(field)”")
    }

    /// A unique key, an effect's key, or the beginning of one; may be empty.
    static func key(_ text: inout String, _ field: String) throws(Refusal) {
        text = try CanonicalText.checked(text, most: Limits.keyBytes, "the field “\(field)”")
    }

    /// What a person or a worker is called; may be empty.
    static func label(_ text: inout String, _ field: String) throws(Refusal) {
        text = try CanonicalText.checked(text, most: Limits.labelBytes, "the field “\(field)”")
    }

    static func names(_ texts: inout [String], _ field: String) throws(Refusal) {
        for index in texts.indices { try name(&texts[index], field) }
    }

    static func range<Number: BinaryInteger>(
        _ value: Number, _ range: ClosedRange<Number>, _ field: String
    ) throws(Refusal) {
        guard !range.contains(value) else { return }
        throw Refusal(.invalid, "“\(field)” is \(value), not from \(range.lowerBound) to \(range.upperBound)")
    }

    /// How often a job was handed out.
    static func attempt(_ value: Int32) throws(Refusal) { try range(value, 0...Int32.max, "attempt") }

    /// Rows of a list; 0 = the default.
    static func limit(_ value: Int32) throws(Refusal) { try range(value, 0...Int32(Limits.listRows), "limit") }

    /// Milliseconds since 1970 that may lie in any past.
    static func time(_ value: Int64, _ field: String) throws(Refusal) {
        try range(value, 0...Limits.latestMilliseconds, field)
    }

    static func known<Value: CaseIterable & Equatable & RawRepresentable>(
        _ value: Value, _ field: String
    ) throws(Refusal) where Value.RawValue == Int {
        if Value.allCases.contains(value) { return }
        throw Refusal(.invalid, "“\(field)” is \(value.rawValue), which this broker does not know")
    }
}

extension WireHello {
    fileprivate mutating func validate() throws(Refusal) {
        try Door.label(&name, "name")
        try Door.names(&kinds, "kinds")
        try Door.names(&queues, "queues")
        try Door.names(&reconciles, "reconciles")
        try Door.range(places, 0...Int32.max, "places")
        for held in holding { try Door.attempt(held.attempt) }
        for index in kindOptions.indices {
            try Door.name(&kindOptions[index].kind, "kindOptions.kind")
            try kindOptions[index].options.validate()
        }
    }
}

extension WireJobOptions {
    /// Its numbers are checked by `JobDefaults`.
    fileprivate mutating func validate() throws(Refusal) {
        try Door.name(&queue, "queue")
        try Door.key(&concurrencyKey, "concurrencyKey")
        try Door.known(onWorkerLost, "onWorkerLost")
        try Door.known(onParentFailed, "onParentFailed")
    }
}

extension WireBeginEffect {
    fileprivate mutating func validate() throws(Refusal) {
        try Door.attempt(attempt)
        try Door.key(&key, "key")
    }
}

extension WireSettleEffect {
    fileprivate mutating func validate() throws(Refusal) {
        try Door.attempt(attempt)
        try Door.key(&key, "key")
        try Door.known(settlement, "settlement")
    }
}

extension WireResolveEffect {
    fileprivate mutating func validate() throws(Refusal) {
        try Door.key(&key, "key")
        try Door.label(&by, "by")
        try Door.known(settlement, "settlement")
    }
}

extension WireReadParents {
    fileprivate func validate() throws(Refusal) {
        try Door.attempt(attempt)
        try Door.range(from, 0...Int32.max, "from")
    }
}

extension WireProgress {
    fileprivate func validate() throws(Refusal) {
        try Door.attempt(attempt)
        guard fraction <= 1 else {
            throw Refusal(.invalid, "“fraction” is \(fraction), not from 0 to 1, or below 0 if it is not known")
        }
        for line in log { try Door.time(line.atMs, "atMs") }
    }
}

extension WireListJobs {
    fileprivate mutating func validate() throws(Refusal) {
        try Door.known(state, "state")
        try Door.name(&kind, "kind")
        try Door.name(&queue, "queue")
        try Door.key(&uniqueKey, "uniqueKey")
        try Door.label(&workerPrefix, "workerPrefix")
        try Door.time(createdFromMs, "createdFromMs")
        try Door.time(createdBeforeMs, "createdBeforeMs")
        try Door.limit(limit)
    }
}

extension WireListEffects {
    fileprivate mutating func validate() throws(Refusal) {
        try Door.known(state, "state")
        try Door.key(&prefix, "prefix")
        try Door.limit(limit)
    }
}

extension WireScheduleHistory {
    fileprivate mutating func validate() throws(Refusal) {
        try Door.name(&name, "name")
        try Door.limit(limit)
    }
}

extension WirePruneJobs {
    fileprivate mutating func validate() throws(Refusal) {
        for state in states { try Door.known(state, "states") }
        try Door.name(&kind, "kind")
        try Door.name(&queue, "queue")
        try Door.time(beforeMs, "beforeMs")
        try Door.limit(limit)
    }
}

extension WireControl {
    /// Its numbers are checked by `Control.change`, which knows what may be said of a queue and of a kind.
    fileprivate mutating func validate() throws(Refusal) {
        try Door.known(scope, "scope")
        try Door.name(&name, "name")
        try Door.label(&changedBy, "changedBy")
    }
}

extension WireSchedule {
    /// Its numbers and its job are checked as those of a producer's job are.
    fileprivate mutating func validate() throws(Refusal) {
        try Door.name(&name, "name")
        try Door.name(&kind, "kind")
        try Door.name(&queue, "queue")
        // Foundation reads the name of a time zone as a C string: what stands behind a NUL would be kept and not read.
        try Door.name(&timeZone, "timeZone")
        if hasOptions { try options.validate() }
    }
}

extension WireTriggerSchedule {
    fileprivate mutating func validate() throws(Refusal) {
        try Door.name(&name, "name")
        try Door.label(&by, "by")
    }
}
