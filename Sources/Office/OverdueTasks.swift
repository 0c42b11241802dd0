/// The milestones of the plans that are long overdue, by the units that owe them.
public struct OverdueTasks: Sendable {
    private let rows: [String: [PlanStanding]]
    private let order: [String]

    /// Milestones that are overdue more than so many working days.
    /// - Parameter days: working days since the last one of the deadline.
    public init(
        asOf date: LocalDate, plans: [Plan], records: [MilestoneRecord], profile: OfficeProfile,
        calendar: WorkingCalendar, after days: Int
    ) {
        let late = PlanStanding.rows(
            asOf: date, plans: plans, records: records, profile: profile, calendar: calendar
        ).filter { $0.standing == .overdue && $0.overdueWorkingDays > days }
        var rows: [String: [PlanStanding]] = [:]
        for row in late {
            for lead in row.openLeads { rows[lead, default: []].append(row) }
        }
        self.rows = rows
        order = profile.units.map(\.id)
    }

    /// Ids of the units that owe something, in the order of `office.yaml`. Bodies beside the office are not dunned by it.
    public var units: [String] { order.filter { rows[$0] != nil } }

    /// What a unit owes, the longest overdue first.
    public func owed(by unit: String) -> [PlanStanding] {
        (rows[unit] ?? []).enumerated().sorted { left, right in
            (left.element.due?.number ?? .max, left.offset) < (right.element.due?.number ?? .max, right.offset)
        }.map(\.element)
    }
}
