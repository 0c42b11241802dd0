/// A tag, a comment or a declaration of a web page.
struct HTMLTag {
    /// In small letters; empty for comments and declarations.
    let name: String
    let isEnd: Bool
    /// The place after it.
    let end: Int
    private let attributes: [String: String]

    /// Reads what begins at a `<`; nil = it is text.
    init?(_ bytes: [UInt8], at start: Int) {
        var index = start + 1
        guard index < bytes.count else { return nil }
        if bytes[index] == UInt8(ascii: "!") || bytes[index] == UInt8(ascii: "?") {
            (name, isEnd, attributes) = ("", false, [:])
            end = Self.endOfDeclaration(bytes, from: start)
            return
        }
        isEnd = bytes[index] == UInt8(ascii: "/")
        if isEnd { index += 1 }
        guard index < bytes.count, Self.isLetter(bytes[index]) else { return nil }
        name = Self.word(bytes, &index)
        attributes = Self.attributes(bytes, &index)
        end = index
    }

    /// An attribute that is a whole number.
    func number(_ attribute: String) -> Int? { attributes[attribute].flatMap { Int($0) } }

    private static func endOfDeclaration(_ bytes: [UInt8], from start: Int) -> Int {
        let isComment = bytes[start...].starts(with: Array("<!--".utf8))
        var index = start + (isComment ? 4 : 2)
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: ">"),
                !isComment || index >= start + 6 && bytes[index - 1] == 0x2D && bytes[index - 2] == 0x2D
            {
                return index + 1
            }
            index += 1
        }
        return index
    }

    /// The attributes up to the tag's `>`; of the values those of numbers are kept.
    private static func attributes(_ bytes: [UInt8], _ index: inout Int) -> [String: String] {
        var found: [String: String] = [:]
        while index < bytes.count, bytes[index] != UInt8(ascii: ">") {
            guard isLetter(bytes[index]) else {
                index += 1
                continue
            }
            let name = word(bytes, &index)
            skipSpace(bytes, &index)
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else { continue }
            index += 1
            skipSpace(bytes, &index)
            let value = value(bytes, &index)
            if value.count <= 6 { found[name] = String(decoding: value, as: UTF8.self) }
        }
        if index < bytes.count { index += 1 }
        return found
    }

    private static func value(_ bytes: [UInt8], _ index: inout Int) -> ArraySlice<UInt8> {
        guard index < bytes.count else { return [] }
        let quote = bytes[index]
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            let start = index + 1
            index = start
            while index < bytes.count, bytes[index] != quote { index += 1 }
            defer { if index < bytes.count { index += 1 } }
            return bytes[start..<index]
        }
        let start = index
        while index < bytes.count, !isSpace(bytes[index]), bytes[index] != UInt8(ascii: ">") { index += 1 }
        return bytes[start..<index]
    }

    private static func word(_ bytes: [UInt8], _ index: inout Int) -> String {
        let start = index
        while index < bytes.count, !isSpace(bytes[index]), !"=>/".utf8.contains(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
    }

    private static func skipSpace(_ bytes: [UInt8], _ index: inout Int) {
        while index < bytes.count, isSpace(bytes[index]) { index += 1 }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
