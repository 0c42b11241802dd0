import KipCore
import Office

/// Finds what falls due on a working day and makes one `reminder-notice` job for each unit that has something. On a day
/// off nothing is sent.
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
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        var report = Report(isWorkingDay: office.calendar.isWorkingDay(asOf))
        guard report.isWorkingDay else { return try .done(report) }
        let digests = ReminderDigest.digests(
            asOf: asOf, plans: try office.register.plans(), cases: try office.register.cases(),
            profile: office.profile, calendar: office.calendar)
        for digest in digests {
            let key = ReminderNotice.key(digest)
            // What was told in the morning is told, also where a later sweep of the day would say it differently.
            try context.enqueue(
                ReminderNotice(digest: digest),
                options: ReminderNotice.options.unique(key, onConflict: .keepExisting))
            report.digests += 1
            report.items += digest.items.count
        }
        return try .done(report)
    }
}
