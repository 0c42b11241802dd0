/// A milestone of a plan's task: which one of the task's, from 1.
public struct MilestoneID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The plan's number: `04/KH-UBND`.
    public var plan: String
    /// The task: `1.4`.
    public var task: String
    /// Its place among the task's milestones, from 1.
    public var place: Int

    /// A milestone.
    public init(plan: String, task: String, place: Int) {
        self.plan = plan
        self.task = task
        self.place = place
    }

    /// `1.4/2`.
    public var description: String { "\(task)/\(place)" }
}

/// How a plan stands on a day, by lead agency. A milestone with several leads counts for each of them.
public struct PlanProgress: Sendable, Equatable, Codable {
    /// One agency's milestones with a date.
    public struct Row: Sendable, Equatable, Codable {
        /// The agency, or the plan's phrase where it names none that is known.
        public var agency: String
        /// All of them.
        public var dated = 0
        /// Done by the day.
        public var done = 0
        /// Open, the date not passed.
        public var inTime = 0
        /// Open, the date passed.
        public var overdue = 0
        /// Of all, those whose date lies in the period.
        public var dueInPeriod = 0

        init(_ agency: String) { self.agency = agency }
    }

    /// The agencies, in the office's order, then the plan's phrases that name none.
    public var rows: [Row]
    /// Tasks of all plans.
    public var tasks: Int
    /// Milestones with a date, each counted once.
    public var milestones: Int
    /// Milestones without one: they go on, or wait for an event.
    public var undated: Int
    /// Milestones whose date is doubtful and not confirmed: counted nowhere else.
    public var doubtful: Int

    /// Counts.
    /// - Parameters:
    ///   - period: whose dates are counted as due in it.
    ///   - date: the day.
    ///   - leads: the units that a lead's phrase means.
    ///   - isDone: whether a unit has done a milestone by the day.
    public init(
        _ plans: [Plan], in period: ReportPeriod, asOf date: LocalDate, units: [OfficeProfile.Unit],
        leads: (String) -> [OfficeProfile.Unit], isDone: (MilestoneID, OfficeProfile.Unit?) -> Bool
    ) {
        var rows: [String: Row] = [:]
        (tasks, milestones, undated, doubtful) = (0, 0, 0, 0)
        for plan in plans {
            for task in plan.tasks {
                tasks += 1
                let owners = Self.owners(task, leads)
                for (index, milestone) in task.milestones.enumerated() {
                    if milestone.suspect != nil {
                        doubtful += 1
                        continue
                    }
                    guard milestone.kind == .by, let due = milestone.due else {
                        undated += 1
                        continue
                    }
                    milestones += 1
                    let id = MilestoneID(plan: plan.plan, task: task.id, place: index + 1)
                    for owner in owners {
                        rows[owner.name, default: Row(owner.name)].count(
                            due, isDone(id, owner.unit), period: period, asOf: date)
                    }
                }
            }
        }
        let known = units.map(\.name)
        let strangers = rows.keys.filter { !known.contains($0) }.sorted()
        self.rows = (known + strangers).compactMap { rows[$0] }
    }

    private static func owners(
        _ task: PlanTask, _ leads: (String) -> [OfficeProfile.Unit]
    ) -> [(name: String, unit: OfficeProfile.Unit?)] {
        var found: [(name: String, unit: OfficeProfile.Unit?)] = []
        for phrase in task.leads {
            let units = leads(phrase)
            let owners = units.isEmpty ? [(phrase, nil)] : units.map { ($0.name, Optional($0)) }
            for owner in owners where !found.contains(where: { $0.name == owner.0 }) { found.append(owner) }
        }
        return found
    }
}

extension PlanProgress.Row {
    fileprivate mutating func count(_ due: LocalDate, _ isDone: Bool, period: ReportPeriod, asOf date: LocalDate) {
        dated += 1
        if due >= period.start, due <= period.end { dueInPeriod += 1 }
        if isDone {
            done += 1
        } else if due < date {
            overdue += 1
        } else {
            inTime += 1
        }
    }
}
