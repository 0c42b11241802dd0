import KipCore

/// A payload or a result as a person reads it.
enum PayloadText {
    /// The text, or by which key it is encrypted: such bytes say nothing on a terminal.
    static func of(_ bytes: [UInt8]) -> String {
        guard let sealed = SealedPayload(bytes) else {
            return (try? JSONText(bytes).compact) ?? String(decoding: bytes, as: UTF8.self)
        }
        return "(encrypted with the key “\(sealed.key.prefix(64).filter { $0.isASCII && !$0.isWhitespace })”)"
    }
}
