import KipCore

/// What operators have said of a queue or a kind.
public struct ControlRecord: Sendable, Codable {
    /// `queue` or `kind`.
    public let scope: String
    /// Its name.
    public let name: String
    /// Nothing is handed out.
    public let paused: Bool
    /// Of a kind: each new job waits for its release by a person.
    public let hold: Bool?
    /// Of a queue: its share of the workers beside other queues.
    public let weight: Int?
    /// Of a queue: so many of its jobs run at once; 0 = no limit.
    public let concurrency: Int?
    /// Of a queue: so many of its jobs begin in `ratePeriod`; 0 = no limit.
    public let rate: Int?
    /// In milliseconds.
    public let ratePeriod: Int64?
    /// Of a queue: so many may wait before producers are told to try again; 0 = no limit.
    public let mostWaiting: Int?
    /// Who said so last; nil = nobody knows.
    public let changedBy: String?
    /// When, in milliseconds since 1970.
    public let changedAt: Int64

    init(_ wire: WireControl) {
        let isQueue = wire.scope != .kind
        scope = isQueue ? "queue" : "kind"
        name = wire.name
        paused = wire.paused
        hold = isQueue ? nil : wire.hold
        weight = isQueue ? Int(wire.weight) : nil
        concurrency = isQueue ? Int(wire.concurrency) : nil
        rate = isQueue ? Int(wire.rate) : nil
        ratePeriod = isQueue ? wire.ratePeriodMs : nil
        mostWaiting = isQueue ? Int(wire.mostWaiting) : nil
        changedBy = wire.changedBy.isEmpty ? nil : wire.changedBy
        changedAt = wire.changedAtMs
    }
}

/// What a queue may use. What is nil stays as it is.
public struct QueueLimits: Sendable, Equatable {
    /// Its share of the workers beside other queues, 1 to 1,000.
    public var weight: Int?
    /// So many of its jobs run at once; 0 = no limit.
    public var concurrency: Int?
    /// So many of its jobs begin in `ratePeriod`; 0 = no limit.
    public var rate: Int?
    /// At the most a day. Default a minute.
    public var ratePeriod: Duration?
    /// So many jobs may wait for a worker before producers are told to try again; 0 = no limit.
    public var mostWaiting: Int?

    /// Limits; all stay by default.
    public init(
        weight: Int? = nil, concurrency: Int? = nil, rate: Int? = nil, ratePeriod: Duration? = nil,
        mostWaiting: Int? = nil
    ) {
        self.weight = weight
        self.concurrency = concurrency
        self.rate = rate
        self.ratePeriod = ratePeriod
        self.mostWaiting = mostWaiting
    }
}

extension KipClient {
    /// Hands out nothing of a queue until it is resumed, also over restarts; what runs runs on.
    /// - Parameter by: who says so, for the record.
    /// - Throws: `KipClientError`.
    @discardableResult
    public func pause(queue name: String, by: String = "") async throws(KipClientError) -> ControlRecord {
        try await pause(.queue, name, true, by)
    }

    /// Lets a paused queue go on.
    /// - Parameter by: who says so, for the record.
    /// - Throws: `KipClientError`.
    @discardableResult
    public func resume(queue name: String, by: String = "") async throws(KipClientError) -> ControlRecord {
        try await pause(.queue, name, false, by)
    }

    /// Hands out nothing of a kind until it is resumed, also over restarts; what runs runs on.
    /// - Parameter by: who says so, for the record.
    /// - Throws: `KipClientError`.
    @discardableResult
    public func pause(kind name: String, by: String = "") async throws(KipClientError) -> ControlRecord {
        try await pause(.kind, name, true, by)
    }

    /// Lets a paused kind go on.
    /// - Parameter by: who says so, for the record.
    /// - Throws: `KipClientError`.
    @discardableResult
    public func resume(kind name: String, by: String = "") async throws(KipClientError) -> ControlRecord {
        try await pause(.kind, name, false, by)
    }

    /// Whether each new job of a kind waits for its release by a person.
    /// - Parameter by: who says so, for the record.
    /// - Throws: `KipClientError`.
    @discardableResult
    public func hold(kind name: String, _ holds: Bool, by: String = "") async throws(KipClientError) -> ControlRecord {
        var control = Self.control(.kind, name, by)
        control.hold = holds
        return try await change(control)
    }

    /// Changes what a queue may use; it holds at once, for all workers.
    /// - Parameter by: who says so, for the record.
    /// - Throws: `KipClientError`; `.refused` names the limit that is out of its range.
    @discardableResult
    public func limit(
        queue name: String, _ limits: QueueLimits, by: String = ""
    ) async throws(KipClientError) -> ControlRecord {
        var control = Self.control(.queue, name, by)
        if let weight = limits.weight { control.weight = Int32(clamping: weight) }
        if let concurrency = limits.concurrency { control.concurrency = Int32(clamping: concurrency) }
        if let rate = limits.rate { control.rate = Int32(clamping: rate) }
        if let period = limits.ratePeriod { control.ratePeriodMs = period.milliseconds }
        if let most = limits.mostWaiting { control.mostWaiting = Int64(most) }
        return try await change(control)
    }

    /// All that operators have said of queues and kinds.
    /// - Throws: `KipClientError`.
    public func controls() async throws(KipClientError) -> [ControlRecord] {
        guard case .controlList(let list) = try await ask(.listControls(WireListControls())).header.body else {
            throw .unexpectedAnswer
        }
        return list.controls.map(ControlRecord.init)
    }

    private func pause(
        _ scope: WireControl.Scope, _ name: String, _ paused: Bool, _ by: String
    ) async throws(KipClientError) -> ControlRecord {
        var control = Self.control(scope, name, by)
        control.paused = paused
        return try await change(control)
    }

    private static func control(_ scope: WireControl.Scope, _ name: String, _ by: String) -> WireControl {
        var control = WireControl()
        control.scope = scope
        control.name = name
        control.changedBy = by
        return control
    }

    private func change(_ control: WireControl) async throws(KipClientError) -> ControlRecord {
        var change = WireChangeControl()
        change.control = control
        guard case .controlList(let list) = try await ask(.changeControl(change)).header.body,
            let changed = list.controls.first
        else { throw .unexpectedAnswer }
        return ControlRecord(changed)
    }
}
