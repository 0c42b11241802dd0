/// Reads XML by going through it once: the subset that the parts of a workbook use (ECMA-376 part 2, 8.2.4: UTF-8 or UTF-16,
/// no document type definition). Prefixes are left out: a part's elements are known by their place.
///
/// It stands in an element, from whose start it goes to the children by `enterChild`, or over all by `skip` or `text`.
struct XMLScanner {
    private struct Attribute {
        let hasPrefix: Bool
        let name: Range<Int>
        let value: Range<Int>
    }

    enum Event {
        case start, end
        case text(Range<Int>, isVerbatim: Bool)
        case finished
    }

    private static let deepest = 128

    let bytes: [UInt8]
    private var position: Int
    /// The names of the elements in which it stands, with their prefixes.
    private var open: [Range<Int>] = []
    private var localName = 0..<0
    private var attributes: [Attribute] = []
    /// The element entered last is written as `<v/>`: its end is yet to come.
    private var closes = false
    private var hasRoot = false

    init(_ part: [UInt8]) throws(PartFault) {
        bytes = try XMLEncoding.utf8(part)
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// Whether the element entered last has this name.
    func isNamed(_ known: StaticString) -> Bool { equals(localName, known) }

    /// The raw value of an attribute of the element entered last.
    func attribute(_ known: StaticString, hasPrefix: Bool = false) -> Range<Int>? {
        for attribute in attributes where attribute.hasPrefix == hasPrefix && equals(attribute.name, known) {
            return attribute.value
        }
        return nil
    }

    /// The value of an attribute of the element entered last as text.
    func attributeText(_ known: StaticString, hasPrefix: Bool = false) throws(PartFault) -> String? {
        guard let value = attribute(known, hasPrefix: hasPrefix) else { return nil }
        var content: [UInt8] = []
        try decode(value, into: &content)
        return try Self.string(content)
    }

    /// Whether bytes of the part are this text.
    func equals(_ range: Range<Int>, _ known: StaticString) -> Bool {
        guard range.count == known.utf8CodeUnitCount else { return false }
        for (offset, index) in range.enumerated() where bytes[index] != known.utf8Start[offset] { return false }
        return true
    }

    /// Enters the root.
    mutating func enterRoot() throws(PartFault) {
        guard case .start = try next() else { throw .damaged("it has no content") }
    }

    /// Enters the next child of the element; false = there is none, and the element is left.
    mutating func enterChild() throws(PartFault) -> Bool {
        while true {
            switch try next() {
            case .start: return true
            case .end, .finished: return false
            case .text: continue
            }
        }
    }

    /// Leaves the element, whatever is in it.
    mutating func skip() throws(PartFault) {
        let depth = open.count
        while open.count >= depth { _ = try next() }
    }

    /// Leaves the element and adds its own text, not that of its children.
    mutating func text(into content: inout [UInt8]) throws(PartFault) {
        while true {
            switch try next() {
            case .text(let range, isVerbatim: false): try decode(range, into: &content)
            case .text(let range, isVerbatim: true): content.append(contentsOf: bytes[range])
            case .start: try skip()
            case .end, .finished: return
            }
        }
    }

    /// Goes to the end: after the root there is nothing.
    mutating func finish() throws(PartFault) {
        guard case .finished = try next() else { throw .damaged("something stands after its end") }
    }

    static func string(_ content: [UInt8]) throws(PartFault) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw .damaged("a text is not UTF-8") }
        return text
    }

    private mutating func next() throws(PartFault) -> Event {
        if closes {
            closes = false
            open.removeLast()
            return .end
        }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else { return try nextText() }
            switch at(position + 1) {
            case UInt8(ascii: "/"):
                try leave()
                return .end
            case UInt8(ascii: "?"): position = try end(of: "?>", from: position + 2)
            case UInt8(ascii: "!"): if let text = try declaration() { return text }
            default:
                try enter()
                return .start
            }
            // Outside of the root, only white space is left between what was skipped.
            if open.isEmpty { skipSpace() }
        }
        guard open.isEmpty, hasRoot else { throw .damaged("its XML ends in the middle") }
        return .finished
    }

    private mutating func nextText() throws(PartFault) -> Event {
        let start = position
        if open.isEmpty {
            skipSpace()
            guard position == bytes.count || bytes[position] == UInt8(ascii: "<") else {
                throw .damaged("it is not XML")
            }
            return try next()
        }
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        return .text(start..<position, isVerbatim: false)
    }

    /// A comment is skipped, a CDATA section is text, and a document type definition (whose entities can read files, and grow
    /// without bounds) is refused.
    private mutating func declaration() throws(PartFault) -> Event? {
        if stands("<!--", at: position) {
            position = try end(of: "-->", from: position + 4)
            return nil
        }
        if !open.isEmpty, stands("<![CDATA[", at: position) {
            let start = position + 9
            position = try end(of: "]]>", from: start)
            return .text(start..<position - 3, isVerbatim: true)
        }
        throw .damaged("it has a document type definition, which no workbook has")
    }

    private mutating func enter() throws(PartFault) {
        if open.isEmpty {
            if hasRoot { throw .damaged("something stands after its end") }
            hasRoot = true
        }
        position += 1
        let (name, local) = try qualifiedName()
        localName = local
        attributes.removeAll(keepingCapacity: true)
        while true {
            skipSpace()
            switch at(position) {
            case UInt8(ascii: ">"):
                position += 1
            case UInt8(ascii: "/") where at(position + 1) == UInt8(ascii: ">"):
                position += 2
                closes = true
            default:
                try readAttribute()
                continue
            }
            break
        }
        if open.count >= Self.deepest { throw .damaged("its XML is nested too deep") }
        open.append(name)
    }

    private mutating func leave() throws(PartFault) {
        position += 2
        let (name, _) = try qualifiedName()
        skipSpace()
        guard at(position) == UInt8(ascii: ">") else { throw .damaged("an end tag is broken") }
        position += 1
        guard let opened = open.popLast(), bytes[opened].elementsEqual(bytes[name]) else {
            throw .damaged("an end tag does not fit its start tag")
        }
    }

    private mutating func readAttribute() throws(PartFault) {
        let (name, local) = try qualifiedName()
        skipSpace()
        guard at(position) == UInt8(ascii: "=") else { throw .damaged("a tag is broken") }
        position += 1
        skipSpace()
        let quote = at(position)
        guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { throw .damaged("a tag is broken") }
        let start = position + 1
        position = start
        while position < bytes.count, bytes[position] != quote {
            if bytes[position] == UInt8(ascii: "<") { throw .damaged("a tag is broken") }
            position += 1
        }
        guard position < bytes.count else { throw .damaged("its XML ends in the middle") }
        attributes.append(Attribute(hasPrefix: local != name, name: local, value: start..<position))
        position += 1
    }

    /// A name, and its part after the prefix.
    private mutating func qualifiedName() throws(PartFault) -> (name: Range<Int>, local: Range<Int>) {
        let start = position
        var local = start
        while position < bytes.count, Self.isOfName(bytes[position]) {
            if bytes[position] == UInt8(ascii: ":") { local = position + 1 }
            position += 1
        }
        guard local < position else {
            throw .damaged(position < bytes.count ? "a tag is broken" : "its XML ends in the middle")
        }
        return (start..<position, local..<position)
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: ":"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    private func stands(_ text: StaticString, at index: Int) -> Bool {
        let end = index + text.utf8CodeUnitCount
        return end <= bytes.count && equals(index..<end, text)
    }

    /// The place after the next such text.
    private func end(of text: StaticString, from start: Int) throws(PartFault) -> Int {
        var index = start
        while index < bytes.count {
            if bytes[index] == text.utf8Start[0], stands(text, at: index) { return index + text.utf8CodeUnitCount }
            index += 1
        }
        throw .damaged("its XML ends in the middle")
    }
}
