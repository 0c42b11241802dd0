import KipCore
import Office

/// Finds what is to be told on a working day and makes one `reminder-notice` job for each recipient that has something;
/// also a `dunning-letter` job for each unit with tasks that are long overdue, of which a week makes one letter. On a day off
/// nothing is sent. What an earlier day's sweep would have told, had it run, is told by the next one, once.
public struct ReminderSweep: Job {
    /// `reminder-sweep`.
    public static let kind = "reminder-sweep"
    /// The day as of which is reminded.
    public var asOf: LocalDate

    /// A sweep of a day.
    public init(asOf: LocalDate) {
        self.asOf = asOf
    }

    /// What a sweep found.
    struct Report: Codable {
        var isWorkingDay: Bool
        var digests = 0
        var items = 0
        var dunningLetters = 0
        /// Recipients that have something to be told and no mailbox.
        var withoutMailbox: [String] = []
        /// Milestones whose leads are not known.
        var withoutLead: [String] = []
        /// Units of case files that the office does not have.
        var unknownUnits: [String] = []
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        if let refusal = SweepDay.refusal(asOf) { return refusal }
        let office = try OfficeSetup.current()
        var report = Report(isWorkingDay: office.calendar.isWorkingDay(asOf))
        guard report.isWorkingDay else { return try .done(report) }
        let facts = ReminderRound.Facts(
            plans: try office.register.plans(), records: try office.register.milestoneRecords(),
            cases: try office.register.cases(), needsData: try office.register.needsData(upTo: asOf),
            bounces: try office.register.bounces(upTo: asOf))
        let round = ReminderRound.round(
            asOf: asOf, after: try office.register.lastReminderSweep(before: asOf), facts: facts,
            profile: office.profile, calendar: office.calendar)
        (report.withoutMailbox, report.withoutLead) = (round.withoutMailbox, round.withoutLead)
        report.unknownUnits = round.unknownUnits
        for digest in round.digests {
            let key = ReminderNotice.key(digest)
            // What was told in the morning is told, also where a later sweep of the day would say it differently.
            try context.enqueue(
                ReminderNotice(digest: digest),
                options: ReminderNotice.options.unique(key, onConflict: .keepExisting))
            report.digests += 1
            report.items += digest.items.count
        }
        report.dunningLetters = try dun(office, facts, context)
        try office.register.noteReminderSweep(of: asOf)
        return try .done(report)
    }

    /// A week's letters are asked for on each of its days; their keys see to it that a unit gets one.
    private func dun(
        _ office: OfficeSetup, _ facts: ReminderRound.Facts, _ context: JobContext
    ) throws -> Int {
        guard let rules = office.profile.dunning else { return 0 }
        let overdue = OverdueTasks(
            asOf: asOf, plans: facts.plans, records: facts.records, profile: office.profile,
            calendar: office.calendar, after: rules.after)
        for unit in overdue.units {
            let letter = DunningLetter(unit: unit, asOf: asOf)
            try context.enqueue(
                letter, options: DunningLetter.options.unique("\(letter.key)/\(asOf)", onConflict: .keepExisting))
        }
        return overdue.units.count
    }
}
