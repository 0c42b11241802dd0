/// The days on which something is told: the rungs between the first reminder and the chairman's list.
///
/// A deadline on a day off is reminded for the last working day before it. Lead days of the plan are counted back from
/// there and move to the working day on or before; those of case files are working days.
struct ReminderLadder {
    /// What is looked at: the days after the last sweep, up to and with this one.
    struct Span {
        /// The last day that was told.
        let after: LocalDate
        /// The day of the sweep.
        let through: LocalDate

        func contains(_ date: LocalDate) -> Bool { after < date && date <= through }
    }

    let rules: OfficeProfile.ReminderRules
    let calendar: WorkingCalendar
    let span: Span

    /// The last working day of a deadline.
    func lastWorkingDay(_ due: LocalDate) -> LocalDate { calendar.onOrBefore(due) }

    /// Whether a milestone's leads are told: 30, 7 and 1 days before, on its last day, on the first working day after it,
    /// and then on the first working day of each week.
    func tellsLeads(_ due: LocalDate) -> Bool {
        isBefore(due, rules.planLeadDays) || isOverdue(due)
    }

    /// Whether a milestone's coordinators are told: in its last days, and on its last one.
    func tellsCoordinators(_ due: LocalDate) -> Bool {
        let last = rules.coordinatorDays ?? 7
        return isBefore(due, rules.planLeadDays.filter { $0 <= last })
    }

    /// Whether a case file is told of: some working days before, on its day, and on each working day after it.
    func tellsCase(promisedOn: LocalDate) -> Bool {
        if promisedOn < span.through { return true }
        return ([0] + rules.caseLeadWorkingDays).contains {
            let last = lastWorkingDay(promisedOn)
            return span.contains(calendar.adding(workingDays: -$0, to: last))
        }
    }

    /// The first working day of a week is among the days.
    var beginsWeek: Bool {
        mondays(from: span.after).contains { span.contains(calendar.onOrAfter($0)) }
    }

    /// The first working day of a month is among the days.
    var beginsMonth: Bool {
        var (year, month, _) = span.through.parts
        // A month that begins with days off, or one that was missed, began in the month before the sweep.
        for _ in 0..<2 {
            if let first = LocalDate(year: year, month: month, day: 1), span.contains(calendar.onOrAfter(first)) {
                return true
            }
            (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1)
        }
        return false
    }

    private func isBefore(_ due: LocalDate, _ leads: [Int]) -> Bool {
        let last = lastWorkingDay(due)
        return span.contains(last) || leads.contains { span.contains(calendar.onOrBefore(last.adding(days: -$0))) }
    }

    private func isOverdue(_ due: LocalDate) -> Bool {
        guard due < span.through else { return false }
        if span.contains(calendar.onOrAfter(due.adding(days: 1))) { return true }
        return mondays(from: max(span.after, due)).contains { span.contains(calendar.onOrAfter($0)) && $0 > due }
    }

    /// The Mondays of the weeks from the one of a day up to the sweep.
    private func mondays(from date: LocalDate) -> [LocalDate] {
        let first = Self.monday(of: date)
        guard first <= span.through else { return [] }
        return stride(from: first.number, through: span.through.number, by: 7).map { LocalDate(number: $0) }
    }

    /// The Monday of a day's week.
    static func monday(of date: LocalDate) -> LocalDate {
        date.adding(days: -((date.weekday + 6) % 7))
    }
}
