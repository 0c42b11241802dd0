import Foundation

/// A file that goes with a message.
public struct MailAttachment: Sendable, Equatable {
    /// The file's name, such as `Phiếu xin lỗi.pdf`: no `/`, no control character.
    public var name: String
    /// Its media type, such as `application/pdf`. Texts are taken for UTF-8.
    public var mediaType: String
    /// What a calendar asks of its reader: `PUBLISH`, `REQUEST` (RFC 5546); nil for anything else.
    public var method: String?
    /// Its bytes.
    public var bytes: [UInt8]

    /// An attachment.
    public init(name: String, mediaType: String, method: String? = nil, bytes: [UInt8]) {
        self.name = name
        self.mediaType = mediaType
        self.method = method
        self.bytes = bytes
    }

    /// Dates for the reader's calendar (RFC 5545, RFC 6047).
    /// - Parameter method: the same as METHOD in the bytes.
    public static func calendar(name: String, method: String = "PUBLISH", bytes: [UInt8]) -> Self {
        Self(name: name, mediaType: "text/calendar", method: method, bytes: bytes)
    }

    /// The headers of its part.
    /// - Throws: `MailError.message`, which does not repeat the name: it may be a citizen's.
    func headers() throws(MailError) -> [String] {
        guard MailHeader.isClean(name), !name.isEmpty, !name.contains("/"), !name.contains("\\") else {
            throw .message("the name of an attachment is empty or has a “/”, a “\\” or a control character")
        }
        var type = MailHeader.field("Content-Type", try checkedType())
        if mediaType.lowercased().hasPrefix("text/") { type += ";\r\n charset=utf-8" }
        if let method { type += ";\r\n method=\(method)" }
        return [
            type, "Content-Disposition: attachment\(MailHeader.parameter("filename", name))",
            "Content-Transfer-Encoding: base64",
        ]
    }

    private func checkedType() throws(MailError) -> String {
        let parts = mediaType.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy(Self.isToken), method.map({ Self.isToken($0[...]) }) ?? true else {
            throw .message("“\(mediaType)” is no media type or its method no word")
        }
        // RFC 2046, sections 5.1 and 5.2: these may not be in base64.
        guard !["message", "multipart"].contains(parts[0].lowercased()) else {
            throw .message("an attachment cannot be of the type “\(mediaType)”")
        }
        return mediaType
    }

    private static func isToken(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { MailAddress.isAlphanumeric($0) || ".+-_".utf8.contains($0) }
    }
}
