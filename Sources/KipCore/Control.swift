/// What operators have said of a queue or a kind: whether it is paused, and what it may use.
public struct Control: Sendable, Equatable, Hashable {
    /// What is spoken of.
    public enum Scope: Int, Sendable, Codable, CaseIterable {
        /// A queue.
        case queue = 0
        /// A kind.
        case kind = 1
    }

    /// What is spoken of.
    public var scope: Scope
    /// Its name.
    public var name: String
    /// Nothing is handed out. Default false.
    public var isPaused = false
    /// Of a kind: each new job waits for its release by a person. Default false.
    public var holds = false
    /// Of a queue: its share of the workers beside other queues. Default 1.
    public var weight = 1
    /// Of a queue: so many of its jobs run at once; 0 = no limit. Default 0.
    public var concurrency = 0
    /// Of a queue: so many of its jobs begin in `ratePeriodMilliseconds`; 0 = no limit. Default 0.
    public var rate = 0
    /// In milliseconds. Default a minute.
    public var ratePeriodMilliseconds: Int64 = 60_000
    /// Of a queue: so many may wait before producers are told to try again; 0 = no limit. Default 0.
    public var mostWaiting = 0
    /// Who said so last.
    public var changedBy = ""
    /// When.
    public var changedAt = Timestamp(milliseconds: 0)

    /// Nothing was said yet.
    public init(_ scope: Scope, _ name: String) {
        self.scope = scope
        self.name = name
    }
}

extension Control {
    /// What stands of the queue or the kind, in words; nil = nothing that is not always so.
    package var standing: String? {
        var words: [String] = []
        if isPaused { words.append("paused") }
        if holds { words.append("new jobs wait for their release") }
        if weight != 1 { words.append("weight \(weight)") }
        if concurrency > 0 { words.append("at most \(concurrency) at once") }
        if rate > 0 { words.append("at most \(rate) in \(Duration.milliseconds(ratePeriodMilliseconds).words)") }
        if mostWaiting > 0 { words.append("at most \(mostWaiting) waiting") }
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }

    /// The same with the name, for a record.
    package var words: String { "\(scope) \(name)\(standing.map { ", \($0)" } ?? "")" }

    /// What is said on the wire; what it leaves out stays.
    /// - Throws: `Refusal` that names the field.
    public mutating func change(_ wire: WireControl, at now: Timestamp) throws(Refusal) {
        let label = "\(scope == .queue ? "queue" : "kind") “\(name)”"
        if wire.hasPaused { isPaused = wire.paused }
        if wire.hasHold {
            guard scope == .kind else { throw Refusal(.invalid, "\(label): hold is said of a kind, not of a queue") }
            holds = wire.hold
        }
        let numbers: [(said: Bool, value: Int, name: String, most: Int)] = [
            (wire.hasWeight, Int(wire.weight), "weight", Limits.weight),
            (wire.hasConcurrency, Int(wire.concurrency), "concurrency", Limits.credit * 100),
            (wire.hasRate, Int(wire.rate), "rate", Limits.rate),
            (
                wire.hasRatePeriodMs, Int(clamping: wire.ratePeriodMs), "rate period",
                Int(Limits.ratePeriodMilliseconds)
            ),
            (wire.hasMostWaiting, Int(clamping: wire.mostWaiting), "most waiting", Limits.waitingJobs),
        ]
        for number in numbers where number.said {
            guard scope == .queue else {
                throw Refusal(.invalid, "\(label): \(number.name) is said of a queue, not of a kind")
            }
            guard (0...number.most).contains(number.value) else {
                throw Refusal(.invalid, "\(label): \(number.name) must be from 0 to \(number.most)")
            }
        }
        if case .UNRECOGNIZED(let value) = wire.scope {
            throw Refusal(.invalid, "the scope of a control is \(value), not QUEUE or KIND")
        }
        if wire.hasWeight { weight = max(1, Int(wire.weight)) }
        if wire.hasConcurrency { concurrency = Int(wire.concurrency) }
        if wire.hasRate { rate = Int(wire.rate) }
        if wire.hasRatePeriodMs { ratePeriodMilliseconds = wire.ratePeriodMs == 0 ? 60_000 : wire.ratePeriodMs }
        if wire.hasMostWaiting { mostWaiting = Int(clamping: wire.mostWaiting) }
        changedBy = wire.changedBy
        changedAt = now
    }

    /// A control as the wire or the store has it.
    public init(wire: WireControl) throws(Refusal) {
        self.init(wire.scope == .kind ? .kind : .queue, wire.name)
        try change(wire, at: Timestamp(milliseconds: wire.changedAtMs))
    }

    /// The control on the wire, whole.
    public var wire: WireControl {
        var wire = WireControl()
        wire.scope = scope == .kind ? .kind : .queue
        wire.name = name
        wire.paused = isPaused
        if scope == .kind {
            wire.hold = holds
        } else {
            wire.weight = Int32(clamping: weight)
            wire.concurrency = Int32(clamping: concurrency)
            wire.rate = Int32(clamping: rate)
            wire.ratePeriodMs = ratePeriodMilliseconds
            wire.mostWaiting = Int64(mostWaiting)
        }
        wire.changedBy = changedBy
        wire.changedAtMs = changedAt.milliseconds
        return wire
    }
}
