import KipCore

/// The kinds of the common job library.
public enum OfficeJobs {
    /// All of them.
    public static let kinds: [any Job.Type] = [
        ReminderSweep.self, ReminderNotice.self, LateCaseSweep.self, ApologyLetter.self, ReportCompilation.self,
    ]
}
