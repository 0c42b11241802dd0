/// JSON (RFC 8259) as people and programs give it: read strictly, and without its blanks. Numbers and texts stay byte for
/// byte what they are.
struct JSONText: Sendable, Equatable {
    /// The text without blanks between its parts.
    let compact: String

    /// Why a text is none.
    enum Problem: Error, Equatable, CustomStringConvertible {
        /// It is not UTF-8, from this byte on.
        case notUTF8(byte: Int)
        /// It is not JSON, from this byte on.
        case notJSON(byte: Int)
        /// An object has a key twice: programs differ about which of the two values counts.
        case keyTwice(String)
        /// It is nested more deeply than programs read.
        case tooDeep

        var description: String {
            switch self {
            case .notUTF8(let byte): "it is not UTF-8 (byte \(byte + 1))"
            case .notJSON(let byte): "it is not JSON (from byte \(byte + 1) on)"
            case .keyTwice(let key): "it has the key “\(key)” twice"
            case .tooDeep: "it is nested more than \(Scanner.mostLevels) levels deep"
            }
        }
    }

    /// Reads a text.
    /// - Throws: `Problem`.
    init(_ bytes: [UInt8]) throws(Problem) {
        if String(validating: bytes, as: UTF8.self) == nil { throw .notUTF8(byte: Self.firstBrokenByte(bytes)) }
        var scanner = Scanner(bytes)
        try scanner.value(level: 0)
        try scanner.end()
        compact = String(decoding: scanner.written, as: UTF8.self)
    }

    /// The longest beginning that is UTF-8 ends there.
    private static func firstBrokenByte(_ bytes: [UInt8]) -> Int {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var position = 0
        while case .scalarValue(let scalar) = decoder.decode(&iterator) { position += String(scalar).utf8.count }
        return position
    }
}

private struct Scanner {
    static let mostLevels = 500

    private let bytes: [UInt8]
    private var position = 0
    private(set) var written: [UInt8] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        written.reserveCapacity(bytes.count)
    }

    mutating func end() throws(JSONText.Problem) {
        skipBlanks()
        if position < bytes.count { throw .notJSON(byte: position) }
    }

    mutating func value(level: Int) throws(JSONText.Problem) {
        if level > Self.mostLevels { throw .tooDeep }
        skipBlanks()
        switch peek {
        case UInt8(ascii: "{"): try object(level: level)
        case UInt8(ascii: "["): try list(level: level)
        case UInt8(ascii: "\""): _ = try text()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    private mutating func take() throws(JSONText.Problem) -> UInt8 {
        guard let byte = peek else { throw .notJSON(byte: position) }
        position += 1
        written.append(byte)
        return byte
    }

    private mutating func take(_ byte: UInt8) throws(JSONText.Problem) {
        guard peek == byte else { throw .notJSON(byte: position) }
        _ = try take()
    }

    private mutating func word(_ word: StaticString) throws(JSONText.Problem) {
        for byte in word.description.utf8 { try take(byte) }
    }

    private mutating func object(level: Int) throws(JSONText.Problem) {
        try take(UInt8(ascii: "{"))
        var keys: Set<String> = []
        skipBlanks()
        if peek == UInt8(ascii: "}") { return try take(UInt8(ascii: "}")) }
        while true {
            skipBlanks()
            let key = try text()
            if !keys.insert(key).inserted { throw .keyTwice(key) }
            skipBlanks()
            try take(UInt8(ascii: ":"))
            try value(level: level + 1)
            skipBlanks()
            if peek == UInt8(ascii: "}") { return try take(UInt8(ascii: "}")) }
            try take(UInt8(ascii: ","))
        }
    }

    private mutating func list(level: Int) throws(JSONText.Problem) {
        try take(UInt8(ascii: "["))
        skipBlanks()
        if peek == UInt8(ascii: "]") { return try take(UInt8(ascii: "]")) }
        while true {
            try value(level: level + 1)
            skipBlanks()
            if peek == UInt8(ascii: "]") { return try take(UInt8(ascii: "]")) }
            try take(UInt8(ascii: ","))
        }
    }

    private mutating func number() throws(JSONText.Problem) {
        if peek == UInt8(ascii: "-") { _ = try take() }
        if peek == UInt8(ascii: "0") { _ = try take() } else { try digits() }
        if peek == UInt8(ascii: ".") {
            _ = try take()
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            _ = try take()
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { _ = try take() }
            try digits()
        }
    }

    private mutating func digits() throws(JSONText.Problem) {
        guard let first = peek, (0x30...0x39).contains(first) else { throw .notJSON(byte: position) }
        while let byte = peek, (0x30...0x39).contains(byte) { _ = try take() }
    }

    /// - Returns: what the text says, its escapes read, for keys to be compared by.
    private mutating func text() throws(JSONText.Problem) -> String {
        try take(UInt8(ascii: "\""))
        var units: [UInt16] = []
        var plain: [UInt8] = []
        func flush() {
            units += String(decoding: plain, as: UTF8.self).utf16
            plain = []
        }
        while true {
            let start = position
            let byte = try take()
            switch byte {
            case UInt8(ascii: "\""):
                flush()
                return String(decoding: units, as: UTF16.self)
            case UInt8(ascii: "\\"):
                flush()
                units.append(try escape())
            case ..<0x20: throw .notJSON(byte: start)
            default: plain.append(byte)
            }
        }
    }

    private mutating func escape() throws(JSONText.Problem) -> UInt16 {
        let start = position
        switch try take() {
        case UInt8(ascii: "\""): return 0x22
        case UInt8(ascii: "\\"): return 0x5C
        case UInt8(ascii: "/"): return 0x2F
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            var unit: UInt16 = 0
            for _ in 0..<4 {
                let place = position
                guard let digit = Character(Unicode.Scalar(try take())).hexDigitValue else {
                    throw .notJSON(byte: place)
                }
                unit = unit << 4 | UInt16(digit)
            }
            return unit
        default: throw .notJSON(byte: start)
        }
    }
}
