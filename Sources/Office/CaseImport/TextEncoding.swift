import Foundation
import Glibc

/// How the letters of a file are written. Offices keep files of before Unicode: Windows-1258, and TCVN3 (ABC), whose fonts
/// draw Vietnamese letters over Latin ones.
public enum TextEncoding: String, Sendable {
    /// Unicode, with or without its mark.
    case utf8 = "UTF-8"
    /// Unicode as some programs of Windows save it, with its mark or without.
    case utf16 = "UTF-16"
    /// Letters and tones apart.
    case windows1258 = "Windows-1258"
    /// TCVN 5712:1993, as the fonts .VnTime and their like have it; capitals are another font's, and come out small.
    case tcvn3 = "TCVN3 (ABC)"

    /// A file's text in composed Unicode, and how it was written.
    ///
    /// Which of the old encodings it is, its words tell: read rightly, a Vietnamese word has Vietnamese letters alone, and at
    /// most one tone.
    /// - Throws: `OfficeError.cases` where it is none of these, or could as well be the one as the other.
    public static func read(_ bytes: [UInt8]) throws(OfficeError) -> (text: String, encoding: TextEncoding) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return try utf16(bytes.dropFirst(2), isBig: bytes[0] == 0xFE)
        }
        if let isBig = isBigUTF16(bytes) { return try utf16(bytes[...], isBig: isBig) }
        let plain = withoutMarks(bytes)
        if let text = String(validating: plain, as: UTF8.self) { return (text, .utf8) }
        let found = [(TextEncoding.windows1258, "CP1258"), (.tcvn3, "TCVN5712-1")].compactMap { encoding, name in
            decoded(bytes, name).map { (text: $0, encoding: encoding, share: shareOfWords($0)) }
        }.sorted { $0.share > $1.share }
        guard let best = found.first, best.share >= 0.9, found.count == 1 || found[1].share <= best.share - 0.05 else {
            throw .cases(
                "chữ trong tệp không phải UTF-8, cũng không chắc là Windows-1258 hay TCVN3 (ABC): lưu bằng “CSV UTF-8” rồi nhập lại; "
                    + "chưa nhập gì"
            )
        }
        return (best.text, best.encoding)
    }

    /// Without the marks before it: programs that add to a file put one more before it, or encode one that is there again.
    private static func withoutMarks(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var rest = bytes[...]
        let marks: [[UInt8]] = [[0xEF, 0xBB, 0xBF], [0xC3, 0xAF, 0xC2, 0xBB, 0xC2, 0xBF]]
        while let mark = marks.first(where: { rest.starts(with: $0) }) { rest = rest.dropFirst(mark.count) }
        return rest
    }

    private static func utf16(
        _ bytes: ArraySlice<UInt8>, isBig: Bool
    ) throws(OfficeError) -> (text: String, encoding: TextEncoding) {
        guard bytes.count.isMultiple(of: 2) else {
            throw .cases("tệp UTF-16 bị cắt cụt; xuất hoặc chép lại tệp; chưa nhập gì")
        }
        let units = stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { index in
            let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            return isBig ? first << 8 | second : second << 8 | first
        }
        // A second mark, as above.
        guard let text = String(validating: units.drop { $0 == 0xFEFF }, as: UTF16.self) else {
            throw .cases("tệp bắt đầu như UTF-16 mà không phải: lưu bằng “CSV UTF-8” rồi nhập lại; chưa nhập gì")
        }
        return (text, .utf16)
    }

    /// The bytes by the converter of the C library; nil where one of them stands for nothing.
    private static func decoded(_ bytes: [UInt8], _ name: String) -> String? {
        guard let converter = iconv_open("UTF-8", name), converter != iconv_t(bitPattern: -1) else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // No letter takes more than three bytes, and a composed one no more than the two that it is made of.
        var output = [CChar](repeating: 0, count: 4 * bytes.count + 16)
        let written = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output -> Int? in
                var from = input.baseAddress
                var left = input.count
                var to = output.baseAddress
                var room = output.count
                let isDone =
                    iconv(converter, &from, &left, &to, &room) != -1 && iconv(converter, nil, nil, &to, &room) != -1
                return isDone ? output.count - room : nil
            }
        }
        guard let written else { return nil }
        return String(decoding: output.prefix(written).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .precomposedStringWithCanonicalMapping
    }

    private static let tones: Set<Unicode.Scalar> = ["\u{300}", "\u{301}", "\u{303}", "\u{309}", "\u{323}"]
    private static let shapes: Set<Unicode.Scalar> = ["\u{302}", "\u{306}", "\u{31B}"]

    /// Of the words with other letters than Latin ones, the share that may be Vietnamese.
    private static func shareOfWords(_ text: String) -> Double {
        var good = 0
        var all = 0
        let words = text.split { $0.isWhitespace || $0.isNewline || ($0.isASCII && !$0.isLetter) }
        for word in words where word.contains(where: { !$0.isASCII }) {
            all += 1
            if isVietnamese(word) { good += 1 }
        }
        return all == 0 ? 0 : Double(good) / Double(all)
    }

    private static func isVietnamese(_ word: Substring) -> Bool {
        var countOfTones = 0
        for scalar in String(word).decomposedStringWithCanonicalMapping.unicodeScalars {
            if tones.contains(scalar) {
                countOfTones += 1
            } else if !scalar.isASCII, !shapes.contains(scalar), scalar != "đ", scalar != "Đ" {
                // Quotes and dashes stand beside words.
                guard scalar.properties.isQuotationMark || scalar.properties.isDash else { return false }
            }
        }
        return countOfTones <= 1
    }
}
