import KipCore
import KipWorker
import Office
import OfficeMail

/// Reads the mail servers' reports of what did not arrive (`mail.bounces` in `office.yaml`) and takes note of each once. An
/// apology letter that came back goes out on paper with the next sweep for late case files; whoever sees to what has no
/// owner is told of all of them with the next reminders.
///
/// Anybody can send such a report. The worst that a forged one does is a second copy of a letter, on paper.
public struct BounceSweep: Job {
    /// `bounce-sweep`.
    public static let kind = "bounce-sweep"
    /// The day on which they are noted.
    public var asOf: LocalDate

    /// A sweep of a day.
    public init(asOf: LocalDate) {
        self.asOf = asOf
    }

    /// What a sweep found.
    struct Report: Codable {
        var noted = 0
        /// Reports about mail that is not the office's.
        var strange = 0
        var note: String?
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        var report = Report()
        guard let reader = office.bounces else {
            report.note = "office.yaml has no “mail.bounces”: nobody looks for mail that came back"
            return try .done(report)
        }
        for bounce in try reader.bounces() {
            guard let failed = bounce.recipients.first(where: \.isFailure) else { continue }
            guard let key = bounce.key else {
                report.strange += 1
                continue
            }
            let mail = BouncedMail(key: key, status: failed.status, notedOn: asOf)
            if try office.register.note(mail, from: bounce.file) { report.noted += 1 }
        }
        return try .done(report)
    }
}
