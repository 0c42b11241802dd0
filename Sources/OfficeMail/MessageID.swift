import Foundation
import HashChain

/// The Message-ID of a key: the same for the same key, another for another, and the key can be read back from it, so that a
/// bounce leads to the effect that it is about.
enum MessageID {
    private static let mark = ".kip@"
    /// Stands before the digest of a key that is too long for a line; no key is written so, as `=` has two digits after it.
    private static let digestMark = "=sha-"
    /// With its angle brackets and the space of a folded line it has the 78 octets of RFC 5322, section 2.1.1. It cannot be
    /// folded itself.
    private static let lineLimit = 77
    /// A line has at most 998 characters (RFC 5322, section 2.1.1), a domain 253.
    private static let longest = 700

    /// `<KEY.kip@DOMAIN>`; every byte of the key but ASCII letters, digits, `-` and `_` is `=` and two hex digits.
    /// - Throws: `MailError.message` where the key is empty or too long.
    static func of(key: String, domain: String) throws(MailError) -> String {
        let name = key.utf8.reduce(into: "") { result, byte in
            if MailAddress.isAlphanumeric(byte) || "-_".utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "=" + HexDigits.of(byte)
            }
        }
        guard !name.isEmpty, name.utf8.count <= longest else {
            throw .message("its key is empty or too long for a Message-ID")
        }
        let id = "<\(name)\(mark)\(domain)>"
        return id.utf8.count <= lineLimit ? id : "<\(digestMark)\(digest(key))\(mark)\(domain)>"
    }

    private static func digest(_ key: String) -> Substring { Digest.sha256(Data(key.utf8)).prefix(24) }

    /// Which of some keys a Message-ID is of that `of` made from a key that was too long for a line; nil = of none of them.
    static func key(of id: String, among keys: some Sequence<String>) -> String? {
        guard let start = id.range(of: digestMark)?.upperBound,
            let end = id.range(of: mark, options: .backwards)?.lowerBound, start < end
        else { return nil }
        return keys.first { digest($0) == id[start..<end] }
    }

    /// Whether `of` made a Message-ID, of whatever key.
    static func isOurs(_ id: String) -> Bool { id.contains(mark) }

    /// The first Message-ID of ours that stands in a text.
    static func find(in text: String) -> String? {
        guard text.contains(mark) else { return nil }
        return text.firstMatch(of: /[A-Za-z0-9=_\-]{1,700}\.kip@[A-Za-z0-9.\-]+/).map { "<\($0.0)>" }
    }

    /// The key of a Message-ID that `of` made; nil for a stranger's.
    static func key(of id: String) -> String? {
        guard let end = id.range(of: mark, options: .backwards)?.lowerBound else { return nil }
        var bytes: [UInt8] = []
        var rest = id[..<end].utf8.drop { $0 == UInt8(ascii: "<") }
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                bytes.append(byte)
                continue
            }
            guard let decoded = HexDigits.byte(rest.prefix(2)) else { return nil }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
