/// UUIDs as text and back, eight digits at a time: every job's id passes here several times on its way.
///
/// The digits of a word are looked at together, each in its own byte, after the ways of Hacker's Delight (Warren, 2012,
/// chapter 2-20 on ranges in bytes).
enum HexText {
    private static var tops: UInt64 { each(0x80) }

    /// A word with this in each byte.
    private static func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }

    /// The halves of a UUID in its usual text, in either case.
    /// - Returns: nil where it is none.
    static func halves(ofUUID text: UnsafeRawBufferPointer) -> (high: UInt64, low: UInt64)? {
        let dash = UInt8(ascii: "-")
        guard text.count == 36, text[8] == dash, text[13] == dash, text[18] == dash, text[23] == dash,
            let first = value(of: eight(text, 0)), let second = value(of: four(text, 9) << 32 | four(text, 14)),
            let third = value(of: four(text, 19) << 32 | four(text, 24)), let fourth = value(of: eight(text, 28))
        else { return nil }
        return (first << 32 | second, third << 32 | fourth)
    }

    /// Writes the usual text, 36 bytes, in lower case.
    static func write(high: UInt64, low: UInt64, asUUIDInto text: UnsafeMutableRawBufferPointer) {
        let (first, second) = (digits(of: high >> 32), digits(of: high & 0xFFFF_FFFF))
        let (third, fourth) = (digits(of: low >> 32), digits(of: low & 0xFFFF_FFFF))
        let dash = UInt8(ascii: "-")
        text.storeBytes(of: first.bigEndian, as: UInt64.self)
        text.storeBytes(of: dash, toByteOffset: 8, as: UInt8.self)
        store(second >> 32, text, 9)
        text.storeBytes(of: dash, toByteOffset: 13, as: UInt8.self)
        store(second, text, 14)
        text.storeBytes(of: dash, toByteOffset: 18, as: UInt8.self)
        store(third >> 32, text, 19)
        text.storeBytes(of: dash, toByteOffset: 23, as: UInt8.self)
        store(third, text, 24)
        text.storeBytes(of: fourth.bigEndian, toByteOffset: 28, as: UInt64.self)
    }

    private static func eight(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(bigEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    private static func four(_ text: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(UInt32(bigEndian: text.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    private static func store(_ word: UInt64, _ text: UnsafeMutableRawBufferPointer, _ offset: Int) {
        text.storeBytes(of: UInt32(truncatingIfNeeded: word).bigEndian, toByteOffset: offset, as: UInt32.self)
    }

    /// The value of eight digits, the first in the highest byte; nil where one of them is none.
    private static func value(of text: UInt64) -> UInt64? {
        guard text & tops == 0 else { return nil }
        let lower = text | each(0x20)
        // A byte's top bit is set where it is at least so much: the sum cannot reach the next byte.
        let isDigit = (text &+ each(0x80 - 0x30)) & ~(text &+ each(0x80 - 0x3A)) & tops
        let isLetter = (lower &+ each(0x80 - 0x61)) & ~(lower &+ each(0x80 - 0x67)) & tops
        guard isDigit | isLetter == tops else { return nil }
        var word = (text & each(0x0F)) &+ (isLetter >> 7) &* 9
        word = (word | word >> 4) & 0x00FF_00FF_00FF_00FF
        word = (word | word >> 8) & 0x0000_FFFF_0000_FFFF
        return (word | word >> 16) & 0xFFFF_FFFF
    }

    /// The eight digits of 32 bits.
    private static func digits(of value: UInt64) -> UInt64 {
        var word = (value | value << 16) & 0x0000_FFFF_0000_FFFF
        word = (word | word << 8) & 0x00FF_00FF_00FF_00FF
        word = (word | word << 4) & 0x0F0F_0F0F_0F0F_0F0F
        let isLetter = ((word &+ each(6)) >> 4) & each(1)
        return word &+ each(0x30) &+ isLetter &* 39
    }
}
