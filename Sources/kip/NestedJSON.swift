import Foundation

/// A payload, a result or a receipt in what `--json` prints: JSON stands there as JSON, number for number; anything else as
/// a text.
struct NestedJSON: Encodable, Sendable, Equatable {
    /// What stands before a text that is JSON, until `unwrap`. Not to be guessed, as texts come from outside.
    private static let mark = "json-\(UUID().uuidString)-"

    private let json: JSONText?
    private let text: String

    /// - Parameter bytes: as they travel.
    init(_ bytes: [UInt8]) {
        json = try? JSONText(bytes)
        text = PayloadText.of(bytes)
    }

    /// - Parameter text: which may be JSON.
    init(_ text: String) { self.init(Array(text.utf8)) }

    /// A record as an object in which one of its fields stands as JSON, if it has any.
    struct Record<Content: Encodable>: Encodable {
        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        let content: Content
        let field: String
        let value: NestedJSON?

        func encode(to encoder: any Encoder) throws {
            try content.encode(to: encoder)
            guard let value else { return }
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(value, forKey: Key(stringValue: field))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(json.map { Self.mark + $0.compact } ?? text)
    }

    /// Puts the JSON in the place of its marked texts.
    /// - Parameter encoded: what an encoder has written.
    static func unwrap(_ encoded: Data) throws -> String {
        let text = String(decoding: encoded, as: UTF8.self)
        let start = "\"" + mark
        guard text.contains(start) else { return text }
        var parts = text.components(separatedBy: start)
        var whole = parts.removeFirst()
        for part in parts {
            let end = endOfText(part)
            let literal = "\"" + part[..<end] + "\""
            whole += try JSONDecoder().decode(String.self, from: Data(literal.utf8))
            whole += part[part.index(after: end)...]
        }
        return whole
    }

    /// Where the quotation mark stands that ends a text.
    private static func endOfText(_ text: String) -> String.Index {
        let bytes = text.utf8
        var place = bytes.startIndex
        while place < bytes.endIndex, bytes[place] != UInt8(ascii: "\"") {
            let isEscape = bytes[place] == UInt8(ascii: "\\")
            place = bytes.index(after: place)
            if isEscape, place < bytes.endIndex { place = bytes.index(after: place) }
        }
        return place
    }
}
