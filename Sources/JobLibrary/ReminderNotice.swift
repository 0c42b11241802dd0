import Foundation
import KipCore
import KipWorker
import Office
import OfficeDocuments
import OfficeMail

/// Sends one recipient's digest of one day: a mail message with tables, as text and as HTML, and its dates as a calendar
/// file. It names no citizen. While it is fresh it leaves in the office's hours alone.
///
/// Mail is tried for a day. The recipient's next digest tells what has not gone by then as well; where that one has gone, this
/// one does not. What has had its day is printed.
public struct ReminderNotice: Job {
    /// `reminder-notice`.
    public static let kind = "reminder-notice"
    /// Tried for more than a day.
    public static let options = JobOptions(
        maxAttempts: MailRetry.attempts, timeout: .seconds(180), retry: MailRetry.policy)
    /// What is told to whom.
    public var digest: ReminderDigest

    /// A notice of a digest.
    public init(digest: ReminderDigest) {
        self.digest = digest
    }

    /// One notice for a recipient and a day.
    static func key(_ digest: ReminderDigest) -> String { "reminder/\(digest.recipient)/\(digest.date)" }

    private var key: String { Self.key(digest) }

    /// What became of a notice.
    struct Report: Codable {
        var isNew: Bool
        var note: String?
    }

    /// Writes the message into the register and sends it, each once.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current(for: context)
        return try await office.ending(key, context, Self.options) { try await send(office, context) }
    }

    private func send(_ office: OfficeSetup, _ context: JobContext) async throws -> Outcome {
        // One that was enqueued by hand, or by a release before notices were kept, is kept here.
        _ = try office.register.keep(notice: key, digest)
        let notice = try office.register.notice(key)
        if notice?.state == .printed { return try .done(Report(isNew: false, note: "it was printed")) }
        if let toldBy = notice?.toldBy, notice?.state == .waiting {
            return try .done(Report(isNew: false, note: "\(toldBy) has told it"))
        }
        if let wait = OfficeHours(office).wait(for: digest.date, at: Date().timeIntervalSince1970) {
            return .snooze(for: .seconds(wait), reason: "the office is closed; mail leaves in its hours")
        }
        guard let recipient = office.profile.recipient(digest.recipient), let address = recipient.email else {
            return .discard(reason: "office.yaml has no recipient “\(digest.recipient)” with a mailbox")
        }
        if let first = notice?.triedSince, notice?.state == .waiting, MailRetry.isOver(since: first) {
            return try await layPaper(for: recipient, office, context)
        }
        try office.register.noteTried(notice: key)
        let isNew = try await mail(to: recipient, address, office, context)
        try office.register.note(notice: key, .sent)
        return try .done(Report(isNew: isNew))
    }

    private func mail(
        to recipient: Recipient, _ address: String, _ office: OfficeSetup, _ context: JobContext
    ) async throws -> Bool {
        let message = digest.message(to: recipient, address, office.profile, key: key)
        let bytes = try message.encoded()
        let name = Self.name(digest.recipient, "\(digest.date)")
        _ = try office.register.issue(key: key, book: nil, year: digest.date.year) { [key, digest] _ in
            IssuedDocument(
                key: key, kind: "notice", subject: digest.subject, dated: digest.date, fileName: name + ".eml",
                bytes: bytes)
        }
        let effect = office.register.identity.owned("mail/\(key)")
        return try await context.mail(message, named: name, effect: effect, by: office.mail).isNew
    }

    /// Prints the notice, because it could not be mailed for a day.
    private func layPaper(
        for recipient: Recipient, _ office: OfficeSetup, _ context: JobContext
    ) async throws -> Outcome {
        let paperKey = key + "/paper"
        let page = digest.paper(to: recipient, office.profile)
        let name = Self.name(digest.recipient, "\(digest.date)") + "-phieu-nhac-viec.pdf"
        let (document, isNew) = try office.register.issue(
            key: paperKey, book: nil, year: digest.date.year
        ) { [digest] _ in
            IssuedDocument(
                key: paperKey, kind: "notice", subject: digest.subject, dated: digest.date, fileName: name,
                bytes: try PDFRenderer.render(page))
        }
        try await office.print(document, context)
        try office.register.note(notice: key, .printed)
        return try .done(Report(isNew: isNew, note: "mail did not take it for a day; it was printed"))
    }

    /// The keys of its mail begin so.
    static let effects = "mail/reminder/"

    /// The keys of its prints begin so.
    static let prints = "print/reminder/"

    private static func name(_ recipient: String, _ day: String) -> String { "\(day)-\(recipient)" }

    /// Looks for the message of a key, `mail/reminder/UNIT/DAY@REGISTER`, where mail is delivered, or for its paper,
    /// `print/reminder/UNIT/DAY/paper@REGISTER`, in the print tray. A message is delivered once for its name, so a worker that
    /// hangs and comes back cannot send a second one.
    static func look(_ key: String) async throws -> Reconciliation {
        let office = try OfficeSetup.current()
        let parts = (office.ownKey(of: key) ?? "").split(separator: "/").map(String.init)
        guard parts.count > 3 else { return .unknown }
        let name = Self.name(parts[2], parts[3])
        if parts[0] == "print" { return try office.lookForPaper(name + "-phieu-nhac-viec.pdf") }
        return try Reconciliation(
            office.mail.delivery(name: name), receipt: office.mail.receipt(name: name) ?? .unnamed(file: name))
    }
}
