import Foundation
import KipCore
import KipWorker
import Office
import OfficeMail

/// Sends one recipient's digest of one day: a mail message with tables, as text and as HTML, and its dates as a calendar
/// file. It names no citizen. While it is fresh it leaves in the office's hours alone.
public struct ReminderNotice: Job {
    /// `reminder-notice`.
    public static let kind = "reminder-notice"
    /// Ten attempts: mail gets through in a day or not at all.
    public static let options = JobOptions(maxAttempts: 10, timeout: .seconds(180))
    /// What is told to whom.
    public var digest: ReminderDigest

    /// A notice of a digest.
    public init(digest: ReminderDigest) {
        self.digest = digest
    }

    /// One notice for a recipient and a day.
    static func key(_ digest: ReminderDigest) -> String { "reminder/\(digest.recipient)/\(digest.date)" }

    /// What became of a notice.
    struct Report: Codable {
        var isNew: Bool
    }

    /// Writes the message into the register and sends it, each once.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        if let wait = OfficeHours(office).wait(for: digest.date, at: Date().timeIntervalSince1970) {
            return .snooze(for: .seconds(wait), reason: "the office is closed; mail leaves in its hours")
        }
        guard let recipient = office.profile.recipient(digest.recipient), let address = recipient.email else {
            return .discard(reason: "office.yaml has no recipient “\(digest.recipient)” with a mailbox")
        }
        let key = Self.key(digest)
        let message = digest.message(to: recipient, address, office.profile, key: key)
        let name = "\(digest.date)-\(digest.recipient)"
        let bytes = try message.encoded()
        _ = try office.register.issue(key: key, book: nil, year: digest.date.year) { _ in
            IssuedDocument(
                key: key, kind: "notice", subject: digest.subject, dated: digest.date, fileName: name + ".eml",
                bytes: bytes)
        }
        let isNew = try await context.mail(message, named: name, effect: "mail/\(key)", by: office.mail)
        return try .done(Report(isNew: isNew))
    }

    /// The keys of its mail begin so.
    static let effects = "mail/reminder/"

    /// Looks for the message of a key, `mail/reminder/UNIT/DAY`, where mail is delivered. A message is delivered once for
    /// its name, so a worker that hangs and comes back cannot send a second one.
    static func look(_ key: String) async throws -> Reconciliation {
        let parts = key.split(separator: "/")
        guard parts.count == 4 else { return .unknown }
        let name = "\(parts[3])-\(parts[2])"
        return try Reconciliation(try OfficeSetup.current().mail.delivery(name: name), receipt: name)
    }
}
