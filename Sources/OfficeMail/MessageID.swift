import Foundation

/// The Message-ID of a key: the same for the same key, another for another, and the key can be read back from it, so that a
/// bounce leads to the effect that it is about.
enum MessageID {
    private static let mark = ".kip@"
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
        return "<\(name)\(mark)\(domain)>"
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
