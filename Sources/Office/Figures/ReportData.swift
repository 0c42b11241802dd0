/// All that a report is made of, as it was known on a day.
public struct ReportData: Sendable {
    /// The case files.
    public var cases: [CaseFile]
    /// The letters about the first promises of case files that went out, by the files' codes.
    public var letters: [String: ReportedLetter]
    /// How many tasks the plans have.
    public var tasks: Int
    /// Where the milestones of the plans stand.
    public var standings: [PlanStanding]
    /// What units have said.
    public var indicators: [IndicatorValue]
    /// The office.
    public var profile: OfficeProfile
    /// The targets.
    public var targets: TargetList

    /// Data.
    public init(
        cases: [CaseFile], letters: [String: ReportedLetter] = [:], tasks: Int = 0, standings: [PlanStanding] = [],
        indicators: [IndicatorValue] = [], profile: OfficeProfile, targets: TargetList
    ) {
        self.cases = cases
        self.letters = letters
        self.tasks = tasks
        self.standings = standings
        self.indicators = indicators
        self.profile = profile
        self.targets = targets
    }

    /// Reads a register as of a day, with what was said of its milestones and what the office has confirmed of its plan.
    /// - Throws: `OfficeError.register`.
    public init(
        _ register: Register, asOf date: LocalDate, profile: OfficeProfile, targets: TargetList,
        calendar: WorkingCalendar
    ) throws(OfficeError) {
        let plans = try register.plans()
        self.init(
            cases: try register.cases(), letters: try register.reportedLetters(upTo: date),
            tasks: plans.reduce(0) { $0 + $1.tasks.count },
            standings: PlanStanding.rows(
                asOf: date, plans: plans, records: try register.milestoneRecords(), profile: profile,
                calendar: calendar),
            indicators: try register.indicators(asOf: date), profile: profile, targets: targets)
    }
}
