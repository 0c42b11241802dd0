import Foundation

/// A header field: its name in small letters, its value on one line.
struct MIMEField {
    let name: String
    let value: String

    /// Reads fields up to an empty line or the end, and leaves what follows. Lines that are no field are passed over.
    static func read(_ rest: inout ArraySlice<UInt8>) -> [MIMEField] {
        var lines: [String] = []
        while !rest.isEmpty {
            let line = takeLine(&rest)
            if line.isEmpty { break }
            let text = String(decoding: line, as: UTF8.self)
            if line.first == UInt8(ascii: " ") || line.first == UInt8(ascii: "\t"), let last = lines.indices.last {
                lines[last] += " " + text.trimmingCharacters(in: .whitespaces)
            } else {
                lines.append(text)
            }
        }
        return lines.compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return MIMEField(
                name: line[..<colon].trimmingCharacters(in: .whitespaces).lowercased(),
                value: line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
    }

    /// A line without its end, LF or CRLF.
    static func takeLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest[line.endIndex...].dropFirst()
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
    }
}

/// A message or one part of it (RFC 2045, RFC 2046), as far as reports need it.
struct MIMEPart {
    private let fields: [MIMEField]
    private let body: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        fields = MIMEField.read(&rest)
        body = rest
    }

    /// The first field of a name, which is in small letters.
    func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }

    /// `multipart/report`, in small letters; `text/plain` where it does not say.
    var type: String {
        guard let value = field("content-type") else { return "text/plain" }
        return value.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    /// A text, of whatever kind.
    var isText: Bool { type.hasPrefix("text/") }

    /// Its content as text; what is not UTF-8 is replaced.
    func text() -> String { String(decoding: content(), as: UTF8.self) }

    /// Its parts that have none themselves, in their order: itself where it is no multipart, or one whose parts are not found.
    func leaves(depth: Int = 0) -> [MIMEPart] {
        guard depth < Self.maxDepth, type.hasPrefix("multipart/") else { return [self] }
        let parts = parts()
        return parts.isEmpty ? [self] : parts.flatMap { $0.leaves(depth: depth + 1) }
    }

    private static let maxDepth = 8

    /// Its parts, where it has some. One whose end is missing ends with the message; where the boundary that it names is not
    /// there, it is the first line that looks like one.
    func parts() -> [MIMEPart] {
        let parts = boundary().map { self.parts(between: Array("--\($0)".utf8)) } ?? []
        if !parts.isEmpty || !type.hasPrefix("multipart/") { return parts }
        return likelyDelimiter().map { self.parts(between: $0) } ?? []
    }

    /// A line that begins with `--` and is followed by a field of a part.
    private func likelyDelimiter() -> [UInt8]? {
        var rest = body
        while !rest.isEmpty {
            let line = MIMEField.takeLine(&rest)
            let next = String(decoding: rest.prefix(8), as: UTF8.self).lowercased()
            if line.count > 2, line.starts(with: "--".utf8), next == "content-" { return Array(line) }
        }
        return nil
    }

    private func parts(between delimiter: [UInt8]) -> [MIMEPart] {
        var parts: [MIMEPart] = []
        var start: Int?
        var rest = body
        while !rest.isEmpty {
            let line = MIMEField.takeLine(&rest)
            guard line.starts(with: delimiter) else { continue }
            let tail = line.dropFirst(delimiter.count)
            let isEnd = tail.starts(with: "--".utf8)
            // A boundary may be the beginning of another one's.
            guard isEnd || tail.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) else { continue }
            if let start { parts.append(MIMEPart(body[start..<line.startIndex])) }
            start = isEnd ? nil : rest.startIndex
            if isEnd { break }
        }
        if let start { parts.append(MIMEPart(body[start...])) }
        return parts
    }

    /// Its content, decoded.
    func content() -> [UInt8] {
        switch field("content-transfer-encoding")?.lowercased() {
        case "base64":
            // One that was cut off is read as far as it goes.
            let letters = body.filter { MailAddress.isAlphanumeric($0) || "+/".utf8.contains($0) }
            return Data(base64Encoded: Data(letters.prefix(letters.count / 4 * 4))).map { Array($0) } ?? []
        case "quoted-printable": return Self.unquoted(body)
        default: return Array(body)
        }
    }

    private func boundary() -> String? {
        guard let value = field("content-type"),
            let start = value.range(of: "boundary=", options: .caseInsensitive)?.upperBound
        else { return nil }
        let rest = value[start...]
        let boundary =
            rest.first == "\""
            ? rest.dropFirst().prefix { $0 != "\"" } : rest.prefix { $0 != ";" && !$0.isWhitespace }
        return boundary.isEmpty ? nil : String(boundary)
    }

    private static func unquoted(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                result.append(byte)
                continue
            }
            if rest.starts(with: "\r\n".utf8) {
                rest = rest.dropFirst(2)
            } else if rest.first == UInt8(ascii: "\n") {
                rest = rest.dropFirst()
            } else if let decoded = HexDigits.byte(rest.prefix(2)) {
                result.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
