import KipClient

/// A queue with its counts, and with what operators have said of it.
struct QueueStanding: Encodable {
    let queue: QueueRecord
    /// nil = nothing was ever said.
    let control: ControlRecord?

    /// Every queue that has had jobs, and every other one that is paused or limited, by name.
    static func all(_ queues: [QueueRecord], _ controls: [ControlRecord]) -> [QueueStanding] {
        let said = Dictionary(
            controls.filter { $0.scope == "queue" }.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let known = Set(queues.map(\.name))
        let empty = said.values.filter { !known.contains($0.name) && ControlWords.of($0) != nil }
        return (queues + empty.map { QueueRecord(empty: $0.name) }).sorted { $0.name < $1.name }.map {
            QueueStanding(queue: $0, control: said[$0.name])
        }
    }

    private enum ControlKeys: String, CodingKey {
        case paused
        case weight
        case concurrency
        case rate
        case ratePeriod
        case mostWaiting
        case changedBy
        case changedAt
    }

    /// One object: the counts, and beside them the controls, with their defaults where nothing was said (0 = no limit).
    func encode(to encoder: any Encoder) throws {
        try queue.encode(to: encoder)
        var container = encoder.container(keyedBy: ControlKeys.self)
        try container.encode(control?.paused ?? false, forKey: .paused)
        try container.encode(control?.weight ?? 1, forKey: .weight)
        try container.encode(control?.concurrency ?? 0, forKey: .concurrency)
        try container.encode(control?.rate ?? 0, forKey: .rate)
        try container.encode(control?.ratePeriod ?? 60_000, forKey: .ratePeriod)
        try container.encode(control?.mostWaiting ?? 0, forKey: .mostWaiting)
        try container.encodeIfPresent(control?.changedBy, forKey: .changedBy)
        try container.encodeIfPresent(control?.changedAt, forKey: .changedAt)
    }
}
