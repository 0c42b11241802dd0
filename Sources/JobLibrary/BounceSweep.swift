import KipCore
import KipWorker
import Office
import OfficeMail

/// Reads the mail servers' reports of what did not arrive (`mail.bounces` in `office.yaml`) and takes note of each once. An
/// apology letter that came back goes out on paper with the next sweep for late case files; whoever sees to what has no
/// owner is told of all of them with the next reminders.
///
/// Anybody can send such a report. A forged one, about a letter that the office has mailed, has that letter sent a second time,
/// on paper; about anything else it is not noted.
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

    /// Three numbers (RFC 3463), and nothing else that somebody may have written there.
    private static func status(_ recipient: Bounce.Recipient) -> String {
        let parts = recipient.status.split(separator: ".", omittingEmptySubsequences: false)
        let isStatus =
            parts.count == 3 && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy("0123456789".contains) }
        return isStatus ? recipient.status : ""
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        if let refusal = SweepDay.refusal(asOf) { return refusal }
        let office = try OfficeSetup.current()
        var report = Report()
        guard let reader = office.bounces else {
            report.note = "office.yaml has no “mail.bounces”: nobody looks for mail that came back"
            return try .done(report)
        }
        let noted = try office.register.notedReports()
        for bounce in try reader.bounces() {
            guard let failed = bounce.recipients.first(where: \.isFailure) else { continue }
            // A folder's file may take the name of one that was taken away.
            let name = "\(bounce.file) \(bounce.messageID ?? "")"
            if noted.contains(name) { continue }
            let mail = BouncedMail(key: bounce.key ?? "", status: Self.status(failed), notedOn: asOf)
            if try office.register.note(mail, from: name) {
                report.noted += 1
            } else {
                report.strange += 1
            }
        }
        return try .done(report)
    }
}
