import Foundation

/// A message of a folder of bounces, taken apart: the parts that say what became of a message, and those that say which one.
struct BounceMessage {
    private let message: MIMEPart
    /// All parts that are no multipart, in their order; the message itself where it is none.
    private let parts: [MIMEPart]

    /// - Parameter depth: how many reports it stands in.
    init(_ bytes: [UInt8], depth: Int = 0) {
        let message = MIMEPart(bytes[...])
        let parts = message.leaves()
        // A gateway may send on the report of another server, whole, as what came back.
        let inner = parts.lazy.filter { $0.type == "message/rfc822" && depth < Self.maxDepth }
            .map { BounceMessage($0.content(), depth: depth + 1) }.first { $0.isReport }
        if let inner, Self.isFromServer(message), !parts.contains(where: { Self.isStatus($0.type) }) {
            self = inner
        } else {
            self.message = message
            self.parts = parts
        }
    }

    private static let maxDepth = 3

    // MARK: What became of it

    /// What became of the message for each recipient; nil = it does not say.
    var recipients: [Bounce.Recipient]? {
        // Whatever the message calls itself: OpenSMTPD and gateways send the same parts as multipart/mixed.
        for part in parts where Self.isStatus(part.type) {
            let found = DeliveryStatus.recipients(part.content())
            if !found.isEmpty { return found }
        }
        guard looksLikeReport else { return nil }
        for part in parts where part.isText {
            let text = part.text()
            if DeliveryStatus.stands(in: TextBounce.ownWords(text)) {
                let found = DeliveryStatus.recipients(Array(text.utf8))
                if !found.isEmpty { return found }
            }
        }
        return TextBounce(ownWords, failed: failedRecipients, subject: message.field("subject") ?? "")?.recipients
    }

    private static func isStatus(_ type: String) -> Bool {
        // RFC 6533: the same for addresses beyond ASCII.
        type.hasSuffix("/delivery-status") || type == "message/global-delivery-status"
    }

    /// Exim's own field.
    private var failedRecipients: [String] {
        (message.field("x-failed-recipients") ?? "").split { ", \t".contains($0) }.map(String.init)
    }

    private var ownWords: String {
        let text = parts.filter { $0.isText && !Self.isOriginal($0.type) }.map { $0.text() }.joined(separator: "\n")
        return TextBounce.ownWords(text)
    }

    // MARK: Which one

    private static let originals: Set<String> = [
        "message/rfc822", "text/rfc822-headers", "message/rfc822-headers", "message/global", "message/global-headers",
        "message/partial",
    ]

    private static func isOriginal(_ type: String) -> Bool { originals.contains(type) }

    /// The Message-ID of the message that it is about.
    var originalID: String? {
        let original = parts.lazy.filter { Self.isOriginal($0.type) }
            .compactMap { MIMEPart($0.content()[...]).field("message-id").flatMap(Self.identity) }.first
        // Where the original was left out, servers answer to it all the same. One of ours is known wherever it stands, as
        // in the remains of an original that was damaged, or in a text.
        return original ?? ours
            ?? (message.field("in-reply-to") ?? message.field("references")).flatMap(Self.identity) ?? returned
    }

    /// The Message-ID of a message that is returned within a text.
    private var returned: String? {
        for part in parts where part.isText || Self.isOriginal(part.type) {
            if let found = part.text().firstMatch(of: /(?i)(?:^|\n)[> \t]*message-id:\s*(<[^<>\s]+>)/) {
                return String(found.1)
            }
        }
        return nil
    }

    private var ours: String? {
        for field in ["in-reply-to", "references"] {
            if let found = message.field(field).flatMap(MessageID.find) { return found }
        }
        for part in parts {
            // A returned message without a type of its own is the part itself, not what the part holds.
            let own = message.type.hasPrefix("multipart/") ? part.field("message-id") ?? "" : ""
            if let found = MessageID.find(in: own + "\n" + part.text()) { return found }
        }
        return nil
    }

    private static func identity(_ text: String) -> String? {
        guard let start = text.firstIndex(of: "<"), let end = text[start...].firstIndex(of: ">") else { return nil }
        return String(text[start...end])
    }

    // MARK: Whether it is a report

    /// It calls itself a report on a delivery, or has a part that is one.
    private var isReport: Bool {
        if parts.contains(where: { Self.isStatus($0.type) }) { return true }
        guard message.type == "multipart/report" else { return false }
        // RFC 6522: read receipts and complaints are reports, too, about something else.
        let type = (message.field("content-type") ?? "").lowercased()
        return !type.contains("report-type") || type.contains("delivery-status")
    }

    /// A mail server's program sent it, and no person's, also not one that is out of the office.
    private static func isFromServer(_ message: MIMEPart) -> Bool {
        if message.field("x-failed-recipients") != nil { return true }
        let from = (message.field("from") ?? "").lowercased()
        if servers.contains(where: from.contains) { return true }
        // A message without a return address comes from a program. So do vacation notices, which have other subjects.
        guard message.field("return-path") == "<>" || from == "<>" else { return false }
        let subject = (message.field("subject") ?? "").lowercased()
        return subjects.contains(where: subject.contains)
    }

    private static let servers = [
        "mailer-daemon", "mailer_daemon", "mailerdaemon", "mailer daemon", "mail-daemon", "mdaemon@", "postmaster@",
        "post_master@", "mail delivery s", "mail deliver s", "mail.delivery.system", "microsoftexchange329e71ec",
        "ndr administrator",
    ]
    private static let subjects = [
        "undeliverable", "undelivered", "failure notice", "delivery status notification", "returned mail",
        "mail failed",
        "delivery fail", "delivery notification", "mail delivery", "could not send", "không gửi được",
    ]

    /// It looks like a report on a delivery.
    private var looksLikeReport: Bool { isReport || Self.isFromServer(message) }

    /// A person must read it where this program cannot: it looks like a report, or somebody sends a message of ours back, as with
    /// a complaint.
    var needsReader: Bool {
        looksLikeReport
            || parts.contains { Self.isOriginal($0.type) && MessageID.find(in: $0.text()) != nil }
    }
}
