/// Checks of addresses. What passes can stand between `<` and `>` in a header and in an SMTP command.
enum MailAddress {
    /// Refuses what is no mailbox of RFC 5321, section 4.1.2, without quotes: a line break in one would be a command of
    /// its own. Letters beyond ASCII (RFC 6531) are refused, as not every server takes them.
    /// - Parameter role: what the address is for; the address itself stays out of the error.
    static func check(_ address: String, _ role: String) throws(MailError) {
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, address.utf8.count <= 254, isLocalPart(parts[0]), isDomain(parts[1]) else {
            throw .message("the address of \(role) is none; mend it in office.yaml")
        }
    }

    /// A name of a host or an address in brackets, as it stands in a URL and behind EHLO.
    static func isDomain(_ text: some StringProtocol) -> Bool {
        if text.hasPrefix("["), text.hasSuffix("]") {
            return text.utf8.dropFirst().dropLast().allSatisfy { isAlphanumeric($0) || ".:".utf8.contains($0) }
        }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                !label.isEmpty && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isLocalPart(_ text: Substring) -> Bool {
        let atoms = text.split(separator: ".", omittingEmptySubsequences: false)
        return text.utf8.count <= 64
            && atoms.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { isAtomText($0) } }
    }

    /// `atext` of RFC 5322, section 3.2.3.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
