extension XMLScanner {
    /// Adds text as it is meant: entities resolved, line ends as XML 1.0, 2.11 has them.
    func decode(_ range: Range<Int>, into content: inout [UInt8]) throws(PartFault) {
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "&"):
                let end = try entity(index + 1..<range.upperBound, into: &content)
                index = end
            case 0x0D:
                content.append(0x0A)
                let isPair = index + 1 < range.upperBound && bytes[index + 1] == 0x0A
                index += isPair ? 2 : 1
            case 0x09, 0x0A, 0x20...:
                content.append(byte)
                index += 1
            default: throw .damaged("it has a character that XML does not allow")
            }
        }
    }

    /// Adds what an entity stands for; the place after it.
    private func entity(_ range: Range<Int>, into content: inout [UInt8]) throws(PartFault) -> Int {
        // The longest is &#x10FFFF; with a few zeros before.
        guard let end = range.prefix(12).first(where: { bytes[$0] == UInt8(ascii: ";") }) else {
            throw .damaged("an entity is broken")
        }
        let name = range.lowerBound..<end
        if equals(name, "amp") {
            content.append(UInt8(ascii: "&"))
        } else if equals(name, "lt") {
            content.append(UInt8(ascii: "<"))
        } else if equals(name, "gt") {
            content.append(UInt8(ascii: ">"))
        } else if equals(name, "quot") {
            content.append(UInt8(ascii: "\""))
        } else if equals(name, "apos") {
            content.append(UInt8(ascii: "'"))
        } else {
            content.append(contentsOf: try character(name).utf8)
        }
        return end + 1
    }

    /// The character of &#225; or &#xE1;.
    private func character(_ name: Range<Int>) throws(PartFault) -> Character {
        var digits = bytes[name]
        guard digits.popFirst() == UInt8(ascii: "#") else { throw .damaged("it has an entity that XML does not know") }
        let isHexadecimal = digits.first == UInt8(ascii: "x")
        if isHexadecimal { digits.removeFirst() }
        guard let code = UInt32(String(decoding: digits, as: UTF8.self), radix: isHexadecimal ? 16 : 10),
            let scalar = Unicode.Scalar(code), Self.isAllowed(scalar)
        else { throw .damaged("it has a character that XML does not allow") }
        return Character(scalar)
    }

    /// XML 1.0, 2.2.
    static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...: true
        default: false
        }
    }
}

/// The letters of a part.
enum XMLEncoding {
    /// A part in UTF-8, as nearly all are, or from UTF-16.
    static func utf8(_ part: [UInt8]) throws(PartFault) -> [UInt8] {
        let isBig = part.starts(with: [0xFE, 0xFF])
        guard isBig || part.starts(with: [0xFF, 0xFE]) else { return part }
        guard part.count.isMultiple(of: 2) else { throw .damaged("it is cut off") }
        let units = stride(from: 2, to: part.count, by: 2).map { index in
            let (high, low) = isBig ? (part[index], part[index + 1]) : (part[index + 1], part[index])
            return UInt16(high) << 8 | UInt16(low)
        }
        guard let text = String(validating: units, as: UTF16.self) else { throw .damaged("a text is not UTF-16") }
        return Array(text.utf8)
    }
}
