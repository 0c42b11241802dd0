extension PlanTask {
    /// Gives each milestone that comes round its dates: one for the last day of each month, quarter or half year that
    /// ends between its `from` and `to`.
    /// - Throws: `OfficeError.plan` where it says no period, or no `from` and `to` within two years.
    mutating func date() throws(OfficeError) {
        var dated: [Milestone] = []
        for milestone in milestones {
            guard let period = milestone.occurrences else {
                dated.append(milestone)
                continue
            }
            guard let months = ["monthly": 1, "quarterly": 3, "half-yearly": 6][period] else {
                throw .plan("task \(id): “occurrences” is “\(period)”, not monthly, quarterly or half-yearly")
            }
            guard let from = milestone.from, let to = milestone.to, from <= to, to.number - from.number <= 731 else {
                throw .plan("task \(id): what comes round needs “from” and “to”, two years apart at the most")
            }
            dated += Self.ends(from, to, every: months).map { due in
                let suffix = PeriodName.of(endingIn: due.parts.month, months: months)
                return Milestone(
                    kind: .by, due: due, what: milestone.what.map { "\($0) \(suffix)" } ?? suffix,
                    suspect: milestone.suspect)
            }
        }
        milestones = dated
    }

    private static func ends(_ from: LocalDate, _ to: LocalDate, every months: Int) -> [LocalDate] {
        var ends: [LocalDate] = []
        guard var start = LocalDate(year: from.year, month: 1, day: 1) else { return [] }
        while start <= to {
            start = start.adding(months: months)
            let end = start.adding(days: -1)
            if from <= end, end <= to { ends.append(end) }
        }
        return ends
    }
}
