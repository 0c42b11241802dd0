/// What happened that an operator may want to read in the log.
public enum BrokerNote: Sendable, Equatable {
    /// A schedule would have fired too late, because its next time was counted from a clock that was ahead.
    case scheduleCorrected(from: ScheduleState, to: ScheduleState)
    /// A worker came, or came back.
    case workerCame(id: String, name: String, kinds: Int, queues: [String], isBack: Bool)
    /// A worker said goodbye; `jobs` that it held wait again.
    case workerLeft(id: String, name: String, jobs: Int)
    /// A worker was silent for a lease; `jobs` were lost with it.
    case workerLost(id: String, name: String, jobs: Int)
    /// A worker says other options of a kind than another worker did before.
    case kindChanged(kind: String, by: String, before: String)
    /// What a worker says of a kind is not kept: its key is limited to queues, and one with other rights said otherwise.
    case kindOfOthers(kind: String, by: String, said: String)
    /// What a worker says of a kind is not kept: there are too many kinds.
    case tooManyKinds(kind: String, by: String)
}

extension BrokerCore {
    /// Keeps a note for the log. Of a flood of them only the first of each round are kept.
    mutating func note(_ note: BrokerNote) {
        if notes.count < 1_000 { notes.append(note) }
    }

    /// What happened since the last call.
    public mutating func takeNotes() -> [BrokerNote] {
        if notes.isEmpty { return [] }
        defer { notes = [] }
        return notes
    }
}
