import KipCore
import KipWorker
import Office

/// Wipes citizens' data whose time is over, where `office.yaml` says how long they are kept (`retention`): in the register,
/// and copies of their letters that still lie in the print tray or the outbox.
public struct RetentionSweep: Job {
    /// `retention-sweep`.
    public static let kind = "retention-sweep"
    /// Five attempts of ten minutes.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(600))
    /// The day as of which their time is over.
    public var asOf: LocalDate

    /// A sweep of a day.
    public init(asOf: LocalDate) {
        self.asOf = asOf
    }

    /// What a sweep did.
    struct Report: Codable {
        var caseFiles = 0
        var letters = 0
        var note: String?
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        if let refusal = SweepDay.refusal(asOf) { return refusal }
        let office = try OfficeSetup.current(for: context)
        guard let rules = office.profile.retention else {
            return try .done(Report(note: "office.yaml has no “retention”: everything is kept"))
        }
        let count = try office.register.wipe(asOf: asOf, by: rules, since: office.profile.apology.since)
        // Of all that ever were: a sweep may have died between the two.
        for name in try office.register.wipedLetters() {
            let stem = String(name.dropLast(4))
            for copy in [name, stem + ApologyLetter.sheetEnding] { try office.printTray.takeAway(name: copy) }
            try office.outbox.takeAway(name: stem)
        }
        office.printTray.clearDrafts()
        office.outbox.clearDrafts()
        return try .done(Report(caseFiles: count.caseFiles, letters: count.letters))
    }
}
