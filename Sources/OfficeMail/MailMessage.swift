import Foundation

/// A mail message with a text and an HTML body, and files.
public struct MailMessage: Sendable {
    /// The sender's address.
    public var from: String
    /// The recipients' addresses.
    public var to: [String]
    /// Those who get it for information.
    public var cc: [String]
    /// The subject.
    public var subject: String
    /// The body for those who read text.
    public var text: String
    /// The body for those who read HTML.
    public var html: String
    /// What goes with it.
    public var attachments: [MailAttachment]
    /// Seconds since 1970.
    public var date: Double
    /// What it is about: two messages of one key are one message and have one Message-ID.
    public var key: String

    /// A message.
    public init(
        from: String, to: [String], cc: [String] = [], subject: String, text: String, html: String,
        attachments: [MailAttachment] = [], date: Double, key: String
    ) {
        self.from = from
        self.to = to
        self.cc = cc
        self.subject = subject
        self.text = text
        self.html = html
        self.attachments = attachments
        self.date = date
        self.key = key
    }

    /// Its Message-ID with the angle brackets, the same for the same key and sender's domain.
    /// - Throws: `MailError.message` where the key is empty or too long.
    public func messageID() throws(MailError) -> String {
        try MessageID.of(key: key, domain: String(from.split(separator: "@").last ?? "localhost"))
    }

    /// The message on the wire (RFC 5322, RFC 2045 to 2047, RFC 2231), the same bytes for the same message: all ASCII, in
    /// lines that end with CRLF.
    ///
    /// libcurl could put the parts together, too, but it draws their boundaries at random; the register, the outbox and
    /// the wire have to carry the same bytes, in every attempt.
    /// - Throws: `MailError.message` where an address, the subject or an attachment would break the message.
    public func encoded() throws(MailError) -> [UInt8] {
        var lines = try headers()
        if attachments.isEmpty {
            lines += alternatives()
        } else {
            lines += ["Content-Type: multipart/mixed;\r\n boundary=\"\(Self.mixed)\"", "", "--\(Self.mixed)"]
            lines += alternatives()
            for attachment in attachments {
                lines += ["--\(Self.mixed)"] + (try attachment.headers()) + ["", Self.base64(attachment.bytes)]
            }
            lines += ["--\(Self.mixed)--", ""]
        }
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    // Every part is in base64, whose lines never begin with `--`; neither boundary begins with the other.
    private static let mixed = "=_kip_mixed_="
    private static let alternative = "=_kip_alternative_="

    private func headers() throws(MailError) -> [String] {
        guard !to.isEmpty else { throw .message("it has no recipient") }
        guard MailHeader.isClean(subject) else { throw .message("a line break or a control character in the subject") }
        try MailAddress.check(from, "the sender")
        for (index, address) in (to + cc).enumerated() { try MailAddress.check(address, "recipient \(index + 1)") }
        var headers = [MailHeader.field("From", "<\(from)>"), MailHeader.field("To", Self.list(to))]
        if !cc.isEmpty { headers.append(MailHeader.field("Cc", Self.list(cc))) }
        return headers + [
            "Subject: \(MailHeader.words(subject))",
            "Date: \(Self.date(date))", MailHeader.field("Message-ID", try messageID()),
            // RFC 3834: no vacation notice comes back.
            "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
        ]
    }

    private func alternatives() -> [String] {
        let boundary = Self.alternative
        return [
            "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"", "",
            "--\(boundary)", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
            Self.base64(Self.canonical(text)),
            "--\(boundary)", "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "",
            Self.base64(Self.canonical(html)),
            "--\(boundary)--", "",
        ]
    }

    private static func list(_ addresses: [String]) -> String {
        addresses.map { "<\($0)>" }.joined(separator: ",\r\n ")
    }

    /// RFC 2045, section 6.8: the lines of a text end with CRLF before it becomes base64.
    private static func canonical(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\n"), result.last != UInt8(ascii: "\r") { result.append(UInt8(ascii: "\r")) }
            result.append(byte)
        }
        return result
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
    }

    private static func date(_ seconds: Double) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "Asia/Ho_Chi_Minh")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return formatter.string(from: Date(timeIntervalSince1970: seconds))
    }
}
