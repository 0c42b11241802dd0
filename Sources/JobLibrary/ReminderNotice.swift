import Foundation
import KipCore
import KipWorker
import Office
import OfficeMail

/// Sends one unit's digest of one day: a mail message with a table, as text and as HTML. It names no citizen.
public struct ReminderNotice: Job {
    /// `reminder-notice`.
    public static let kind = "reminder-notice"
    /// Ten attempts: mail gets through in a day or not at all.
    public static let options = JobOptions(maxAttempts: 10, timeout: .seconds(60))
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

    /// Writes the message into the register and the outbox, each once.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        guard let unit = office.profile.units.first(where: { $0.id == digest.recipient }), let address = unit.email
        else {
            return .discard(reason: "office.yaml has no unit “\(digest.recipient)” with a mailbox")
        }
        let key = Self.key(digest)
        let message = message(to: unit, address, office.profile, key)
        let name = "\(digest.date)-\(digest.recipient)"
        let bytes = try message.encoded()
        _ = try office.register.issue(key: key, book: nil, year: digest.date.year) { _ in
            IssuedDocument(
                key: key, kind: "notice", subject: digest.subject, dated: digest.date, fileName: name + ".eml",
                bytes: bytes)
        }
        var isNew = false
        _ = try await context.once("mail/\(key)") {
            do throws(MailError) {
                let delivered = try office.outbox.deliver(message, name: name)
                isNew = delivered.isNew
                return name
            } catch {
                // A message is in the outbox whole or not at all.
                throw EffectDidNotHappen("\(error)")
            }
        }
        return try .done(Report(isNew: isNew))
    }

    /// The keys of its mail begin so.
    static let effects = "mail/reminder/"

    /// Looks into the outbox for the message of a key, `mail/reminder/UNIT/DAY`. A message is put in once for its
    /// name, also where it was taken away since, so a worker that hangs and comes back cannot send a second one.
    static func look(_ key: String) async throws -> Reconciliation {
        let parts = key.split(separator: "/")
        guard parts.count == 4 else { return .unknown }
        let name = "\(parts[3])-\(parts[2])"
        return try Reconciliation(try OfficeSetup.current().outbox.delivery(name: name), receipt: name)
    }

    private func message(
        to unit: OfficeProfile.Unit, _ address: String, _ profile: OfficeProfile, _ key: String
    ) -> MailMessage {
        let mail = ReminderMail(
            recipient: unit.name, subject: digest.subject, agency: profile.agencyInText,
            tasks: digest.items.filter(\.isTask).map(row), cases: digest.items.filter { !$0.isTask }.map(row))
        // 7:30 in Viet Nam, which is UTC+7 all year.
        let date = Double(digest.date.number) * 86_400 + 1_800
        return MailMessage(
            from: profile.reminders.sender, to: [address], subject: digest.subject, text: mail.text, html: mail.html,
            date: date, key: key)
    }

    private func row(_ item: ReminderDigest.Item) -> ReminderMail.Row {
        let left =
            item.daysLeft < 0
            ? "quá hạn \(-item.daysLeft) ngày" : item.daysLeft == 0 ? "đến hạn hôm nay" : "còn \(item.daysLeft) ngày"
        return ReminderMail.Row(
            code: item.code, title: item.title, due: item.due.form, left: left, isOverdue: item.daysLeft < 0)
    }
}
