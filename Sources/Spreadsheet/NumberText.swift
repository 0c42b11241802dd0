import Foundation

/// Numbers as they were typed. A spreadsheet stores 0.3 as 0.30000000000000004 and 84901234567 as 8.4901234567E10.
enum NumberText {
    /// A number that is stored as it is shown, digits alone; nil = it is not.
    static func plain(_ stored: [UInt8]) -> String? {
        isPlain(stored) ? String(decoding: stored, as: UTF8.self) : nil
    }

    /// The value; nil = it is no number, or beyond all.
    static func value(of stored: [UInt8]) -> Double? {
        // Swift takes “nan” and “0x1p3” for numbers, too.
        let isDecimal = stored.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "E"), UInt8(ascii: "e"):
                true
            default: false
            }
        }
        guard isDecimal, let value = Double(String(decoding: stored, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// A number without an exponent, with the 15 digits that a spreadsheet shows.
    static func text(_ value: Double) -> String {
        if value.magnitude < 1e15, value == value.rounded() { return String(Int(value)) }
        var (digits, exponent) = parts("\(value.magnitude)")
        if digits.count > 15 { (digits, exponent) = parts(String(format: "%.14e", value.magnitude)) }
        return (value < 0 ? "-" : "") + plain(digits, exponent)
    }

    /// Digits only, the first not 0, and as many as are exact.
    private static func isPlain(_ stored: [UInt8]) -> Bool {
        guard let first = stored.first, stored.count <= 15 else { return false }
        if first == UInt8(ascii: "0") { return stored.count == 1 }
        return stored.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The significant digits of `1.25e-07`, and the place of the point after the first of them: 125 and -7.
    private static func parts(_ text: String) -> (digits: [Character], exponent: Int) {
        let halves = text.split(separator: "e")
        var exponent = halves.count > 1 ? Int(halves[1]) ?? 0 : 0
        let mantissa = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        exponent += mantissa[0].count - 1
        var digits = Array(mantissa.joined())
        while digits.count > 1, digits.first == "0" {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        return (digits, exponent)
    }

    private static func plain(_ digits: [Character], _ exponent: Int) -> String {
        if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + String(digits) }
        let whole = digits.prefix(exponent + 1)
        let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
        let fraction = digits.dropFirst(exponent + 1)
        return String(whole) + zeros + (fraction.isEmpty ? "" : "." + String(fraction))
    }
}
