/// What the office has decided about its plan (`plan` in `office.yaml`).
public struct PlanRules: Codable, Sendable, Equatable {
    /// Milestones whose date is doubtful and was confirmed; default none.
    public var confirmedSuspects: [Confirmation]?

    /// A doubtful milestone and its date.
    public struct Confirmation: Codable, Sendable, Equatable {
        /// `1.7/1`, or `1.7` for the only milestone of a task.
        public var milestone: String
        /// The last day that holds.
        public var due: LocalDate
    }
}

/// The rules of dunning letters (`dunning` in `office.yaml`).
public struct DunningRules: Codable, Sendable, Equatable {
    /// A unit gets a letter when a milestone is overdue more than so many working days; default 5.
    public var afterWorkingDays: Int?
    /// The register's book.
    public var book: String
    /// What follows the number: `UBND-NV`.
    public var symbol: String
    /// The new deadline is so many working days after the letter; default 5.
    public var newDeadlineWorkingDays: Int?
    /// Whom to ask and to answer, within a sentence.
    public var contact: String
    /// Lines of “Nơi nhận” after “Như trên”; default “Lưu: VT.”
    public var recipients: [String]?

    /// With its default.
    public var after: Int { afterWorkingDays ?? 5 }
    /// With its default.
    public var newDeadline: Int { newDeadlineWorkingDays ?? 5 }
}

extension OfficeProfile {
    /// The first number of the rules that makes no sense; nil = there is none.
    func slipInReminders() -> String? {
        let counts = [
            ("reminders.coordinatorDays", reminders.coordinatorDays),
            ("reminders.chairmanAfterWorkingDays", reminders.chairmanAfterWorkingDays),
            ("reminders.chairmanAfterCaseWorkingDays", reminders.chairmanAfterCaseWorkingDays),
            ("dunning.afterWorkingDays", dunning?.afterWorkingDays),
            ("dunning.newDeadlineWorkingDays", dunning?.newDeadlineWorkingDays),
        ]
        for (key, value) in counts where value.map({ !(0...366).contains($0) }) ?? false {
            return "“\(key)” is not a number of days from 0 to 366"
        }
        let leads = reminders.planLeadDays + reminders.caseLeadWorkingDays
        if leads.contains(where: { !(0...366).contains($0) }) {
            return "“reminders” has a lead time that is not from 0 to 366 days"
        }
        return nil
    }
}
