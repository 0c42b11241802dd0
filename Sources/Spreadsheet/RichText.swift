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
        return try XMLScanner.string(CellText.unescaped(content))
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
}
