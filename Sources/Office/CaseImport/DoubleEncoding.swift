/// UTF-8 that was taken for Windows-1252 (or Windows-1258) and encoded once more: `Nguyá»…n` for `Nguyễn`.
enum DoubleEncoding {
    /// Whether a text surely is, in part at least: it has the pairs that the two or three bytes of Vietnamese letters become. No word of any language that offices write has them.
    static func isIn(_ text: String) -> Bool {
        // In UTF-8 all of them begin with C3.
        guard text.utf8.contains(0xC3) else { return false }
        var last: UInt32 = 0
        for scalar in text.unicodeScalars {
            switch (last, scalar.value) {
            // á followed by what º and » were (E1 BA, E1 BB); Ä by 0x91 or its quotation mark (C4 90, C4 91); Æ by ¡ or ° (C6 A1, C6 B0).
            case (0xE1, 0xBA), (0xE1, 0xBB), (0xC4, 0x90), (0xC4, 0x91), (0xC4, 0x2018), (0xC6, 0xA0), (0xC6, 0xA1),
                (0xC6, 0xAF), (0xC6, 0xB0):
                return true
            // Letters of two bytes: Ã, Ä or Å by what no letter follows (C3 80 to C3 BF but for C3 A0, which capitals and a no-break space are, C4 83, C4 A8, C4 A9, C5 A8, C5 A9).
            case (0xC3, 0xA1...0xBF), (0xC4, 0x192), (0xC4, 0xA8), (0xC4, 0xA9), (0xC5, 0xA8), (0xC5, 0xA9): return true
            case (0xC3, let value) where value > 0xFF && codes[value] != nil && value != 0x102: return true
            default: last = scalar.value
            }
        }
        return false
    }

    /// The text as it was before; nil where it cannot be told, as where a letter was lost on the way.
    static func mended(_ text: String) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            if let byte = codes[scalar.value] {
                bytes.append(byte)
            } else if scalar.value < 0x100 {
                bytes.append(UInt8(scalar.value))
            } else {
                return nil
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The bytes of the characters of Windows-1252 that are not those of Latin-1, and `Ă`, which stands in the place of `Ã` in
    /// Windows-1258.
    private static let codes: [UInt32: UInt8] = {
        let scalars: [UInt32] = [
            0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
            0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
            0x0153, 0x9D, 0x017E, 0x0178,
        ]
        var codes: [UInt32: UInt8] = [0x0102: 0xC3]
        for (offset, scalar) in scalars.enumerated() { codes[scalar] = UInt8(0x80 + offset) }
        return codes
    }()
}

extension TableRow {
    /// The row with cells that were encoded twice mended. A row with one that is beyond mending is faulty.
    /// - Returns: whether something was mended.
    mutating func mendDoubleEncoding() -> Bool {
        guard fault == nil, cells.contains(where: DoubleEncoding.isIn) else { return false }
        for index in cells.indices where !cells[index].utf8.allSatisfy({ $0 < 0x80 }) {
            if let mended = DoubleEncoding.mended(cells[index]) {
                cells[index] = mended
            } else if DoubleEncoding.isIn(cells[index]) {
                fault =
                    "chữ tiếng Việt bị mã hóa UTF-8 hai lần và mất chữ (dạng “Nguyá»…n”); xuất lại tệp từ phần mềm gốc, lưu "
                    + "bằng “CSV UTF-8”"
                return false
            }
        }
        return true
    }
}
