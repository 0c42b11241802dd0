/// How a plan stands on a day, by lead agency. A milestone with several leads counts for each of them. It is the same
/// standing that reminders and `kip plan tasks` go by.
public struct PlanProgress: Sendable, Equatable, Codable {
    /// One agency's milestones with a date.
    public struct Row: Sendable, Equatable, Codable {
        /// The agency, or the plan's words where they name none that is known.
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

    /// The agencies, in the office's order, then the plan's words that name none.
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
    ///   - standings: of the day.
    ///   - tasks: how many tasks the plans have.
    ///   - period: whose dates are counted as due in it.
    ///   - date: the day.
    ///   - owners: units and bodies, in the office's order.
    public init(
        _ standings: [PlanStanding], tasks: Int, in period: ReportPeriod, asOf date: LocalDate, owners: [Recipient]
    ) {
        let names = Dictionary(owners.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        var rows: [String: Row] = [:]
        self.tasks = tasks
        (milestones, undated, doubtful) = (0, 0, 0)
        for standing in standings {
            if standing.standing == .unconfirmed {
                doubtful += 1
                continue
            }
            guard let due = standing.due else {
                undated += 1
                continue
            }
            milestones += 1
            for (agency, isDone) in Self.parts(of: standing, names) {
                rows[agency, default: Row(agency)].count(due, isDone, period: period, asOf: date)
            }
        }
        let known = owners.map(\.name)
        let strangers = rows.keys.filter { !known.contains($0) }.sorted()
        self.rows = (known + strangers).compactMap { rows[$0] }
    }

    /// Who answers for a milestone, and whether its part is done. Words that name nobody answer as well: never dropped.
    private static func parts(of standing: PlanStanding, _ names: [String: String]) -> [(String, Bool)] {
        let known = standing.parts.compactMap { part in names[part.lead].map { ($0, part.doneOn != nil) } }
        let strangers = standing.unresolvedLeads.map { ($0, standing.standing == .done) }
        let all = known + strangers
        return all.isEmpty ? [("Chưa xác định cơ quan chủ trì", standing.standing == .done)] : all
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
