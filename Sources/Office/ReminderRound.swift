/// All that is told on one day, to whom, and what could not be told.
public struct ReminderRound: Sendable, Equatable {
    /// What the office knows.
    public struct Facts: Sendable {
        /// The plans.
        public var plans: [Plan]
        /// What was said about milestones, in that order.
        public var records: [MilestoneRecord]
        /// The case files.
        public var cases: [CaseFile]
        /// The case files whose letters wait for data, and what they lack.
        public var needsData: [(code: String, what: String)]
        /// The mails that came back.
        public var bounces: [BouncedMail]
        /// The mail servers' reports that a person must open.
        public var unreadReports: [UnreadReport]
        /// The letters of which nobody knows whether they went, and their last steps.
        public var uncertain: [(letter: LetterKey, step: LetterStep)]

        /// Facts.
        public init(
            plans: [Plan] = [], records: [MilestoneRecord] = [], cases: [CaseFile] = [],
            needsData: [(code: String, what: String)] = [], bounces: [BouncedMail] = [],
            unreadReports: [UnreadReport] = [], uncertain: [(letter: LetterKey, step: LetterStep)] = []
        ) {
            self.plans = plans
            self.records = records
            self.cases = cases
            self.needsData = needsData
            self.bounces = bounces
            self.unreadReports = unreadReports
            self.uncertain = uncertain
        }
    }

    /// The digests, one for each recipient that has something to be told and an official mailbox.
    public var digests: [ReminderDigest]
    /// Ids of those who have something to be told and no mailbox.
    public var withoutMailbox: [String]
    /// Milestones that are due or overdue and whose leads are not known: `1.4/2`.
    public var withoutLead: [String]
    /// The units of case files that are to be told of and that the office does not have, as the files write them.
    public var unknownUnits: [String]

    /// What is told on a day.
    ///
    /// Who: a milestone's leads, each as long as its part is open; coordinators in the last week; the head of a unit what
    /// is overdue there; the chairman each week what is long overdue; who supervises, each month, what falls due in it or
    /// is overdue. A case file's unit, and its head when it is overdue; of one whose unit is not known, whoever sees to
    /// what has no owner. The same facts and day give the same round.
    /// - Parameters:
    ///   - date: the day, which is worked.
    ///   - last: the day of the round before: what was missed since is told now, once; nil = only this day's.
    public static func round(
        asOf date: LocalDate, after last: LocalDate? = nil, facts: Facts, profile: OfficeProfile,
        calendar: WorkingCalendar
    ) -> ReminderRound {
        round(asOf: date, after: last, facts: facts, profile: profile, calendar: calendar, owners: OwnerBook(profile))
    }

    static func round(
        asOf date: LocalDate, after last: LocalDate?, facts: Facts, profile: OfficeProfile, calendar: WorkingCalendar,
        owners: OwnerBook
    ) -> ReminderRound {
        var desk = ReminderDesk(
            date: date,
            ladder: ReminderLadder(
                rules: profile.reminders, calendar: calendar,
                span: .init(after: min(last ?? date, date).adding(days: last == nil ? -1 : 0), through: date)),
            profile: profile)
        let rows = PlanStanding.rows(
            asOf: date, plans: facts.plans, records: facts.records, profile: profile, calendar: calendar,
            owners: owners)
        for row in rows where row.standing != .done { desk.take(row, isOnlyPlan: facts.plans.count < 2) }
        for file in facts.cases { desk.take(file) }
        desk.take(needsData: facts.needsData, of: facts.cases)
        for bounce in facts.bounces { desk.take(bounce) }
        for report in facts.unreadReports { desk.take(report) }
        for (letter, step) in facts.uncertain { desk.take(uncertain: letter, step) }
        return desk.round()
    }
}
