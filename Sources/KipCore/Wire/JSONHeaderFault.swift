/// What is wrong with a JSON header, by field: people write these headers, so the error says where the fault is and what was
/// probably meant.
///
/// It reads JSON (RFC 8259) beside the schema, to the first fault and no deeper than any message is.
struct JSONHeaderFault: Error, Equatable {
    /// Where, what, and what would be right.
    let reason: String
    /// The number of the request, wherever it stands; 0 if it cannot be read.
    var request: UInt64 = 0
    /// Something is said twice. A decoder may take one of the two in silence, so the header is refused even if it decodes.
    var isRepetition = false
    /// It is JSON as far as it was read.
    var isJSON = true

    /// Reads a header.
    /// - Returns: nil if it finds no fault.
    static func find(in bytes: [UInt8]) -> JSONHeaderFault? {
        var reader = Reader(bytes: bytes)
        do throws(JSONHeaderFault) {
            try reader.message("Header", path: "", depth: 0)
            try reader.end()
            return nil
        } catch {
            var fault = error
            fault.request = reader.request > 0 ? reader.request : requestNumber(in: bytes)
            return fault
        }
    }

    /// The number of the request at the top of a header that has a fault before it.
    private static func requestNumber(in bytes: [UInt8]) -> UInt64 {
        var reader = Reader(bytes: bytes)
        return (try? reader.requestAtTop()) ?? 0
    }

    private struct Reader {
        let bytes: [UInt8]
        var place = 0
        var request: UInt64 = 0
        /// It is JSON as far as it was read.
        var isJSON = true

        private static let deepest = 20

        init(bytes: [UInt8]) { self.bytes = bytes }

        // MARK: Messages

        mutating func message(_ name: String, path: String, depth: Int) throws(JSONHeaderFault) {
            guard depth < Self.deepest else { throw JSONHeaderFault(reason: "\(label(path)) is nested too deep") }
            guard let fields = WireSchema.messages[name] else { return }
            var body: String?
            try members(path, "an object {…}", named: WireSchema.jsonName) { reader, key throws(JSONHeaderFault) in
                guard let field = fields[WireSchema.jsonName(key)] else {
                    throw Self.unknown(key, of: name, path, among: fields.keys)
                }
                let isSet = try reader.field(field, path: path.isEmpty ? key : "\(path).\(key)", depth: depth)
                guard name == "Header", isSet, field.type != .uint64 else { return }
                if let body {
                    throw JSONHeaderFault(
                        reason: "the header has “\(body)” and “\(key)”; send a message for each", isRepetition: true)
                }
                body = key
            }
        }

        private static func unknown(
            _ key: String, of message: String, _ path: String, among known: some Sequence<String>
        ) -> JSONHeaderFault {
            let place = path.isEmpty ? "the header" : "“\(path)”"
            let meant = NearestName.of(key, among: known).map { "; did you mean “\($0)”?" } ?? ""
            return JSONHeaderFault(
                reason: "\(place) has a field “\(shown(key))”, which \(message) does not know\(meant)")
        }

        /// - Returns: false if it is null.
        @discardableResult
        private mutating func field(
            _ field: WireSchema.Field, path: String, depth: Int
        ) throws(JSONHeaderFault) -> Bool {
            if takeWord("null") { return false }
            switch field.shape {
            case .single: try value(field.type, path: path, depth: depth)
            case .map:
                try members(path, "an object {…}") { reader, key throws(JSONHeaderFault) in
                    try reader.value(field.type, path: "\(path).\(Self.shown(key))", depth: depth)
                }
            case .list:
                guard take("[") else { throw fault(path, "a list […]") }
                if take("]") { return true }
                var index = 0
                repeat {
                    try value(field.type, path: "\(path)[\(index)]", depth: depth)
                    index += 1
                } while take(",")
                guard take("]") else { throw notJSON() }
            }
            return true
        }

        private mutating func value(
            _ type: WireSchema.FieldType, path: String, depth: Int
        ) throws(JSONHeaderFault) {
            switch type {
            case .message(let name): try message(name, path: path, depth: depth + 1)
            case .string, .bytes: if try text() == nil { throw fault(path, "a text in quotation marks") }
            case .bool: if !takeWord("true"), !takeWord("false") { throw fault(path, "true or false") }
            case .int32: try whole(Int64(Int32.min)...Int64(Int32.max), path)
            case .int64: try whole(Int64.min...Int64.max, path)
            case .uint64: try whole(path)
            case .double: if Double(try number(path)) == nil { throw fault(path, "a number") }
            case .choice(let name): try choice(name, path)
            }
        }

        private mutating func choice(_ name: String, _ path: String) throws(JSONHeaderFault) {
            let start = place
            guard let word = try text() else {
                place = start
                return try whole(Int64(Int32.min)...Int64(Int32.max), path)
            }
            let known = WireSchema.choices[name] ?? []
            if known.contains(word) { return }
            let names = known.filter { !$0.hasSuffix("UNSPECIFIED") }
            let meant = NearestName.of(word, among: names).map { "; did you mean “\($0)”?" } ?? ""
            throw JSONHeaderFault(
                reason: "“\(path)” is “\(Self.shown(word))”, not one of \(names.joined(separator: ", "))\(meant)")
        }

