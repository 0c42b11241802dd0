/// Two hex digits for a byte, as several encodings of mail have them.
enum HexDigits {
    /// In capitals.
    static func of(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    /// - Returns: nil unless there are two hex digits.
    static func byte(_ digits: some Collection<UInt8>) -> UInt8? {
        let values = digits.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count == 2, values.count == 2 else { return nil }
        return UInt8(values[0] * 16 + values[1])
    }
}
