/// The number formats of a workbook's cell styles, by their index (`styles.xml`, ECMA-376 part 1, 18.8).
struct CellStyles {
    private(set) var formats: [NumberFormat] = []

    /// None: all numbers are numbers.
    init() {}

    init(_ part: [UInt8]) throws(PartFault) {
        var scanner = try XMLScanner(part)
        var codes: [Int: NumberFormat] = [:]
        var identifiers: [Int] = []
        try scanner.enterRoot()
        while try scanner.enterChild() {
            if scanner.isNamed("numFmts") {
                while try scanner.enterChild() {
                    if let identifier = try scanner.integer("numFmtId"),
                        let code = try scanner.attributeText("formatCode")
                    {
                        codes[identifier] = NumberFormat(code: code)
                    }
                    try scanner.skip()
                }
            } else if scanner.isNamed("cellXfs") {
                while try scanner.enterChild() {
                    identifiers.append(try scanner.integer("numFmtId") ?? 0)
                    try scanner.skip()
                }
            } else {
                try scanner.skip()
            }
        }
        try scanner.finish()
        formats = identifiers.map { codes[$0] ?? NumberFormat(builtIn: $0) }
    }
}

extension XMLScanner {
    /// An attribute that is a whole number, not negative.
    func integer(_ name: StaticString) throws(PartFault) -> Int? {
        guard let value = attribute(name) else { return nil }
        guard let number = Self.integer(bytes[value]) else { throw .damaged("an attribute is no number") }
        return number
    }

    /// Digits as a number; nil where there are others, or more than any part needs.
    static func integer(_ digits: some Collection<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 10 else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}
