import Foundation

/// What a worker sends the broker about a kind: its options, and its example with the fields.
package enum KindDescription {
    /// UTF-8 bytes that an example may have to be sent.
    private static let exampleBytes = 4_096

    /// A kind as the hello has it.
    package static func of<J: Job>(_ kind: J.Type) -> WireKindOptions {
        var description = WireKindOptions()
        description.kind = J.kind
        description.options = JobDefaults(J.options).wire
        guard let example = J.example, let bytes = try? example.encodePayload(), bytes.count <= exampleBytes,
            let text = String(validating: bytes, as: UTF8.self)
        else { return description }
        description.example = text
        guard let fields = try? JSONDecoder().decode([String: ExampleValue].self, from: Data(bytes)) else {
            return description
        }
        description.fields = fields.sorted { $0.key < $1.key }.prefix(100).map { name, value in
            var field = WireKindOptions.Field()
            field.name = name
            field.type = value.type
            var others = fields
            others[name] = nil
            field.optional = decodes(others, as: kind)
            return field
        }
        return description
    }

    private static func decodes<J: Job>(_ fields: [String: ExampleValue], as kind: J.Type) -> Bool {
        guard let payload = try? JSONEncoder().encode(fields) else { return false }
        return (try? J.decode(payload: [UInt8](payload))) != nil
    }
}

/// A value of an example's JSON.
private enum ExampleValue: Codable {
    case null
    case truth(Bool)
    case number(Double)
    case text(String)
    case list([ExampleValue])
    case object([String: ExampleValue])

    /// As “kip kinds list” names it.
    var type: String {
        switch self {
        case .null: "null"
        case .truth: "true or false"
        case .number: "number"
        case .text: "text"
        case .list: "list"
        case .object: "object"
        }
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let truth = try? value.decode(Bool.self) {
            self = .truth(truth)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([ExampleValue].self) {
            self = .list(list)
        } else {
            self = .object(try value.decode([String: ExampleValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .truth(let truth): try container.encode(truth)
        case .number(let number): try container.encode(number)
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let object): try container.encode(object)
        }
    }
}
