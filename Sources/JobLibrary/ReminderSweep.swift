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
        /// Notices whose jobs this sweep has made.
        var digests = 0
        /// Items of these notices.
        var items = 0
        /// Notices that have gone, or whose jobs were made before and have not ended.
        var toldBefore = 0
        /// Dunning letters whose jobs this sweep has made.
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
        let office = try OfficeSetup.current(for: context)
        var report = Report(isWorkingDay: office.calendar.isWorkingDay(asOf))
        guard report.isWorkingDay else { return try .done(report) }
        let facts = ReminderRound.Facts(
            plans: try office.register.plans(), records: try office.register.milestoneRecords(),
            cases: try office.register.cases(), needsData: try office.register.needsData(upTo: asOf),
            bounces: try office.register.bounces(upTo: asOf),
            unreadReports: try office.register.unreadReports(upTo: asOf),
            uncertain: try office.register.uncertainLetters(before: asOf))
        var round = ReminderRound.round(
            asOf: asOf, after: try office.register.lastReminderSweep(before: asOf), facts: facts,
            profile: office.profile, calendar: office.calendar)
        (report.withoutMailbox, report.withoutLead) = (round.withoutMailbox, round.withoutLead)
        report.unknownUnits = round.unknownUnits
        // The recipient's next digest repeats the items of a notice that could not be sent.
        let unsent = try office.register.unsentNotices(before: asOf)
        round.carry(unsent, asOf: asOf, profile: office.profile)
        try office.register.carry(noticesBefore: asOf, for: round.digests.map(\.recipient))
        try notify(round.digests, office, context, &report)
        report.dunningLetters = try dun(office, facts, context)
        try office.register.noteReminderSweep(of: asOf)
        return try .done(report)
    }

    /// A recipient gets one notice a day: a later sweep of the day does not replace it, even if its text would differ.
    private func notify(
        _ digests: [ReminderDigest], _ office: OfficeSetup, _ context: JobContext, _ report: inout Report
    ) throws {
        let waiting = try digests.filter { digest in
            try office.register.keep(notice: ReminderNotice.key(digest), digest) == .waiting
        }
        let new = try office.register.request(waiting.map(ReminderNotice.key), by: "\(context.id)")
        for digest in waiting {
            let key = ReminderNotice.key(digest)
            try context.enqueue(
                ReminderNotice(digest: digest), options: office.owned(ReminderNotice.options, key: key, context))
            guard new.contains(key) else { continue }
            report.digests += 1
            report.items += digest.items.count
        }
        report.toldBefore = digests.count - report.digests
    }

    /// A week's letters are asked for on each of its days; their keys see to it that a unit gets one.
    private func dun(
        _ office: OfficeSetup, _ facts: ReminderRound.Facts, _ context: JobContext
    ) throws -> Int {
        guard let rules = office.profile.dunning else { return 0 }
        let overdue = OverdueTasks(
            asOf: asOf, plans: facts.plans, records: facts.records, profile: office.profile,
            calendar: office.calendar, after: rules.after)
        let issued = try office.register.issuedKeys(kind: "dunning")
        let letters = overdue.units.map { DunningLetter(unit: $0, asOf: asOf) }
            .filter { !issued.contains($0.key) || !$0.isInTray(office) }
        let new = try office.register.request(letters.map(\.key), by: "\(context.id)")
        for letter in letters {
            try context.enqueue(letter, options: office.owned(DunningLetter.options, key: letter.key, context))
        }
        return new.count
    }
}
