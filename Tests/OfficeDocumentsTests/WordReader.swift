import Foundation
import FoundationXML
import Testing
import ZipArchive

/// What stands in a Word document, read from its parts. Measures in points.
struct WordReader {
    struct Style {
        let name: String
        let size: Double?
        let bold: Bool
        let italic: Bool
        let alignment: String
        let before: Double
        let after: Double
        let firstLine: Double
        /// As a factor.
        let lineSpacing: Double
    }

    let parts: [String: [UInt8]]
    let document: XMLDocument
    let styles: [String: Style]
    /// The text of each paragraph with the name of its style.
    let paragraphs: [(style: String, text: String)]

    init(_ file: [UInt8]) throws {
        let zip = try ZipReader(file)
        var parts: [String: [UInt8]] = [:]
        for name in zip.names { parts[name] = try zip.read(name, limit: 10_000_000) }
        self.parts = parts
        document = try Self.xml(parts, "word/document.xml")
        var styles: [String: Style] = [:]
        for node in try Self.xml(parts, "word/styles.xml").nodes(forXPath: "//w:style[@w:type='paragraph']") {
            let id = try #require(Self.value(node, "@w:styleId"))
            func number(_ path: String) -> Double { Self.value(node, path).flatMap { Double($0) } ?? 0 }
            func has(_ path: String) -> Bool { !((try? node.nodes(forXPath: path)) ?? []).isEmpty }
            styles[id] = Style(
                name: Self.value(node, "w:name/@w:val") ?? "",
                size: has("w:rPr/w:sz") ? number("w:rPr/w:sz/@w:val") / 2 : nil,
                bold: has("w:rPr/w:b"), italic: has("w:rPr/w:i"),
                alignment: Self.value(node, "w:pPr/w:jc/@w:val") ?? "left",
                before: number("w:pPr/w:spacing/@w:before") / 20, after: number("w:pPr/w:spacing/@w:after") / 20,
                firstLine: number("w:pPr/w:ind/@w:firstLine") / 20, lineSpacing: number("w:pPr/w:spacing/@w:line") / 240
            )
        }
        self.styles = styles
        paragraphs = try document.nodes(forXPath: "//w:p").map { node in
            let id = Self.value(node, "w:pPr/w:pStyle/@w:val") ?? ""
            let text = try node.nodes(forXPath: ".//w:t").compactMap(\.stringValue).joined()
                // Titles of several lines have no-break spaces within their words.
                .replacingOccurrences(of: "\u{a0}", with: " ")
            return (styles[id]?.name ?? id, text)
        }
    }

    func values(_ path: String) throws -> [String] { try document.nodes(forXPath: path).compactMap(\.stringValue) }

    func style(_ name: String) throws -> Style {
        try #require(styles.values.first { $0.name == name }, "no style “\(name)”")
    }

    func text(_ part: String) throws -> String { String(decoding: try #require(parts[part]), as: UTF8.self) }

    private static func xml(_ parts: [String: [UInt8]], _ name: String) throws -> XMLDocument {
        try XMLDocument(data: Data(try #require(parts[name])))
    }

    private static func value(_ node: XMLNode, _ path: String) -> String? {
        (try? node.nodes(forXPath: path))?.first?.stringValue
    }
}