        private mutating func whole(_ range: ClosedRange<Int64>, _ path: String) throws(JSONHeaderFault) {
            let digits = try number(path)
            if let value = Int64(digits), range.contains(value) { return }
            throw JSONHeaderFault(
                reason:
                    "“\(path)” is \(Self.shown(digits)), not a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }

        private mutating func whole(_ path: String) throws(JSONHeaderFault) {
            let digits = try number(path)
            guard let value = UInt64(digits) else {
                throw JSONHeaderFault(
                    reason: "“\(path)” is \(Self.shown(digits)), not a whole number from 0 to \(UInt64.max)")
            }
            if path == "request" { request = value }
        }

        /// A number, in quotation marks or without (protobuf's JSON mapping takes both).
        private mutating func number(_ path: String) throws(JSONHeaderFault) -> String {
            if let quoted = try text() { return quoted }
            let start = place
            while place < bytes.count, "+-.eE0123456789".utf8.contains(bytes[place]) { place += 1 }
            if place == start { throw fault(path, "a number") }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }

        // MARK: JSON

        private mutating func members(
            _ path: String, _ right: String, named name: (String) -> String = { $0 },
            _ body: (inout Reader, String) throws(JSONHeaderFault) -> Void
        ) throws(JSONHeaderFault) {
            guard take("{") else { throw fault(path, right) }
            if take("}") { return }
            var known: Set<String> = []
            repeat {
                guard let key = try text().map(Self.unescaped), take(":") else { throw notJSON() }
                guard known.insert(name(key)).inserted else {
                    throw JSONHeaderFault(
                        reason: "\(label(path)) has the field “\(Self.shown(key))” twice", isRepetition: true)
                }
                try body(&self, key)
            } while take(",")
            guard take("}") else { throw notJSON() }
        }

        /// The number of the request; values of other fields are passed over, whatever they are.
        mutating func requestAtTop() throws(JSONHeaderFault) -> UInt64 {
            guard take("{") else { throw notJSON() }
            repeat {
                guard let key = try text().map(Self.unescaped), take(":") else { throw notJSON() }
                if key == "request" { return UInt64(try number(key)) ?? 0 }
                try passValue()
            } while take(",")
            return 0
        }

        private mutating func passValue() throws(JSONHeaderFault) {
            var depth = 0
            while place < bytes.count {
                switch bytes[place] {
                case UInt8(ascii: "\""):
                    _ = try text()
                    continue
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return }
                    depth -= 1
                case UInt8(ascii: ",") where depth == 0: return
                default: break
                }
                place += 1
            }
        }

        /// - Returns: nil if no text begins here.
        private mutating func text() throws(JSONHeaderFault) -> String? {
            guard take("\"") else { return nil }
            let start = place
            while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard place < bytes.count else { throw notJSON() }
            defer { place += 1 }
            return String(decoding: bytes[start..<place], as: UTF8.self)
        }

        /// The text that a decoder reads (RFC 8259, 7): two spellings of one name are one name. What is no escape stays as it is.
        private static func unescaped(_ text: String) -> String {
            guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
            let short: [Unicode.Scalar: Unicode.Scalar] = [
                "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r", "t": "\t", "\"": "\"", "\\": "\\", "/": "/",
            ]
            var units: [UInt16] = []
            var rest = text.unicodeScalars[...]
            while let scalar = rest.popFirst() {
                let digits = rest.dropFirst().prefix(4)
                if scalar == "\\", rest.first == "u", digits.count == 4, let unit = UInt16(String(digits), radix: 16) {
                    units.append(unit)
                    rest = rest.dropFirst(5)
                } else if scalar == "\\", let next = rest.first, let meant = short[next] {
                    units += Character(meant).utf16
                    rest = rest.dropFirst()
                } else {
                    units += Character(scalar).utf16
                }
            }
            return String(decoding: units, as: UTF16.self)
        }

        private mutating func take(_ sign: Unicode.Scalar) -> Bool {
            while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
            guard place < bytes.count, bytes[place] == UInt8(ascii: sign) else { return false }
            place += 1
            return true
        }

        private mutating func takeWord(_ word: String) -> Bool {
            while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
            guard bytes[min(place, bytes.count)...].starts(with: word.utf8) else { return false }
            place += word.utf8.count
            return true
        }

        mutating func end() throws(JSONHeaderFault) {
            _ = take("\u{0}")
            guard place == bytes.count else { throw notJSON() }
        }

        private func fault(_ path: String, _ right: String) -> JSONHeaderFault {
            JSONHeaderFault(reason: "\(label(path)) is not \(right)")
        }

        private func notJSON() -> JSONHeaderFault {
            JSONHeaderFault(reason: "the header is not JSON at byte \(min(place, bytes.count) + 1)", isJSON: false)
        }

        private func label(_ path: String) -> String { path.isEmpty ? "the header" : "“\(path)”" }

        /// Of what came from outside, enough to recognise it.
        private static func shown(_ text: String) -> String {
            String(text.unicodeScalars.prefix(60).map { CanonicalText.isForbidden($0) ? "\u{FFFD}" : Character($0) })
        }
    }
}
