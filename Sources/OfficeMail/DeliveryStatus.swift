import Foundation

/// The fields of a delivery status (RFC 3464, section 2; RFC 6533 for addresses beyond ASCII), read with forgiveness: mail servers
/// leave out empty lines between groups, the action, or the status.
enum DeliveryStatus {
    /// What became of the message for each recipient; empty = the text is no delivery status.
    static func recipients(_ bytes: [UInt8]) -> [Bounce.Recipient] { groups(bytes).compactMap(recipient) }

    /// Whether a part of some other type holds these fields, as servers send them that call it a text.
    static func stands(in text: String) -> Bool {
        var found: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            let name = line.prefix { $0 != ":" }.lowercased()
            if ["final-recipient", "original-recipient", "action", "status"].contains(name) { found.insert(name) }
        }
        return found.count > 1 && found.contains { $0.hasSuffix("recipient") }
    }

    /// Groups of fields, parted by empty lines, or by the next recipient where a server wrote none. The first is about the
    /// message, each other about one recipient.
    private static func groups(_ bytes: [UInt8]) -> [[MIMEField]] {
        var groups: [[MIMEField]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            var group: [MIMEField] = []
            for field in MIMEField.read(&rest) {
                if names.contains(field.name), group.contains(where: { $0.name == field.name }) {
                    groups.append(group)
                    group = []
                }
                group.append(field)
            }
            if !group.isEmpty { groups.append(group) }
        }
        return groups
    }

    private static let names: Set<String> = ["final-recipient", "action", "status"]

    private static func recipient(_ fields: [MIMEField]) -> Bounce.Recipient? {
        func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
        let diagnostic = untyped(value("diagnostic-code") ?? "")
        let given = uncommented(value("status") ?? "")
        let status = MailStatus.code(in: given) ?? MailStatus.code(in: diagnostic) ?? given
        guard let address = value("final-recipient") ?? value("original-recipient") ?? value("x-actual-recipient"),
            let action = action(value("action"), status)
        else { return nil }
        return Bounce.Recipient(address: untyped(address), action: action, status: status, diagnostic: diagnostic)
    }

    /// One of the five actions that there are, also where a server has a word of its own, or none.
    private static func action(_ text: String?, _ status: String) -> String? {
        let word = text.map { uncommented($0).lowercased() }
        if let word, actions.contains(word) { return word }
        if let word, word == "expired" || word.hasPrefix("undeliver") { return "failed" }
        return MailStatus.action(of: status) ?? (word?.hasPrefix("deliver") == true ? "delivered" : nil)
    }

    private static let actions: Set<String> = ["failed", "delayed", "delivered", "relayed", "expanded"]

    /// `rfc822; a@b` and `smtp; 550 …` without their types.
    private static func untyped(_ text: String) -> String {
        guard let semicolon = text.firstIndex(of: ";") else { return text }
        return text[text.index(after: semicolon)...].trimmingCharacters(in: .whitespaces)
    }

    /// `5.0.0 (undefined status)` without what stands in brackets.
    private static func uncommented(_ text: String) -> String {
        text.prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces)
    }
}

/// The codes of mail servers: statuses (RFC 3463) and replies (RFC 5321, section 4.2).
enum MailStatus {
    /// The first status in a text, `5.1.1`; else one of the reply's class, `5.0.0` of `550`; nil = there is neither.
    static func code(in text: String) -> String? {
        if let found = text.firstMatch(of: /(?:^|[^0-9.])([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|\.?$|\.\s)/) {
            return String(found.1)
        }
        return text.firstMatch(of: /(?:^|[\s:(<'"])([45])[0-5][0-9](?:[\s\-:]|$)/).map { "\($0.1).0.0" }
    }

    /// What a status says that became of a message.
    static func action(of status: String) -> String? {
        switch status.first {
        case "5": "failed"
        case "4": "delayed"
        case "2": "delivered"
        default: nil
        }
    }
}
