import Foundation

/// A mail server's report on what became of a message (RFC 3464). It is a claim: anybody can send one. So it is something to
/// show to a person, not to act upon.
public struct Bounce: Sendable, Equatable {
    /// What became of the message for one recipient.
    public struct Recipient: Sendable, Equatable {
        /// The address. It stays out of logs.
        public var address: String
        /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`, in small letters.
        public var action: String
        /// `5.1.1`, say (RFC 3463): 5 is for good, 4 for now, 2 is delivered.
        public var status: String
        /// The words of the server that refused it; empty where there are none. They may hold the address.
        public var diagnostic: String

        /// The recipient does not get the message, and no server tries any more. (A delay is still being tried.)
        public var isFailure: Bool { action == "failed" }
    }

    /// The name of the file that it came in, without a Maildir's flags: it stays the same.
    public var file: String
    /// The Message-ID of the message that it is about, with the angle brackets; nil where it does not say.
    public var messageID: String?
    /// What the message was about, where it was one of ours: `MailMessage.key`.
    public var key: String? { messageID.flatMap(MessageID.key) }
    /// Its recipients, one or more.
    public var recipients: [Recipient]

    /// Reads a message.
    /// - Parameters:
    ///   - bytes: the message; its end may be missing.
    ///   - file: where it came from.
    /// - Returns: nil where it is no report on a delivery.
    public init?(_ bytes: [UInt8], file: String) {
        let message = MIMEPart(bytes[...])
        guard message.type == "multipart/report" else { return nil }
        let parts = message.parts()
        guard let status = parts.first(where: { $0.type.hasSuffix("/delivery-status") || $0.type == Self.global })
        else { return nil }
        recipients = Self.groups(status.content()).compactMap(Self.recipient)
        if recipients.isEmpty { return nil }
        self.file = file
        messageID =
            parts.lazy.filter { Self.originals.contains($0.type) }
            .compactMap { MIMEPart($0.content()[...]).field("message-id") }.first
            // Where the original was left out, servers answer to it all the same.
            ?? message.field("in-reply-to") ?? message.field("references")
        messageID = messageID.flatMap(Self.identity)
    }

    /// RFC 6533: the same for addresses beyond ASCII.
    private static let global = "message/global-delivery-status"
    private static let originals = [
        "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
    ]

    /// Groups of fields, parted by empty lines. The first is about the message, each other about one recipient.
    private static func groups(_ bytes: [UInt8]) -> [[MIMEField]] {
        var groups: [[MIMEField]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let fields = MIMEField.read(&rest)
            if !fields.isEmpty { groups.append(fields) }
        }
        return groups
    }

    private static func recipient(_ fields: [MIMEField]) -> Recipient? {
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        guard let address = value("final-recipient") ?? value("original-recipient"), let action = value("action")
        else { return nil }
        return Recipient(
            address: untyped(address), action: uncommented(action).lowercased(),
            status: uncommented(value("status") ?? ""), diagnostic: untyped(value("diagnostic-code") ?? ""))
    }

    /// `rfc822; a@b` and `smtp; 550 …` without their types.
    private static func untyped(_ text: String) -> String {
        guard let semicolon = text.firstIndex(of: ";") else { return text }
        return text[text.index(after: semicolon)...].trimmingCharacters(in: .whitespaces)
    }

    /// `5.0.0 (undefined status)` without what stands in brackets.
    private static func uncommented(_ text: String) -> String {
        text.prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces)
    }

    private static func identity(_ text: String) -> String? {
        guard let start = text.firstIndex(of: "<"), let end = text[start...].firstIndex(of: ">") else { return nil }
        return String(text[start...end])
    }
}
