import KipCore

/// A payload or a result as a person reads it.
enum PayloadText {
    /// Characters that a person is shown of it.
    private static let shownLength = 4_000

    /// The text, as long as it may be on a terminal.
    static func shortened(_ bytes: [UInt8]) -> String {
        let text = of(bytes)
        guard text.utf8.count > shownLength, text.count > shownLength else { return text }
        return "\(text.prefix(shownLength))… (\(Figures.count(bytes.count)) bytes in all; --json prints them)"
    }

    /// The text, or by which key it is encrypted: such bytes say nothing on a terminal.
    static func of(_ bytes: [UInt8]) -> String {
        guard let sealed = SealedPayload(bytes) else {
            return (try? JSONText(bytes).compact) ?? String(decoding: bytes, as: UTF8.self)
        }
        return "(encrypted with the key “\(sealed.key.prefix(64).filter { $0.isASCII && !$0.isWhitespace })”)"
    }
}
