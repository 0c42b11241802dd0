/// Texts of a workbook: one `t`, or runs of `r` that are formatted apart; how it is pronounced (`rPh`) is left out
/// (ECMA-376 part 1, 18.4).
enum RichText {
    /// Leaves the element, a shared string or one that stands in its cell.
    /// - Parameter content: a place to work in.
    static func read(_ scanner: inout XMLScanner, _ content: inout [UInt8]) throws(PartFault) -> String {
        content.removeAll(keepingCapacity: true)
        while try scanner.enterChild() {
            if scanner.isNamed("t") {
                try scanner.text(into: &content)
            } else if scanner.isNamed("r") {
                while try scanner.enterChild() {
                    if scanner.isNamed("t") { try scanner.text(into: &content) } else { try scanner.skip() }
                }
            } else {
                try scanner.skip()
            }
        }
        return try XMLScanner.string(unescaped(content))
    }

    /// The table of the texts that cells share.
    static func table(_ part: [UInt8], limit: Int) throws(PartFault) -> [String] {
        var scanner = try XMLScanner(part)
        var texts: [String] = []
        var content: [UInt8] = []
        try scanner.enterRoot()
        while try scanner.enterChild() {
            guard scanner.isNamed("si") else {
                try scanner.skip()
                continue
            }
            if texts.count >= limit { throw .tooLarge("more than \(limit) texts") }
            texts.append(try read(&scanner, &content))
        }
        try scanner.finish()
        return texts
    }

    /// `_x000D_` is a character that XML does not allow (18.18.93, ST_Xstring).
    static func unescaped(_ content: [UInt8]) -> [UInt8] {
        guard content.contains(UInt8(ascii: "_")) else { return content }
        var result: [UInt8] = []
        var index = 0
        while index < content.count {
            if let scalar = escape(content, at: index) {
                result.append(contentsOf: Character(scalar).utf8)
                index += 7
            } else {
                result.append(content[index])
                index += 1
            }
        }
        return result
    }

    private static func escape(_ content: [UInt8], at index: Int) -> Unicode.Scalar? {
        guard index + 7 <= content.count, content[index] == UInt8(ascii: "_"), content[index + 1] == UInt8(ascii: "x"),
            content[index + 6] == UInt8(ascii: "_")
        else { return nil }
        var code: UInt32 = 0
        for byte in content[index + 2..<index + 6] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            code = code << 4 | UInt32(digit)
        }
        return Unicode.Scalar(code)
    }
}
