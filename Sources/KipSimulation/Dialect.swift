import KipCore

/// How a process speaks KIP/1. A restart may bring another: that is an upgrade, one process at a time.
enum Dialect: Sendable {
    /// The release that is tested.
    case present
    /// A later one, whose messages have fields that this one does not know.
    case newer
    /// A script that speaks JSON (`KIP/1+json`).
    case json

    static func any(_ dice: inout Chance) -> Dialect {
        switch dice.number(0...9) {
        case 0...1: .newer
        case 2: .json
        default: .present
        }
    }

    /// A field of the header that no release has yet: number 1,000, three bytes long.
    private static let unknownField: [UInt8] = [0xC2, 0x3E, 0x03, 0x6E, 0x65, 0x77]

    /// What arrives of a message that was written in this dialect; nil where it cannot be written.
    func carried(_ message: WireMessage) -> WireMessage? {
        switch self {
        case .present: return message
        case .newer:
            guard var frames = try? WireCodec.encode(message, as: .protobuf) else { return nil }
            frames[1] += Self.unknownField
            return try? WireCodec.decode(frames).0
        case .json:
            guard let frames = try? WireCodec.encode(message, as: .json) else { return nil }
            return try? WireCodec.decode(frames).0
        }
    }
}
