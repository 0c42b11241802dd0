/// What one recipient is reminded of on one day.
public struct ReminderDigest: Sendable, Codable, Equatable {
    /// One thing that falls due or is overdue. It names no citizen.
    public struct Item: Sendable, Codable, Equatable {
        /// The task's number or the case file's code.
        public var code: String
        /// What it is.
        public var title: String
        /// The last day.
        public var due: LocalDate
        /// Days left; negative = overdue.
        public var daysLeft: Int
        /// It comes from the plan; otherwise it is a case file.
        public var isTask: Bool
    }

    /// The unit's id.
    public var recipient: String
    /// The day.
    public var date: LocalDate
    /// What it is about, the most urgent first.
    public var items: [Item]

    /// “Nhắc việc 29/3/2024: 3 việc sắp đến hạn, 1 việc quá hạn”.
    public var subject: String {
        let overdue = items.count { $0.daysLeft < 0 }
        var parts: [String] = []
        if items.count > overdue { parts.append("\(items.count - overdue) việc sắp đến hạn") }
        if overdue > 0 { parts.append("\(overdue) việc quá hạn") }
        return "Nhắc việc \(date.vietnamese): " + parts.joined(separator: ", ")
    }

    /// The digests of a day, one for each unit that has something due and an official mailbox.
    ///
    /// A milestone of the plan is told on the working day on or before each of its lead days, and on each Monday's
    /// working day while it is overdue; a case file on its lead working days, on its last day, and on each working day
    /// while it is overdue.
    public static func digests(
        asOf date: LocalDate, plans: [Plan], cases: [CaseFile], profile: OfficeProfile, calendar: WorkingCalendar
    ) -> [ReminderDigest] {
        var items: [String: [Item]] = [:]
        let directory = Directory(profile)
        for task in plans.flatMap(\.tasks) {
            for milestone in task.milestones {
                guard let item = item(task, milestone, date, profile, calendar) else { continue }
                for unit in Set(task.leads.flatMap { directory.units(for: $0).map(\.id) }) {
                    items[unit, default: []].append(item)
                }
            }
        }
        for file in cases {
            guard let item = item(file, date, profile, calendar), let unit = profile.unit(named: file.unit) else {
                continue
            }
            items[unit.id, default: []].append(item)
        }
        return profile.units.filter { $0.email != nil }.compactMap { unit in
            items[unit.id].map { found in
                ReminderDigest(
                    recipient: unit.id, date: date,
                    items: found.sorted { ($0.due, $0.code) < ($1.due, $1.code) })
            }
        }
    }

    private static func item(
        _ task: PlanTask, _ milestone: Milestone, _ date: LocalDate, _ profile: OfficeProfile,
        _ calendar: WorkingCalendar
    ) -> Item? {
        guard milestone.kind == .by, milestone.suspect == nil, let due = milestone.due else { return nil }
        let isTold =
            due < date
            ? date == calendar.onOrAfter(monday(of: date))
            : profile.reminders.planLeadDays.contains { calendar.onOrBefore(due.adding(days: -$0)) == date }
        guard isTold else { return nil }
        let title = milestone.what.map { "\(task.title) (\($0))" } ?? task.title
        return Item(code: task.id, title: title, due: due, daysLeft: due.number - date.number, isTask: true)
    }

    private static func monday(of date: LocalDate) -> LocalDate {
        date.adding(days: -((date.weekday + 6) % 7))
    }

    private static func item(
        _ file: CaseFile, _ date: LocalDate, _ profile: OfficeProfile, _ calendar: WorkingCalendar
    ) -> Item? {
        guard file.receivedOn <= date else { return nil }
        switch file.state(asOf: date) {
        case .early, .onTime, .late, .suspended: return nil
        case .pendingOverdue: break
        case .pendingInTime:
            let due = file.dueOn(asOf: date)
            let lead = profile.reminders.caseLeadWorkingDays.contains {
                calendar.adding(workingDays: -$0, to: due) == date
            }
            guard lead || due == date else { return nil }
        }
        let due = file.dueOn(asOf: date)
        return Item(
            code: file.code, title: file.procedure, due: due, daysLeft: due.number - date.number, isTask: false)
    }
}
