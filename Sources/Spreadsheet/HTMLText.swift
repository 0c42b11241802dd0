/// Character references of web pages (HTML Standard, 13.5): those by number, and by name those that stand for letters of
/// Vietnamese and for what programs escape.
public enum HTMLText {
    /// Text with its references resolved; a `&` that begins none stays.
    public static func decoded(_ content: [UInt8]) -> String {
        guard content.contains(UInt8(ascii: "&")) else { return String(decoding: content, as: UTF8.self) }
        var result: [UInt8] = []
        var index = 0
        while index < content.count {
            if content[index] == UInt8(ascii: "&"), let (scalar, end) = reference(content, after: index + 1) {
                result.append(contentsOf: Character(scalar).utf8)
                index = end
            } else {
                result.append(content[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func reference(_ content: [UInt8], after start: Int) -> (Unicode.Scalar, Int)? {
        guard let end = content[start...].prefix(10).firstIndex(of: UInt8(ascii: ";")), end > start else { return nil }
        let name = String(decoding: content[start..<end], as: UTF8.self)
        return scalar(name).map { ($0, end + 1) }
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        if name.hasPrefix("#x") || name.hasPrefix("#X") {
            return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
        }
        if name.hasPrefix("#") { return UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init) }
        return names[name]
    }

    private static let names: [String: Unicode.Scalar] = {
        var names: [String: Unicode.Scalar] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "ndash": "–", "mdash": "—",
            "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "hellip": "…",
        ]
        let marks: [(String, [(String, Unicode.Scalar)])] = [
            ("grave", [("a", "à"), ("e", "è"), ("i", "ì"), ("o", "ò"), ("u", "ù")]),
            ("acute", [("a", "á"), ("e", "é"), ("i", "í"), ("o", "ó"), ("u", "ú"), ("y", "ý")]),
            ("circ", [("a", "â"), ("e", "ê"), ("o", "ô")]), ("tilde", [("a", "ã"), ("o", "õ")]),
        ]
        for (mark, letters) in marks {
            for (letter, scalar) in letters {
                names[letter + mark] = scalar
                // Capitals of Latin-1 stand 32 before their small letters.
                names[letter.uppercased() + mark] = Unicode.Scalar(scalar.value - 32)
            }
        }
        return names
    }()
}
