import Yams

/// YAML from people: Yams 6.2.2 traps on a map whose key is itself a map or a list, and takes for ever where aliases
/// stand for aliases; both are refused here before its constructor sees them.
enum CheckedYAML {
    /// Nodes of one file, aliases counted as often as they are used.
    private static let mostNodes = 100_000

    /// A text as maps, lists and scalars; nil where it is empty.
    /// - Throws: `YamlError` of the library, or `Refused`.
    static func load(_ text: String) throws -> Any? {
        guard let node = try Yams.compose(yaml: text) else { return nil }
        var count = 0
        try check(node, &count)
        return Constructor.default.any(from: node)
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    private static func check(_ node: Node, _ count: inout Int) throws {
        count += 1
        if count > mostNodes { throw Refused(description: "it has more than \(mostNodes) nodes") }
        switch node {
        case .scalar, .alias: return
        case .sequence(let sequence): for child in sequence { try check(child, &count) }
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard case .scalar = key else {
                    throw Refused(description: "line \(key.mark?.line ?? 0): the key of a map is not a text")
                }
                try check(value, &count)
            }
        }
    }
}
