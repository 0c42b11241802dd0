/// Numbers as Vietnamese writes them: a full stop between thousands, a comma before decimals.
public enum VietnameseNumber {
    /// `1.234`.
    public static func text(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(".") }
            result.append(digit)
        }
        return (value < 0 ? "-" : "") + result
    }

    /// `1.234,5`: rounded to at most so many decimals (0 to 6), without noughts at the end.
    ///
    /// What has no number (not a number, without end, beyond 10¹²) is written “–”.
    public static func text(_ value: Double, decimals: Int) -> String {
        guard value.isFinite, abs(value) <= 1e12 else { return "–" }
        let places = min(6, max(0, decimals))
        var scale = 1
        for _ in 0..<places { scale *= 10 }
        let scaled = Int((value.magnitude * Double(scale)).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        var fraction = String(scaled % scale + scale).dropFirst()
        while fraction.hasSuffix("0") { fraction = fraction.dropLast() }
        return sign + text(scaled / scale) + (fraction.isEmpty ? "" : ",\(fraction)")
    }
}
