import Foundation

/// Texts in headers, in ASCII and in lines of at most 78 characters.
enum MailHeader {
    /// Encoded words (RFC 2047), none longer than 75 characters, none cutting a letter in two. A text that needs none
    /// stays as it is.
    static func words(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 < 0x80 } && !text.hasPrefix(" ") && !text.hasSuffix(" ")
        if isPlain, text.utf8.count < 66, !text.contains("=?") { return text }
        return pieces(text, limit: 42) { $0.utf8.count }
            .map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// A field whose value begins a line of its own where the first line would be longer than 78 octets (RFC 5322, section
    /// 2.1.1). An address or a Message-ID that is longer than a line stands on one by itself: it cannot be folded.
    static func field(_ name: String, _ value: String) -> String {
        let first = value.split(separator: "\r\n", maxSplits: 1).first ?? ""
        return name.utf8.count + 2 + first.utf8.count <= 78 ? "\(name): \(value)" : "\(name):\r\n \(value)"
    }

    /// A parameter of Content-Type or Content-Disposition, each of its lines begun by `;` and a fold. Beyond plain ASCII
    /// it is written as RFC 2231 says (RFC 2047, section 5, forbids encoded words there).
    static func parameter(_ name: String, _ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { MailAddress.isAlphanumeric($0) || " ._()-".utf8.contains($0) }
        if isPlain, value.utf8.count <= 60 {
            return ";\r\n \(name)=\"\(value)\""
        }
        let pieces = pieces(value, limit: 48) { percentEncoded($0).utf8.count }.map(percentEncoded)
        if pieces.count == 1 { return ";\r\n \(name)*=utf-8''\(pieces[0])" }
        return pieces.enumerated().map { index, piece in
            ";\r\n \(name)*\(index)*=\(index == 0 ? "utf-8''" : "")\(piece)"
        }.joined()
    }

    /// A line break would end the header, other control characters have no business in it.
    static func isClean(_ text: String) -> Bool {
        !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, byte in
            if MailAddress.isAlphanumeric(byte) || "-._".utf8.contains(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + HexDigits.of(byte)
            }
        }
    }

    /// Cuts between letters; inside of one only where its marks alone are longer than the limit.
    private static func pieces(_ text: String, limit: Int, _ measure: (String) -> Int) -> [String] {
        let units = text.flatMap { letter in
            measure(String(letter)) <= limit ? [String(letter)] : letter.unicodeScalars.map { String($0) }
        }
        var pieces: [String] = []
        var piece = ""
        var length = 0
        for unit in units {
            let measured = measure(unit)
            if length + measured > limit {
                pieces.append(piece)
                (piece, length) = ("", 0)
            }
            piece += unit
            length += measured
        }
        return pieces + [piece]
    }
}
