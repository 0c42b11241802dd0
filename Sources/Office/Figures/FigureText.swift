/// Numbers as Vietnamese writes them: `1.234` and `98,5`.
public enum FigureText {
    /// `1.234.567`.
    public static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = ""
        for (place, digit) in digits.enumerated() {
            if place > 0, (digits.count - place).isMultiple(of: 3) { text.append(".") }
            text.append(digit)
        }
        return value < 0 ? "-" + text : text
    }

    /// A number of so many decimals, given in units of its last one: `decimal(985, 1)` is `98,5`. Zeros at the end are
    /// left away.
    static func decimal(_ value: Int, _ decimals: Int) -> String {
        let digits = String(value.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        var fraction = padded.suffix(decimals)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = grouped(Int(padded.dropLast(decimals)) ?? 0)
        return (value < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "," + fraction)
    }
}
