/// A tag of a Mustache template that names a value.
struct TemplateTag: Equatable {
    /// The value's name.
    var name: String
    /// The line on which the tag begins, from 1.
    var line: Int

    /// The tags of a template, in order.
    /// - Throws: `DocumentError.template` that names the line of a tag that is not closed, or of a kind that documents have no
    ///   use for: partials, delimiters, pragmas, transforms.
    static func all(in text: String, path: String) throws(DocumentError) -> [TemplateTag] {
        var tags: [TemplateTag] = []
        var open: [TemplateTag] = []
        var rest = text[...]
        var line = 1
        while let start = rest.firstRange(of: "{{") {
            line += rest[..<start.lowerBound].count(where: \.isNewline)
            guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                throw .template("\(path):\(line): “{{” is not closed")
            }
            let inner = rest[start.upperBound..<end.lowerBound]
            rest = rest[end.upperBound...]
            defer { line += inner.count(where: \.isNewline) }
            if inner.hasPrefix("!") { continue }
            // {{{name}}}: what is not escaped anyway.
            let isTriple = inner.hasPrefix("{")
            if isTriple {
                guard rest.hasPrefix("}") else { throw .template("\(path):\(line): “{{{” is not closed by “}}}”") }
                rest = rest.dropFirst()
            }
            let sign = inner.first.flatMap { "#^/{&".contains($0) ? $0 : nil }
            let name = (sign == nil ? inner : inner.dropFirst()).filter { $0 != " " }
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
                throw .template("\(path):\(line): “{{\(inner)}}” is no placeholder, section or comment")
            }
            let tag = TemplateTag(name: name, line: line)
            tags.append(tag)
            switch sign {
            case "#", "^": open.append(tag)
            case "/":
                guard let last = open.popLast(), last.name == name else {
                    throw .template("\(path):\(line): “{{/\(name)}}” closes no section")
                }
            default: continue
            }
        }
        if let left = open.last { throw .template("\(path):\(left.line): the section “\(left.name)” is not closed") }
        return tags
    }
}
