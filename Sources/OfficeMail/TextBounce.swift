import Foundation

/// A report that is written for people alone: by qmail (QSBMF, cr.yp.to/proto/qsbmf.txt), by Exim, Sendmail and Postfix where
/// they send no status, by old Exchange servers. What it says is found by the words that these programs use.
struct TextBounce {
    /// What became of the message, for each recipient that is named, or one without an address.
    let recipients: [Bounce.Recipient]

    /// - Parameter text: the report's own words, without the message that it returns.
    /// - Returns: nil where it does not say whether the message failed.
    init?(_ text: String, failed: [String], subject: String) {
        let words = (subject + "\n" + text).lowercased()
        guard let action = Self.action(words) ?? (failed.isEmpty ? nil : "failed") else { return nil }
        let status = Self.status(in: text, action: action)
        let found = failed.isEmpty ? Self.addresses(in: text) : failed
        recipients = (found.isEmpty ? [""] : found).map { address in
            Bounce.Recipient(
                address: address, action: action, status: status,
                diagnostic: Self.diagnostic(in: text, of: address))
        }
    }

    /// A report's words up to the message that it returns, which may hold anything.
    static func ownWords(_ text: String) -> String {
        var lines: [Substring] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            let plain = line.lowercased().trimmingCharacters(in: .whitespaces)
            if originals.contains(where: plain.contains) || plain.hasPrefix("message-id:") { break }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    /// What stands before the message that is returned.
    private static let originals = [
        "below this line is", "below is a copy of the original message", "this is a copy of the message",
        "original message follows", "original message headers",
        "undelivered message follows", "returned message follows", "message text follows", "- original message -",
        "- original message headers -", "- the header of the original message", "unsent message follows",
        "copy of your message", "enclosed is a copy of",
    ]

    private static func action(_ words: String) -> String? {
        let isFinal = permanent.contains(where: words.contains)
        if !isFinal, delayed.contains(where: words.contains) { return "delayed" }
        if isFinal || failures.contains(where: words.contains) { return "failed" }
        return MailStatus.code(in: words).flatMap(MailStatus.action)
    }

    /// It is not tried any more.
    private static let permanent = [
        "permanent error", "permanent fatal error", "permanent delivery error", "failed permanently",
        "permanent failure", "permanently failed",
        "given up", "giving up", "no longer try", "retry timeout exceeded", "retry time not reached for any host after",
        "message expired", "in queue too long", "could not be delivered for", "cannot be delivered for",
    ]
    private static let delayed = [
        "warning message only", "notification (delay)", "do not need to resend", "delayed", "still trying",
        "will continue to be", "will be retried",
        "will keep trying", "will try again", "not yet been delivered", "has not been delivered yet",
        "continue to attempt", "temporarily deferred", "could not send mail for past",
        "could not send message for past",
    ]
    private static let failures = [
        "notification (failure)", "could not be delivered", "couldn't be delivered", "cannot be delivered",
        "can't be delivered", "was not delivered",
        "not be delivered to", "unable to deliver", "wasn't able to deliver", "undeliverable",
        "undelivered mail returned",
        "delivery failed", "delivery has failed", "delivery failure", "failure notice", "delivery to the following",
        "did not reach", "could not be reached", "returned mail", "returning message to sender", "returned to sender",
        "returning to sender", "mail failed", "was aborted", "an error has occurred while attempting to deliver",
        "envelope expired", "had delivery errors", "permanent delivery errors",
        "incorrectly constructed", "malformed address", "user unknown", "unknown user", "no such user",
        "mailbox unavailable", "does not exist", "address rejected",
        "không gửi được", "không thể gửi", "không tồn tại",
    ]

    private static func status(in text: String, action: String) -> String {
        let wanted: Character = action == "failed" ? "5" : "4"
        let codes = text.split(whereSeparator: \.isNewline).compactMap { MailStatus.code(in: String($0)) }
        return codes.first { $0.first == wanted } ?? (action == "failed" ? "5.0.0" : "4.0.0")
    }

    /// Addresses that stand at the beginning of a line, as all of these programs write those that they mean.
    private static func addresses(in text: String) -> [String] {
        let name = /[^\s<>@:,;()]+@[^\s<>@:,;()]+/
        var found: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let rest = line.drop(while: \.isWhitespace).trimmingPrefix(/(?i)recipient:?\s*/)
            let address =
                rest.hasPrefix("<")
                ? rest.dropFirst().prefixMatch(of: /([^\s<>@:,;()]+@[^\s<>@:,;()]+)>/)?.1
                : rest.prefixMatch(of: name).flatMap { match in
                    let next = rest[match.range.upperBound...].first
                    return next.map { $0.isWhitespace || ":,;(".contains($0) } ?? true ? match.0 : nil
                }
            if let address, !found.contains(String(address)) { found.append(String(address)) }
        }
        return found
    }

    /// The lines of an address's paragraph after its own, or the first that names a code.
    private static func diagnostic(in text: String, of address: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        let place = address.isEmpty ? nil : lines.firstIndex { $0.contains(address) }
        let paragraph = place.map { lines[$0...].prefix { !$0.trimmingCharacters(in: .whitespaces).isEmpty } } ?? []
        let words = paragraph.map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
        if words.count > address.count + 4 { return String(words.prefix(500)) }
        return lines.first { MailStatus.code(in: $0) != nil }?.trimmingCharacters(in: .whitespaces) ?? ""
    }
}
