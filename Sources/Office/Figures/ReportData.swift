/// All that a report is made of, as it was known on a day.
public struct ReportData: Sendable {
    /// Whether a unit has done a milestone by the day; without a unit, whether anybody has.
    public typealias MilestoneStand = @Sendable (MilestoneID, OfficeProfile.Unit?) -> Bool

    /// The case files.
    public var cases: [CaseFile]
    /// The day that the letter about the first promise of a case file bears.
    public var letters: [String: LocalDate]
    /// The plans.
    public var plans: [Plan]
    /// What units have said.
    public var indicators: [IndicatorValue]
    /// The office.
    public var profile: OfficeProfile
    /// The targets.
    public var targets: TargetList
    /// Which milestones are done.
    public var isDone: MilestoneStand

    /// Data.
    public init(
        cases: [CaseFile], letters: [String: LocalDate] = [:], plans: [Plan] = [], indicators: [IndicatorValue] = [],
        profile: OfficeProfile, targets: TargetList, isDone: @escaping MilestoneStand = { _, _ in false }
    ) {
        self.cases = cases
        self.letters = letters
        self.plans = plans
        self.indicators = indicators
        self.profile = profile
        self.targets = targets
        self.isDone = isDone
    }

    /// Reads a register as of a day.
    /// - Throws: `OfficeError.register`.
    public init(
        _ register: Register, asOf date: LocalDate, profile: OfficeProfile, targets: TargetList,
        isDone: @escaping MilestoneStand = { _, _ in false }
    ) throws(OfficeError) {
        self.init(
            cases: try register.cases(), letters: try register.letterDays(upTo: date), plans: try register.plans(),
            indicators: try register.indicators(asOf: date), profile: profile, targets: targets, isDone: isDone)
    }
}
