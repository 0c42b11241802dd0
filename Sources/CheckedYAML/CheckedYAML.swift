import Yams

/// YAML from people. Yams 6.2.2 traps on a map whose key is itself a map or a list, and on numbers to the base 60 that do
/// not fit (`9:59:59:59:59:59:59:59:59:59:59:59`, as YAML 1.1 has them), and takes for ever where aliases stand for aliases.
/// All of these are refused here before its constructor sees them.
public enum CheckedYAML {
    /// Nodes of one file, aliases counted as often as they are used.
    private static let mostNodes = 100_000

    /// A text as maps, lists and scalars; nil where it is empty.
    /// - Throws: `YamlError` of the library, or `Refused`.
    public static func load(_ text: String) throws -> Any? {
        try node(text, .default).map { Constructor.default.any(from: $0) }
    }

    /// A text as a value of a type.
    /// - Throws: `YamlError` of the library, `DecodingError`, or `Refused`.
    public static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        guard let node = try node(text, asDecoded) else { return try YAMLDecoder().decode(type, from: text) }
        return try YAMLDecoder().decode(type, from: node)
    }

    /// As the decoder resolves it: what a value is the type says, and a key is a text.
    private static let asDecoded = Resolver.basic.appending(.merge)

    /// A text as a value of a type, in which nothing is said that the type does not know: a misspelt key is refused by its line.
    /// What the value says when it is written again is what it knows.
    /// - Parameter others: keys at the top that somebody else reads.
    /// - Throws: as `decode`.
    public static func decodeStrictly<Value: Codable>(
        _ type: Value.Type, from text: String, others: Set<String> = []
    ) throws -> Value {
        guard let said = try node(text, asDecoded) else { return try YAMLDecoder().decode(type, from: text) }
        let value = try YAMLDecoder().decode(type, from: said)
        try refuseStrangers(in: said, try written(value), path: "", others)
        return value
    }

    /// Refuses what a part of a text says and its value does not know.
    /// - Parameter part: a key at the top.
    /// - Throws: `Refused` that names the line.
    public static func refuseStrangers(in text: String, under part: String, knowing value: some Encodable) throws {
        guard let said = try node(text, asDecoded)?.mapping?[Node(part)] else { return }
        try refuseStrangers(in: said, try written(value), path: "\(part).")
    }

    /// What does not decode, in words, by its line.
    /// - Parameter text: what was decoded.
    public static func words(for error: DecodingError, in text: String) -> String {
        let (context, keys, what) = told(error)
        let path = (context.codingPath + keys).map { key in key.intValue.map { "\($0 + 1)" } ?? key.stringValue }
        let line = line(of: context.codingPath, in: text).map { "line \($0): " } ?? ""
        return line + (path.isEmpty ? "the whole " : "“\(path.joined(separator: "."))” ") + what
            + (misspelt(error, in: text) ?? "")
    }

    /// The key that stands in the place of one that is missing, if it is much like it.
    private static func misspelt(_ error: DecodingError, in text: String) -> String? {
        guard case .keyNotFound(let missing, let context) = error,
            let keys = node(at: context.codingPath, in: text)?.mapping?.keys,
            let near = keys.compactMap(\.string).first(where: { isNear($0, missing.stringValue) }),
            let line = keys.first(where: { $0.string == near })?.mark?.line
        else { return nil }
        return "; line \(line) has “\(near)”"
    }

    /// Whether few letters are other: a letter that is left out or put in, two that are swapped, one that is another.
    private static func isNear(_ one: String, _ other: String) -> Bool {
        one != other && Array(one).difference(from: Array(other)).count <= 2
    }

    private static func node(at path: [any CodingKey], in text: String) -> Node? {
        guard var node = try? node(text, asDecoded) else { return nil }
        for key in path {
            let child = key.intValue.map { node.sequence.map(Array.init)?.dropFirst($0).first } ?? node[key.stringValue]
            guard let child else { return nil }
            node = child
        }
        return node
    }

    private static func told(_ error: DecodingError) -> (DecodingError.Context, [any CodingKey], String) {
        switch error {
        case .keyNotFound(let key, let context): return (context, [key], "is missing")
        case .valueNotFound(_, let context): return (context, [], "is empty")
        case .typeMismatch(let type, let context): return (context, [], "is not \(name(of: type))")
        case .dataCorrupted(let context):
            // The library's word for a text that is none of an enumeration's.
            guard let value = context.debugDescription.firstMatch(of: /^Cannot initialize .* value (.*)$/)?.output.1
            else {
                return (context, [], "cannot be used: \(context.debugDescription)")
            }
            return (context, [], "is “\(value)”, which is none of the words that it may be")
        @unknown default:
            return (DecodingError.Context(codingPath: [], debugDescription: ""), [], "cannot be used: \(error)")
        }
    }

    private static func name(of type: Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is Node.Mapping.Type: "a map of settings"
        case is Node.Sequence.Type: "a list"
        case is Node.Scalar.Type: "a single value"
        default: "what is wanted here"
        }
    }

    private static func line(of path: [any CodingKey], in text: String) -> Int? {
        guard var node = try? node(text, asDecoded) else { return nil }
        for key in path {
            let child = key.intValue.map { node.sequence.map(Array.init)?.dropFirst($0).first } ?? node[key.stringValue]
            guard let child else { return node.mark?.line }
            node = child
        }
        return node.mark?.line
    }

    private static func written(_ value: some Encodable) throws -> Node? {
        try Yams.compose(yaml: YAMLEncoder().encode(value), Resolver.basic)
    }

    private static func refuseStrangers(
        in said: Node, _ known: Node?, path: String, _ others: Set<String> = []
    ) throws {
        switch (said, known) {
        case (.mapping(let said), .mapping(let known)?):
            for (key, value) in said {
                let name = key.string ?? ""
                if name == "<<" || others.contains(name) || value.null != nil { continue }
                guard let twin = known.first(where: { $0.key.string == name })?.value else {
                    let alike = known.compactMap(\.key.string).joined(separator: ", ")
                    throw Refused(
                        description:
                            "line \(key.mark?.line ?? 0): “\(path)\(name)” is not a setting; there are, besides "
                            + "those that are left out: \(alike)")
                }
                try refuseStrangers(in: value, twin, path: "\(path)\(name).")
            }
        case (.sequence(let said), .sequence(let known)?):
            for (index, value) in said.enumerated() where index < known.count {
                try refuseStrangers(in: value, known[index], path: path)
            }
        default: return
        }
    }

    /// What is refused, and where.
    public struct Refused: Error, CustomStringConvertible {
        /// In words, with the line.
        public let description: String
    }

    private static func node(_ text: String, _ resolver: Resolver) throws -> Node? {
        guard let node = try Yams.compose(yaml: text, resolver) else { return nil }
        var count = 0
        try check(node, &count)
        return node
    }

    private static func check(_ node: Node, _ count: inout Int) throws {
        count += 1
        if count > mostNodes { throw Refused(description: "it has more than \(mostNodes) nodes") }
        switch node {
        case .alias: return
        case .scalar(let scalar): try check(scalar)
        case .sequence(let sequence): for child in sequence { try check(child, &count) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard case .scalar(let name) = key else {
                    throw Refused(description: "line \(key.mark?.line ?? 0): the key of a map is not a text")
                }
                try check(name)
                try check(value, &count)
            }
        }
    }

    /// A time such as 7:30 is a number to the base 60, too, and a small one.
    private static func check(_ scalar: Node.Scalar) throws {
        // What stands in quotes is a text.
        guard scalar.style == .plain || scalar.style == .any, overflows(scalar.string) else { return }
        throw Refused(
            description:
                "line \(scalar.mark?.line ?? 0): “\(scalar.string.prefix(40))” is a number to the base 60 in YAML, "
                + "and too large; put it in quotes")
    }

    /// Whether a text is whole numbers with colons between that do not fit into an `Int` together.
    private static func overflows(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: ":")) else { return false }
        let number = text.filter { $0 != "_" }
        let unsigned = number.hasPrefix("-") || number.hasPrefix("+") ? number.dropFirst() : number[...]
        let parts = unsigned.split(separator: ":", omittingEmptySubsequences: false)
        let digits = parts.compactMap { Int($0) }
        guard digits.count == parts.count else { return false }
        var base = 1
        var value = 0
        for digit in digits.reversed() {
            let (product, isTooMuch) = digit.multipliedReportingOverflow(by: base)
            let (sum, isMore) = value.addingReportingOverflow(product)
            // The library multiplies once more than it needs.
            let (next, isMost) = base.multipliedReportingOverflow(by: 60)
            if isTooMuch || isMore || isMost { return true }
            value = sum
            base = next
        }
        return value == .min
    }
}
