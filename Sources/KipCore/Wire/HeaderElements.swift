/// Limits the number of fields and nested messages in a header, before the header is decoded: an empty nested message takes two
/// bytes on the wire, and a thousand times as long to decode as to skip.
package enum HeaderElements {
    /// Whether a header is large enough to exceed the limits, so that it has to be counted: 64 KiB hold at most 32,768 nested
    /// messages, which decode in some tens of milliseconds.
    package static func mayBeTooMany(_ header: [UInt8]) -> Bool { header.count > 64 << 10 }

    /// Does not check whether the header is well formed.
    /// - Throws: `Refusal` (`too-large`) if it exceeds `Limits.elementsPerHeader` or `Limits.fieldsPerHeader`.
    package static func check(_ header: [UInt8], _ encoding: WireEncoding) throws(Refusal) {
        let count: Count
        switch encoding {
        case .protobuf: count = header.withUnsafeBytes { Count(protobuf: $0) }
        case .json: count = Count(json: header)
        }
        if count.isTooMuch {
            throw Refusal(
                .tooLarge,
                "the header holds more than \(Limits.elementsPerHeader) messages and entries of lists, or \(Limits.fieldsPerHeader) "
                    + "fields; send several messages")
        }
    }

    /// Whether a protobuf header has more than one body. Its decoder would merge each into the one before, and copy all that was
    /// merged until then: 200 KB would keep it busy for minutes.
    static func hasSeveralBodies(_ header: [UInt8]) -> Bool {
        header.withUnsafeBytes { bytes in
            var fields = Skipper(bytes)
            var bodies = 0
            while bodies < 2, let field = fields.next() {
                if case .message = Shape.all[Shape.header].kind(of: field.number) { bodies += 1 }
            }
            return bodies > 1
        }
    }

    /// Counts until a limit is exceeded.
    private struct Count {
        private var elements = 0
        private var fields = 0

        var isTooMuch: Bool { elements > Limits.elementsPerHeader || fields > Limits.fieldsPerHeader }

        init(protobuf bytes: UnsafeRawBufferPointer) {
            add(bytes, Shape.header, depth: 0)
        }

        private mutating func add(_ bytes: UnsafeRawBufferPointer, _ shape: Int, depth: Int) {
            var rest = Skipper(bytes)
            while !isTooMuch, let field = rest.next() {
                fields += 1
                let kind = Shape.all[shape].kind(of: field.number)
                if kind == .plain { continue }
                elements += 1
                if case .message(let inner) = kind, let content = field.content, depth < 20 {
                    add(content, inner, depth: depth + 1)
                }
            }
        }

        /// Objects and lists are elements, commas outside of strings separate fields.
        init(json bytes: [UInt8]) {
            var isText = false
            var isEscaped = false
            for byte in bytes where !isTooMuch {
                if isText {
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isText = false
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isText = true
                case UInt8(ascii: "{"), UInt8(ascii: "["): elements += 1
                case UInt8(ascii: ","): fields += 1
                default: break
                }
            }
        }
    }

    /// Which fields of a message are messages themselves, or lists.
    private struct Shape {
        enum Kind: Equatable {
            case plain
            case list
            case message(Int)
        }

        private let kinds: [Kind]

        func kind(of number: Int) -> Kind { number < kinds.count ? kinds[number] : .plain }

        static let all: [Shape] = made.shapes
        static let header = made.header

        private static let made: (shapes: [Shape], header: Int) = {
            let names = WireSchema.messages.keys.sorted()
            let places = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let shapes = names.map { Shape(WireSchema.messages[$0] ?? [:], places) }
            return (shapes, places["Header"] ?? 0)
        }()

        private init(_ fields: [String: WireSchema.Field], _ places: [String: Int]) {
            var kinds = [Kind](repeating: .plain, count: (fields.values.map(\.number).max() ?? 0) + 1)
            for field in fields.values {
                if case .message(let name) = field.type, field.shape != .map, let place = places[name] {
                    kinds[field.number] = .message(place)
                } else if field.shape != .single {
                    kinds[field.number] = .list
                }
            }
            self.kinds = kinds
        }
    }

    /// Iterates over the fields of a protobuf message (protobuf.dev/programming-guides/encoding) without decoding their values. Unlike
    /// `ProtobufFields` it accepts every wire type.
    private struct Skipper {
        struct Field {
            var number: Int
            /// Of a field that has a length.
            var content: UnsafeRawBufferPointer?
        }

        private let bytes: UnsafeRawBufferPointer
        private var place = 0

        init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

        /// nil = it has ended, or is malformed from here on.
        mutating func next() -> Field? {
            guard let tag = varint(), let number = Int(exactly: tag >> 3) else { return nil }
            switch tag & 7 {
            case 0: return varint().map { _ in Field(number: number) }
            case 1: return skip(8) ? Field(number: number) : nil
            case 2:
                guard let count = varint().flatMap({ Int(exactly: $0) }) else { return nil }
                let start = place
                return skip(count)
                    ? Field(number: number, content: UnsafeRawBufferPointer(rebasing: bytes[start..<place])) : nil
            case 5: return skip(4) ? Field(number: number) : nil
            // The ends of groups, which KIP/1 does not have: the fields in one are counted as if they stood beside it.
            case 3, 4: return Field(number: number)
            default: return nil
            }
        }

        private mutating func skip(_ count: Int) -> Bool {
            guard count >= 0, count <= bytes.count - place else { return false }
            place += count
            return true
        }

        private mutating func varint() -> UInt64? { bytes.varint(at: &place) }
    }
}
