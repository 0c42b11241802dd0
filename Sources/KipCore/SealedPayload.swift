/// The frame around bytes that were encrypted: which key opens them, and by what two of them are known to be of the same
/// job. The queue reads nothing of it but that last thing.
///
/// `00 "KIPSEAL" 01`, a byte for the length of the likeness and the likeness, the same for the key's name, then the rest.
public struct SealedPayload: Sendable, Equatable {
    /// No JSON and no other text begins with a zero byte.
    private static let mark: [UInt8] = [0] + Array("KIPSEAL".utf8) + [1]

    /// The same for two payloads of a kind that are the same in the clear; empty = nothing is said of it.
    public var likeness: [UInt8]
    /// The name of the key.
    public var key: String
    /// What was encrypted.
    public var content: [UInt8]

    /// A sealed payload.
    /// - Parameters:
    ///   - likeness: at most 255 bytes.
    ///   - key: at most 255 bytes.
    public init(likeness: [UInt8], key: String, content: [UInt8]) {
        self.likeness = likeness
        self.key = key
        self.content = content
    }

    /// Reads bytes; nil = they are not sealed.
    public init?(_ bytes: [UInt8]) {
        guard Self.isSealed(bytes) else { return nil }
        var rest = bytes[Self.mark.count...]
        guard let likeness = Self.part(&rest), let key = Self.part(&rest) else { return nil }
        self.init(likeness: Array(likeness), key: String(decoding: key, as: UTF8.self), content: Array(rest))
    }

    /// What stands before the content; it is authenticated with it.
    public var head: [UInt8] {
        let (likeness, key) = (likeness.prefix(255), Array(key.utf8.prefix(255)))
        return Self.mark + [UInt8(likeness.count)] + likeness + [UInt8(key.count)] + key
    }

    /// All of it.
    public var bytes: [UInt8] { head + content }

    /// Whether bytes claim to be sealed.
    public static func isSealed(_ bytes: [UInt8]) -> Bool { bytes.first == 0 && bytes.starts(with: mark) }

    /// The part of a payload that tells it from others: of a sealed one that says so its likeness, else all.
    static func telling(_ payload: [UInt8]) -> ArraySlice<UInt8> {
        guard isSealed(payload) else { return payload[...] }
        var rest = payload[mark.count...]
        guard let likeness = part(&rest), !likeness.isEmpty else { return payload[...] }
        return payload[..<likeness.endIndex]
    }

    private static func part(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let length = rest.popFirst(), rest.count >= length else { return nil }
        defer { rest = rest.dropFirst(Int(length)) }
        return rest.prefix(Int(length))
    }
}
