/// What somebody pressed.
enum TopKey: Sendable, Equatable {
    case up
    case down
    case nextPane
    case previousPane
    case escape
    case interrupt
    case character(Character)

    /// Reads what a terminal sends. What it sends for other keys is no key here.
    static func read(_ bytes: [UInt8]) -> [TopKey] {
        var keys: [TopKey] = []
        var rest = bytes[...]
        while let byte = rest.first {
            switch byte {
            case 0x1B: keys += [sequence(&rest)].compactMap { $0 }
            case 0x03:
                rest.removeFirst()
                keys.append(.interrupt)
            case 0x09:
                rest.removeFirst()
                keys.append(.nextPane)
            case ..<0x20, 0x7F: rest.removeFirst()
            default:
                let text = rest.prefix { $0 >= 0x20 && $0 != 0x7F }
                rest = rest.dropFirst(text.count)
                keys += String(decoding: text, as: UTF8.self).map { letter($0) }
            }
        }
        return keys
    }

    private static func letter(_ character: Character) -> TopKey {
        switch character {
        case "k": .up
        case "j": .down
        default: .character(character)
        }
    }

    /// `ESC [ … final` or `ESC O final`; an escape that stands alone is the key of that name.
    private static func sequence(_ rest: inout ArraySlice<UInt8>) -> TopKey? {
        rest.removeFirst()
        guard let second = rest.first, second == UInt8(ascii: "[") || second == UInt8(ascii: "O") else {
            return .escape
        }
        rest.removeFirst()
        while let byte = rest.popFirst() {
            guard (0x40...0x7E).contains(byte) else { continue }
            switch byte {
            case UInt8(ascii: "A"): return .up
            case UInt8(ascii: "B"): return .down
            case UInt8(ascii: "C"): return .nextPane
            case UInt8(ascii: "D"), UInt8(ascii: "Z"): return .previousPane
            default: return nil
            }
        }
        return nil
    }
}
