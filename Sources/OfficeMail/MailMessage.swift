import Foundation

/// A mail message with a text and an HTML body.
public struct MailMessage: Sendable {
    /// The sender's address.
    public var from: String
    /// The recipients' addresses.
    public var to: [String]
    /// The subject.
    public var subject: String
    /// The body for those who read text.
    public var text: String
    /// The body for those who read HTML.
    public var html: String
    /// Seconds since 1970.
    public var date: Double
    /// What it is about: two messages of one key are one message.
    public var key: String

    /// A message.
    public init(from: String, to: [String], subject: String, text: String, html: String, date: Double, key: String) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
        self.date = date
        self.key = key
    }

    /// The message on the wire (RFC 5322, RFC 2045 to 2047), the same bytes for the same message.
    /// - Throws: `MailError` where an address or the subject would break the header.
    public func encoded() throws(MailError) -> [UInt8] {
        for value in [from, subject] + to where value.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            throw .header("a line break or a control character in an address or the subject")
        }
        guard !to.isEmpty else { throw .header("no recipient") }
        let identity = Data(key.utf8).base64EncodedString().filter { $0.isLetter || $0.isNumber }
        let boundary = "=_kip_\(identity.prefix(40))"
        let lines = [
            "From: <\(from)>", "To: \(to.map { "<\($0)>" }.joined(separator: ",\r\n "))",
            "Subject: \(Self.words(subject))",
            "Date: \(Self.date(date))",
            "Message-ID: <\(identity).kip@\(from.split(separator: "@").last ?? "localhost")>",
            "MIME-Version: 1.0", "Content-Type: multipart/alternative;\r\n boundary=\"\(boundary)\"", "",
            "--\(boundary)", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
            Self.body(text), "--\(boundary)", "Content-Type: text/html; charset=utf-8",
            "Content-Transfer-Encoding: base64", "", Self.body(html), "--\(boundary)--", "",
        ]
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// Encoded words of RFC 2047, none longer than 75 characters, none cutting a letter in two.
    private static func words(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }), text.utf8.count < 66 { return text }
        var words: [String] = []
        var piece = ""
        for character in text {
            if piece.utf8.count + String(character).utf8.count > 42 {
                words.append(piece)
                piece = ""
            }
            piece.append(character)
        }
        words.append(piece)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func body(_ text: String) -> String {
        Data(text.utf8).base64EncodedString(options: [
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

/// Why a message could not be delivered.
public enum MailError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A header that cannot be written.
    case header(String)
    /// The outbox or the print tray cannot be written.
    case folder(String)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .header(let reason): "the message cannot be written: \(reason); mend the address in office.yaml"
        case .folder(let reason): "the folder cannot be written: \(reason); make room or mend its rights"
        }
    }
}
