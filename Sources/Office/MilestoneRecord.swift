/// What somebody said about a milestone: it is done, or open again. Records are only added.
public struct MilestoneRecord: Sendable, Codable, Equatable {
    /// What is said.
    public enum State: String, Sendable, Codable {
        /// It is done.
        case done
        /// It is open again.
        case open
    }

    /// The plan: `04/KH-UBND`.
    public var plan: String
    /// The milestone: `1.4/2`.
    public var milestone: String
    /// The lead for which it is said; nil = for all of them.
    public var unit: String?
    /// What is said.
    public var state: State
    /// Since which day it holds.
    public var on: LocalDate
    /// Who says it.
    public var by: String
    /// A remark; empty = none.
    public var note: String
    /// The milestone's date when it was said: a plan that changed its date has the milestone open again.
    public var due: LocalDate?

    /// A record.
    public init(
        plan: String, milestone: String, unit: String? = nil, state: State, on: LocalDate, by: String,
        note: String = "", due: LocalDate?
    ) {
        self.plan = plan
        self.milestone = milestone
        self.unit = unit
        self.state = state
        self.on = on
        self.by = by
        self.note = note
        self.due = due
    }
}

/// What holds on a day of all that was said.
struct MilestoneStates: Sendable {
    private let records: [String: [MilestoneRecord]]

    /// - Parameter records: in the order in which they were said.
    init(_ records: [MilestoneRecord], asOf date: LocalDate) {
        self.records = Dictionary(grouping: records.filter { $0.on <= date }) { Self.key($0.plan, $0.milestone) }
    }

    /// The day since which a lead has done its part; nil = it is open. The last word that concerns the lead holds.
    func done(_ plan: String, _ milestone: String, due: LocalDate?, by lead: String) -> LocalDate? {
        let last = records[Self.key(plan, milestone)]?.last { ($0.unit ?? lead) == lead && $0.due == due }
        return last?.state == .done ? last?.on : nil
    }

    private static func key(_ plan: String, _ milestone: String) -> String { "\(plan)\n\(milestone)" }
}
