import Foundation

/// A server's answer to one command (RFC 5321, section 4.2), of one or more lines.
public struct SMTPReply: Sendable, Equatable {
    /// Three digits.
    public let code: Int
    /// Its words, the lines joined by a space.
    public let words: String
}

/// Puts answers together from lines.
struct SMTPReplyParser {
    private var words: [String] = []

    /// - Returns: the answer that this line ends; nil where more lines follow or the line is none of an answer.
    mutating func take(_ line: String) -> SMTPReply? {
        guard let code = Int(line.prefix(3)), (200...599).contains(code) else { return nil }
        let rest = line.dropFirst(3)
        words.append(rest.dropFirst().trimmingCharacters(in: .whitespaces))
        if rest.first == "-" { return nil }
        defer { words = [] }
        return SMTPReply(code: code, words: words.filter { !$0.isEmpty }.joined(separator: " "))
    }
}
