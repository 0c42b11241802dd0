extension JobDefaults {
    /// What a message says.
    /// - Parameter label: of whom, for the error's text, such as `kind “mail”`.
    /// - Throws: `Refusal` that names it and the field.
    package init(wire: WireJobOptions, label: String) throws(Refusal) {
        self.init()
        try Self.check(wire, label)
        queue = wire.queue.isEmpty ? nil : wire.queue
        priority = wire.priority == 0 ? nil : Int(wire.priority)
        delay = wire.delayMs == 0 ? nil : wire.delayMs
        maxAttempts = wire.maxAttempts == 0 ? nil : Int(wire.maxAttempts)
        timeout = wire.timeoutMs == 0 ? nil : wire.timeoutMs
        retry = wire.hasBackoff ? try RetryPolicy(checking: wire.backoff, label) : nil
        onWorkerLost = wire.onWorkerLost == .quarantine ? .quarantine : nil
        expires = wire.expiresMs == 0 ? nil : wire.expiresMs
        within = wire.withinMs == 0 ? nil : wire.withinMs
        hold = wire.hold ? true : nil
        concurrencyKey = wire.concurrencyKey.isEmpty ? nil : wire.concurrencyKey
        concurrency = wire.concurrency == 0 ? nil : Int(wire.concurrency)
        onParentFailed = wire.onParentFailed == .continue ? .continue : nil
        redacts = wire.redact ? true : nil
        keep = wire.keepMs == 0 ? nil : wire.keepMs
        ignoresKindOptions = wire.ignoresKindOptions ? true : nil
    }

    private static func check(_ wire: WireJobOptions, _ label: String) throws(Refusal) {
        _ = try CanonicalText.checked(wire.queue, most: Limits.nameBytes, "\(label): the queue")
        _ = try CanonicalText.checked(wire.concurrencyKey, most: Limits.keyBytes, "\(label): the concurrency key")
        let times: [(String, Int64)] = [
            ("delay", wire.delayMs), ("timeout", wire.timeoutMs), ("expires", wire.expiresMs),
            ("within", wire.withinMs), ("keep", wire.keepMs),
        ]
        for (name, time) in times where !(0...Limits.farthestMilliseconds).contains(time) {
            throw Refusal(.invalid, "\(label): \(name) must be from 0 to ten years (times are in milliseconds)")
        }
        let numbers: [(String, Int32, ClosedRange<Int>)] = [
            ("priority", wire.priority, -Limits.priority...Limits.priority),
            ("maxAttempts", wire.maxAttempts, 0...Limits.mostAttempts),
            ("concurrency", wire.concurrency, 0...Limits.concurrency),
        ]
        for (name, number, range) in numbers where !range.contains(Int(number)) {
            throw Refusal(.invalid, "\(label): \(name) must be from \(range.lowerBound) to \(range.upperBound)")
        }
        if wire.concurrency != 0, wire.concurrencyKey.isEmpty {
            throw Refusal(.invalid, "\(label): a concurrency needs a concurrencyKey")
        }
        let start = wire.delayMs
        for (name, time) in [("expires", wire.expiresMs), ("within", wire.withinMs)] where time != 0 && time <= start {
            throw Refusal(.invalid, "\(label): its jobs could never begin: \(name) is over when the delay ends")
        }
    }

    /// The same on the wire.
    package var wire: WireJobOptions {
        var wire = WireJobOptions()
        wire.queue = queue ?? ""
        wire.priority = Int32(clamping: priority ?? 0)
        wire.delayMs = delay ?? 0
        wire.maxAttempts = Int32(clamping: maxAttempts ?? 0)
        wire.timeoutMs = timeout ?? 0
        if let retry { wire.backoff = retry.wire }
        if onWorkerLost == .quarantine { wire.onWorkerLost = .quarantine }
        wire.expiresMs = expires ?? 0
        wire.withinMs = within ?? 0
        wire.hold = hold ?? false
        wire.concurrencyKey = concurrencyKey ?? ""
        wire.concurrency = Int32(clamping: concurrency ?? 0)
        if onParentFailed == .continue { wire.onParentFailed = .continue }
        wire.redact = redacts ?? false
        wire.keepMs = keep ?? 0
        wire.ignoresKindOptions = ignoresKindOptions ?? false
        return wire
    }
}
