/// Where a plan stands on a day: each milestone, and each lead's part of it.
public struct PlanStanding: Sendable, Codable, Equatable {
    /// Where a milestone stands.
    public enum Standing: String, Sendable, Codable, CaseIterable {
        /// Every lead has done its part.
        case done
        /// Its day is near: the first reminder of it has come.
        case soon
        /// Its day is far.
        case inTime
        /// Its last working day has passed.
        case overdue
        /// It goes on and has no day.
        case ongoing
        /// It waits for an event and has no day.
        case onEvent
        /// Its day is doubtful and was not confirmed.
        case unconfirmed

        /// As lists of the office write it.
        public var vietnamese: String {
            switch self {
            case .done: "đã hoàn thành"
            case .soon: "sắp đến hạn"
            case .inTime: "trong hạn"
            case .overdue: "quá hạn"
            case .ongoing: "thường xuyên"
            case .onEvent: "khi phát sinh"
            case .unconfirmed: "chờ xác nhận thời hạn"
            }
        }
    }

    /// A lead's part.
    public struct Part: Sendable, Codable, Equatable {
        /// The lead's id.
        public var lead: String
        /// The day since which it is done; nil = it is open.
        public var doneOn: LocalDate?
    }

    /// The plan: `04/KH-UBND`.
    public var plan: String
    /// The task: `1.4`.
    public var task: String
    /// The milestone: `1.4/2`.
    public var milestone: String
    /// The task's title.
    public var title: String
    /// What is to be done by then.
    public var what: String?
    /// The last day, in the plan's words; nil = there is none.
    public var due: LocalDate?
    /// The last day that is worked until then.
    public var lastWorkingDay: LocalDate?
    /// The first day that is worked from its beginning, or the plan's, on; nil = it has no window.
    public var starts: LocalDate?
    /// Where it stands.
    public var standing: Standing
    /// Working days since its last one; 0 = it is not overdue.
    public var overdueWorkingDays: Int
    /// The parts of its leads that have duties.
    public var parts: [Part]
    /// Ids of those who help and are no lead.
    public var coordinators: [String]
    /// Ids of those who supervise.
    public var supervisors: [String]
    /// Words of its leads that name nobody.
    public var unresolvedLeads: [String]

    /// The title with what is to be done by then; “hoàn thành”, which says nothing of its own, is left out.
    public var label: String {
        guard let what, !what.isEmpty, !what.hasPrefix("hoàn thành") else { return title }
        return "\(title) (\(what))"
    }

    /// Ids of the leads whose part is open.
    public var openLeads: [String] { parts.filter { $0.doneOn == nil }.map(\.lead) }

    /// The standings of all milestones, in the plans' order.
    /// - Parameters:
    ///   - date: what was said or falls due later is not known then.
    ///   - records: in the order in which they were said.
    public static func rows(
        asOf date: LocalDate, plans: [Plan], records: [MilestoneRecord], profile: OfficeProfile,
        calendar: WorkingCalendar
    ) -> [PlanStanding] {
        rows(
            asOf: date, plans: plans, records: records, profile: profile, calendar: calendar,
            owners: OwnerBook(profile))
    }

    static func rows(
        asOf date: LocalDate, plans: [Plan], records: [MilestoneRecord], profile: OfficeProfile,
        calendar: WorkingCalendar, owners: OwnerBook
    ) -> [PlanStanding] {
        let board = Board(
            date: date, states: MilestoneStates(records, asOf: date), owners: owners,
            soonDays: profile.reminders.planLeadDays.max() ?? 0, calendar: calendar)
        return plans.map { $0.confirmed(by: profile) }.flatMap { plan in
            plan.tasks.flatMap { task in
                task.milestones.indices.map { board.row(plan, task, $0) }
            }
        }
    }

    /// Where a task stands: the worst of its dated milestones; where all of these are done, what goes on besides.
    public static func overall(_ rows: [PlanStanding]) -> Standing {
        let order: [Standing] = [.overdue, .soon, .inTime, .unconfirmed, .ongoing, .onEvent, .done]
        return order.first { wanted in rows.contains { $0.standing == wanted } } ?? .done
    }

    private struct Board {
        let date: LocalDate
        let states: MilestoneStates
        let owners: OwnerBook
        let soonDays: Int
        let calendar: WorkingCalendar

        func row(_ plan: Plan, _ task: PlanTask, _ index: Int) -> PlanStanding {
            let milestone = task.milestones[index]
            let id = "\(task.id)/\(index + 1)"
            let people = owners.people(of: task)
            // A milestone without a lead that is known is still done or open.
            let leads = people.leads.isEmpty ? [""] : people.leads
            let parts = leads.map {
                Part(lead: $0, doneOn: states.done(plan.plan, id, due: milestone.due, by: $0))
            }
            let last = milestone.due.map { calendar.onOrBefore($0) }
            let standing = standing(milestone, last, isDone: parts.allSatisfy { $0.doneOn != nil })
            let overdue = standing == .overdue ? last.map { calendar.workingDays(from: $0, to: date) } ?? 0 : 0
            return PlanStanding(
                plan: plan.plan, task: task.id, milestone: id, title: task.title, what: milestone.what,
                due: milestone.due, lastWorkingDay: last,
                starts: milestone.kind == .by
                    ? milestone.from.map { calendar.onOrAfter(max($0, plan.issued)) } : nil,
                standing: standing, overdueWorkingDays: overdue, parts: parts, coordinators: people.coordinators,
                supervisors: people.supervisors, unresolvedLeads: people.unresolvedLeads)
        }

        private func standing(_ milestone: Milestone, _ last: LocalDate?, isDone: Bool) -> Standing {
            if isDone { return .done }
            switch milestone.kind {
            case .ongoing: return .ongoing
            case .onEvent: return .onEvent
            case .by:
                if milestone.suspect != nil { return .unconfirmed }
                guard let due = milestone.due, let last else { return .onEvent }
                if due < date { return .overdue }
                return last.number - date.number <= soonDays ? .soon : .inTime
            }
        }
    }
}
