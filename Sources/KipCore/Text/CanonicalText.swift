// `_nfc` is the standard library's own normalization (UAX #15), which swift-foundation uses in the same way; no public API
// without Foundation has it yet.
@_spi(_Unicode) import Swift

/// The one spelling of a name or key from outside: Unicode normalization form C, without control characters.
///
/// Swift compares strings by canonical equivalence and SQLite by bytes. In this form the two agree: `thư mục`, typed on a Mac
/// (NFD) or elsewhere (NFC), is one queue to both. What people write for people (payloads, errors, progress) is not changed.
package enum CanonicalText {
    /// The text in its canonical spelling.
    /// - Returns: nil if it contains a control character, a line separator, or a character that reorders text on a screen.
    package static func spelling(of text: String) -> String? {
        var text = text
        switch text.withUTF8(scan) {
        case .plain: return text
        case .forbidden: return nil
        case .other: break
        }
        if text.unicodeScalars.contains(where: isForbidden) { return nil }
        var canonical = String.UnicodeScalarView()
        for scalar in text._nfc { canonical.append(scalar) }
        return String(canonical)
    }

    /// The canonical spelling of a text that an earlier release took in: what may not stand in it becomes U+FFFD.
    package static func repaired(_ text: String) -> String {
        if let spelling = spelling(of: text) { return spelling }
        let allowed = text.unicodeScalars.map { isForbidden($0) ? "\u{FFFD}" : $0 }
        return spelling(of: String(String.UnicodeScalarView(allowed))) ?? ""
    }

    private enum Scan {
        /// ASCII without control characters: canonical as it is, like nearly every name.
        case plain
        case forbidden
        case other
    }

    private static func scan(_ bytes: UnsafeBufferPointer<UInt8>) -> Scan {
        var isASCII = true
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F { return .forbidden }
            if byte >= 0x80 { isASCII = false }
        }
        return isASCII ? .plain : .other
    }

    /// C0, DEL and C1, the line and paragraph separators, and the controls of bidirectional text (UAX #9, 2), with which one
    /// name can look like another.
    package static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: true
        default: false
        }
    }
}

extension CanonicalText {
    /// The canonical spelling of a name or key from outside.
    /// - Parameters:
    ///   - what: what it is and whose, for the error: “job 2 of the message: the queue”.
    ///   - most: UTF-8 bytes that it may have.
    /// - Throws: `Refusal` (`invalid`, `too-large`) that says what is wrong with it.
    package static func checked(
        _ text: String, most: Int, _ what: @autoclosure () -> String
    ) throws(Refusal) -> String {
        guard let canonical = spelling(of: text) else {
            throw Refusal(
                .invalid,
                "\(what()) contains a control character, a line break or a mark of text direction; leave it out")
        }
        if canonical.utf8.count > most { throw Refusal(.tooLarge, "\(what()) is longer than \(most) bytes") }
        return canonical
    }
}

extension String {
    /// Whether the text begins with these bytes. `hasPrefix` goes by characters: `a/` is no prefix of `a/` and a combining
    /// mark.
    package func hasBytePrefix(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }
}
