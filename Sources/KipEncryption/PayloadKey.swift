import Crypto
import Foundation

/// A key for payloads: AES-GCM with 256 bits. It never prints its secret.
public struct PayloadKey: Sendable, CustomStringConvertible, CustomReflectable {
    /// What it is known by: it stands, readable, in front of all that it seals.
    public let name: String
    /// When it was made; the newest seals.
    public let created: Date
    let secret: SymmetricKey

    /// A new key.
    /// - Parameters:
    ///   - name: letters, digits, dots, dashes, up to 64.
    ///   - created: default now.
    /// - Throws: `PayloadKeyError` where the name is none.
    public init(named name: String, created: Date = Date()) throws(PayloadKeyError) {
        try Self.check(name)
        self.init(name: name, created: created, secret: SymmetricKey(size: .bits256))
    }

    init(name: String, created: Date, secret: SymmetricKey) {
        self.name = name
        self.created = created
        self.secret = secret
    }

    static func check(_ name: String) throws(PayloadKeyError) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(name.utf8.count), name.first != "." else {
            throw PayloadKeyError("“\(name)” is no name for a key: letters, digits, dots, dashes, up to 64")
        }
    }

    /// The name alone.
    public var description: String { "PayloadKey(\(name))" }
    /// The name alone.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

/// Why keys for payloads cannot be used. Its text names files, never what stands in them.
public struct PayloadKeyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
