/// The characters that XML has no way to write stand in a workbook as `_x000D_` (ECMA-376 part 1, 18.18.93, ST_Xstring).
enum CellText {
    /// A text as it was meant.
    static func unescaped(_ content: [UInt8]) -> [UInt8] {
        guard content.contains(UInt8(ascii: "_")) else { return content }
        var result: [UInt8] = []
        var index = 0
        while index < content.count {
            if let code = escape(content, at: index), let scalar = Unicode.Scalar(code) {
                result.append(contentsOf: Character(scalar).utf8)
                index += 7
            } else {
                result.append(content[index])
                index += 1
            }
        }
        return result
    }

    /// A text in which what looks so means itself, and lines end in one way.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "_") || $0 == 0x0D }) else { return text }
        let content = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(content.count + 7)
        for (index, byte) in content.enumerated() {
            if byte == 0x0D {
                let isPair = index + 1 < content.count && content[index + 1] == 0x0A
                if !isPair { result.append(0x0A) }
                continue
            }
            result.append(byte)
            if escape(content, at: index) != nil { result.append(contentsOf: Array("x005F_".utf8)) }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The code of an escaped character.
    private static func escape(_ content: [UInt8], at index: Int) -> UInt32? {
        guard index + 7 <= content.count, content[index] == UInt8(ascii: "_"), content[index + 1] == UInt8(ascii: "x"),
            content[index + 6] == UInt8(ascii: "_")
        else { return nil }
        var code: UInt32 = 0
        for byte in content[index + 2..<index + 6] {
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
            code = code << 4 | UInt32(digit)
        }
        return code
    }
}
