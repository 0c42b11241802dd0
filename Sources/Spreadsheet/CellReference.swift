/// The place of a cell, as “C5”.
struct CellReference: Equatable {
    /// From 1.
    var row: Int
    /// From 0.
    var column: Int

    /// Reads “C5” or “$C$5”; nil where it is none, or is beyond what any sheet has.
    init?(_ bytes: some Sequence<UInt8>) {
        var letters = 0
        var number = 0
        for byte in bytes where byte != UInt8(ascii: "$") {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where number == 0:
                letters = letters * 26 + Int(byte - UInt8(ascii: "A")) + 1
            case UInt8(ascii: "a")...UInt8(ascii: "z") where number == 0:
                letters = letters * 26 + Int(byte - UInt8(ascii: "a")) + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9") where letters > 0:
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            default: return nil
            }
            if letters > 1_000_000 || number > 1_000_000_000 { return nil }
        }
        guard letters > 0, number > 0 else { return nil }
        row = number
        column = letters - 1
    }

    /// The letters of a column, from 0: “A”, “AA”.
    static func letters(ofColumn column: Int) -> String {
        var letters = ""
        var rest = column
        while rest >= 0 {
            letters = String(UnicodeScalar(UInt8(ascii: "A") + UInt8(rest % 26))) + letters
            rest = rest / 26 - 1
        }
        return letters
    }
}
