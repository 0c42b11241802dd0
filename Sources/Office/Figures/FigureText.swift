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

    /// The cells of one column with as many decimals each as the one that has most, so that they stand beneath each other:
    /// `100%` beside `98,25%` is `100,00%`. What is no decimal number stays as it is.
    public static func column(_ cells: [String]) -> [String] {
        let numbers = cells.map { DecimalCell($0) }
        let most = numbers.compactMap { $0?.decimals.count }.max() ?? 0
        if most == 0 { return cells }
        return zip(cells, numbers).map { $1?.padded(to: most) ?? $0 }
    }

    /// `+0,4`, `98,25%`, `100%*`: a number in a cell.
    private struct DecimalCell {
        let whole: Substring
        let decimals: Substring
        let ending: Substring

        init?(_ cell: String) {
            let number = cell.prefix { $0.isASCIIDigit || "+-.,".contains($0) }
            ending = cell[number.endIndex...]
            let parts = number.split(separator: ",", omittingEmptySubsequences: false)
            guard ["", "%", "*", "%*"].contains(ending), (1...2).contains(parts.count),
                parts[0].contains(where: \.isASCIIDigit),
                parts.last?.allSatisfy({ $0 != "." }) ?? false || parts.count == 1
            else { return nil }
            whole = parts[0]
            decimals = parts.count == 2 ? parts[1] : ""
        }

        func padded(to count: Int) -> String {
            "\(whole),\(decimals)" + String(repeating: "0", count: max(0, count - decimals.count)) + ending
        }
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
