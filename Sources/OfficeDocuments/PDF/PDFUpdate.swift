import Foundation

/// Adds to a PDF what Cairo 1.16 cannot say: its language, that viewers show its title, and what its figures say. It is an
/// incremental update (ISO 32000-1, 7.5.6): the changed objects, with a table of where they are, after the file as it was.
struct PDFUpdate {
    private let file: [UInt8]
    private var added: [UInt8] = []
    private var places: [(object: Int, offset: Int)] = []

    init(of file: [UInt8]) { self.file = file }

    /// The file with its update.
    /// - Parameters:
    ///   - language: BCP 47.
    ///   - alternatives: what the figures say, in their order.
    /// - Throws: `DocumentError.cairo` where the file is not written as Cairo writes it.
    consuming func adding(language: String, alternatives: [String]) throws(DocumentError) -> [UInt8] {
        let trailer = try trailer()
        try extend(
            try object(containing: "/Type /Catalog", from: trailer.root),
            with: "/Lang (\(language))\n   /ViewerPreferences << /DisplayDocTitle true >>")
        var next = 0
        for alternative in alternatives {
            let figure = try object(containing: "/S /Figure", from: next)
            try extend(figure, with: "/Alt \(Self.string(alternative))")
            next = figure.upperBound
        }
        return finished(trailer)
    }

    // MARK: Reading

    private struct Trailer {
        let size: Int
        /// Where the catalog stands.
        let root: Int
        let rootNumber: Int
        let info: Int?
        let table: Int
    }

    private static func damaged(_ what: String) -> DocumentError { .cairo("the PDF has no \(what) where it should") }

    private func trailer() throws(DocumentError) -> Trailer {
        guard let start = last("trailer"), let size = number(after: "/Size ", from: start),
            let root = number(after: "/Root ", from: start), let table = number(after: "startxref\n", from: start),
            let place = find("\n\(root) 0 obj", from: 0)
        else { throw Self.damaged("trailer") }
        return Trailer(
            size: size, root: place, rootNumber: root, info: number(after: "/Info ", from: start), table: table)
    }

    /// The dictionary of the first object from a place on that holds some text.
    private func object(containing text: String, from start: Int) throws(DocumentError) -> Range<Int> {
        guard let hit = find(text, from: start), let end = find("\nendobj", from: hit),
            let begin = before(hit, " 0 obj")
        else { throw Self.damaged("object with \(text)") }
        return begin..<end
    }

    private func find(_ text: String, from start: Int) -> Int? {
        let needle = Array(text.utf8)
        return file.withUnsafeBytes { bytes -> Int? in
            guard let base = bytes.baseAddress else { return nil }
            var place = start
            while place + needle.count <= bytes.count,
                let hit = memchr(base + place, Int32(needle[0]), bytes.count - needle.count - place + 1)
            {
                place = UnsafeRawPointer(hit) - base
                if memcmp(hit, needle, needle.count) == 0 { return place }
                place += 1
            }
            return nil
        }
    }

    /// The last place of a text.
    private func last(_ text: String) -> Int? { before(file.count, text) }

    /// The last place of a text before another.
    private func before(_ end: Int, _ text: String) -> Int? {
        let needle = Array(text.utf8)
        return file.withUnsafeBufferPointer { bytes in
            guard end >= needle.count else { return nil }
            return (0...end - needle.count).last { place in
                bytes[place] == needle[0] && bytes[place..<place + needle.count].elementsEqual(needle)
            }
        }
    }

    private func number(after text: String, from start: Int) -> Int? {
        guard let place = find(text, from: start) else { return nil }
        let digits = file[(place + text.utf8.count)...].prefix { (0x30...0x39).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self))
    }

    // MARK: Writing

    /// Writes an object again, its dictionary with further entries.
    private mutating func extend(_ object: Range<Int>, with entries: String) throws(DocumentError) {
        let digits = file[..<object.lowerBound].reversed().prefix { (0x30...0x39).contains($0) }.reversed()
        let dictionary = file[object]
        guard let number = Int(String(decoding: digits, as: UTF8.self)),
            let end = dictionary.lastIndex(of: UInt8(ascii: ">")), end > object.lowerBound
        else { throw Self.damaged("dictionary") }
        places.append((number, file.count + added.count))
        added += Array("\(number)".utf8) + dictionary[..<(end - 1)] + Array("   \(entries)\n>>\nendobj\n".utf8)
    }

    /// A text string in UTF-16 (ISO 32000-1, 7.9.2.2).
    private static func string(_ text: String) -> String {
        func hex(_ unit: UInt16) -> String {
            let digits = String(unit, radix: 16, uppercase: true)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "<FEFF" + text.utf16.map(hex).joined() + ">"
    }

    private consuming func finished(_ trailer: Trailer) -> [UInt8] {
        let table = file.count + added.count
        var lines = "xref\n"
        for (object, offset) in places.sorted(by: { $0.object < $1.object }) {
            let digits = "\(offset)"
            lines += "\(object) 1\n" + String(repeating: "0", count: max(0, 10 - digits.count)) + digits + " 00000 n \n"
        }
        let info = trailer.info.map { " /Info \($0) 0 R" } ?? ""
        lines += "trailer\n<< /Size \(trailer.size) /Root \(trailer.rootNumber) 0 R\(info) /Prev \(trailer.table) >>\n"
        lines += "startxref\n\(table)\n%%EOF\n"
        return file + added + Array(lines.utf8)
    }
}
