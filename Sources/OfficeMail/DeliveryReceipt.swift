import Foundation

/// What is known of something that was delivered: the receipt of an effect, and what the record beside the tray or the
/// outbox says.
public enum DeliveryReceipt: Sendable, Equatable {
    /// A document of the register went out.
    /// - Parameters:
    ///   - file: what it is known by where it was delivered.
    ///   - number: its official number; nil = it bears none.
    ///   - sha256: of the document as it was issued, as the register's chain has it.
    case document(file: String, number: Int?, sha256: String)
    /// Something of that name was delivered, and nothing says what: by a release before receipts.
    case unnamed(file: String)
    /// What a person says (`kip effects resolve`), or what a release before receipts has written.
    case statement(String)

    /// Whether what went out is that document.
    /// - Parameter isOld: it was begun by a release before receipts, which named nothing.
    public func isAbout(number: Int?, sha256: String, isOld: Bool) -> Bool {
        switch self {
        case .document(_, let sent, let digest): sent == number && digest == sha256
        case .unnamed: isOld
        case .statement: true
        }
    }

    /// The number of what went out; nil = it bears none, or nobody knows.
    public var number: Int? { if case .document(_, let number, _) = self { number } else { nil } }

    /// SHA-256 of what went out; nil = nobody knows.
    public var sha256: String? { if case .document(_, _, let digest) = self { digest } else { nil } }
}

extension DeliveryReceipt: Codable {
    private enum Key: String, CodingKey {
        case file, number, sha256
    }

    /// Reads a receipt; whatever JSON a person gave is a statement.
    public init(from decoder: any Decoder) throws {
        guard let map = try? decoder.container(keyedBy: Key.self),
            let file = try? map.decode(String.self, forKey: .file)
        else {
            self = .statement((try? decoder.singleValueContainer().decode(String.self)) ?? "")
            return
        }
        if let digest = try? map.decode(String.self, forKey: .sha256) {
            self = .document(file: file, number: try? map.decode(Int.self, forKey: .number), sha256: digest)
        } else {
            self = .unnamed(file: file)
        }
    }

    /// Writes an object, or the statement as a text.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .statement(let text):
            var container = encoder.singleValueContainer()
            try container.encode(text)
        case .unnamed(let file):
            var map = encoder.container(keyedBy: Key.self)
            try map.encode(file, forKey: .file)
        case .document(let file, let number, let digest):
            var map = encoder.container(keyedBy: Key.self)
            try map.encode(file, forKey: .file)
            try map.encodeIfPresent(number, forKey: .number)
            try map.encode(digest, forKey: .sha256)
        }
    }
}
