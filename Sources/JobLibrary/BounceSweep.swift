import KipCore
import KipWorker
import Office
import OfficeMail

/// Reads the mail servers' delivery reports (`mail.bounces` in `office.yaml`) and records each once. An apology letter that came
/// back goes out on paper with the next sweep for late case files. The digest to internal affairs lists all mail that came back.
/// A report that cannot be parsed is listed by `kip mail bounces`, and stays in the digest until a person marks it as handled.
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
        /// Reports that a person must open.
        var unread = 0
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
        let office = try OfficeSetup.current(for: context)
        var report = Report()
        guard let reader = office.bounces else {
            report.note = "office.yaml has no “mail.bounces”: nobody looks for mail that came back"
            return try .done(report)
        }
        let noted = try office.register.notedReports()
        let keys = try office.register.documentKeys()
        for reading in try reader.readings() {
            switch reading {
            case .report(let bounce): try record(bounce, noted, keys, office.register, &report)
            case .unread(let unread):
                let reason: UnreadReport.Reason = unread.reason == .noStatus ? .noStatus : .noMessage
                try listUnread(unread.file, about: unread.key, reason, office.register, &report)
            }
        }
        return try .done(report)
    }

    private func record(
        _ bounce: Bounce, _ noted: Set<String>, _ keys: Set<String>, _ register: Register, _ report: inout Report
    ) throws {
        guard let failed = bounce.recipients.first(where: \.isFailure) else { return }
        // A folder's file may take the name of one that was taken away.
        let name = "\(bounce.file) \(bounce.messageID ?? "")"
        if noted.contains(name) { return }
        let key = bounce.key ?? bounce.key(among: keys)
        if let key, try register.note(BouncedMail(key: key, status: Self.status(failed), notedOn: asOf), from: name) {
            report.noted += 1
        } else if bounce.isOurs, key.map({ !keys.contains($0) }) ?? true {
            // It bears this program's mark: another register's, or one that was put back from an older copy.
            try listUnread(bounce.file, about: key, .unknownMessage, register, &report)
        } else {
            report.strange += 1
        }
    }

    /// Puts a report on the list for a person.
    private func listUnread(
        _ file: String, about key: String?, _ reason: UnreadReport.Reason, _ register: Register,
        _ report: inout Report
    ) throws {
        if try register.note(UnreadReport(file: file, key: key, reason: reason, notedOn: asOf)) { report.unread += 1 }
    }
}
