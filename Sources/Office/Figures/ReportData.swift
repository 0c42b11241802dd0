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

    /// Reads a register as of a day, with what was said of its milestones and what the office has confirmed of its plan.
    /// - Throws: `OfficeError.register`.
    public init(
        _ register: Register, asOf date: LocalDate, profile: OfficeProfile, targets: TargetList
    ) throws(OfficeError) {
        let plans = try register.plans().map { $0.confirmed(by: profile) }
        self.init(
            cases: try register.cases(), letters: try register.letterDays(upTo: date), plans: plans,
            indicators: try register.indicators(asOf: date), profile: profile, targets: targets,
            isDone: Self.stand(plans, MilestoneStates(try register.milestoneRecords(), asOf: date)))
    }

    private static func stand(_ plans: [Plan], _ states: MilestoneStates) -> MilestoneStand {
        var days: [MilestoneID: LocalDate] = [:]
        for plan in plans {
            for task in plan.tasks {
                for (index, milestone) in task.milestones.enumerated() {
                    days[MilestoneID(plan: plan.plan, task: task.id, place: index + 1)] = milestone.due
                }
            }
        }
        return { [days] id, unit in
            guard let unit else { return false }
            return states.done(id.plan, "\(id.task)/\(id.place)", due: days[id], by: unit.id) != nil
        }
    }
}
