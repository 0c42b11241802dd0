import Foundation
import HashChain

/// A case file's code, `000.00.19.H29-240104-0001`: how it is compared, and how it stands in the names of files.
public enum CaseCode {
    /// What a code is compared by: small letters of one width, one kind of dash, and nothing that is not seen. Programs and
    /// people write one receipt's number in several ways, and it is one case file.
    public static func key(_ code: String) -> String {
        if code.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) { return code.lowercased() }
        var key = String.UnicodeScalarView()
        for scalar in code.precomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
        where !isUnseen(scalar) {
            key.append(scalar.properties.isDash ? "-" : scalar)
        }
        // Letters of which one that was taken away stood apart come together.
        return String(key).precomposedStringWithCanonicalMapping
    }

    /// A code as it is shown: as it was written, without what is not seen.
    static func shown(_ code: String) -> String {
        guard code.unicodeScalars.contains(where: isUnseen) else { return code }
        return String(String.UnicodeScalarView(code.unicodeScalars.filter { !isUnseen($0) }))
    }

    /// A code without what is no part of it: Excel's mark of a text (`'`), signs of lists and ends of sentences.
    static func bare(_ code: String) -> String {
        var bare = Substring(code)
        while let first = bare.first, "'`’‘#*“\"".contains(first) { bare.removeFirst() }
        while let last = bare.last, ".;,:*'’”\"".contains(last) { bare.removeLast() }
        if bare.first == "(", bare.last == ")" { bare = bare.dropFirst().dropLast() }
        return String(bare)
    }

    /// A letter of another script that looks like a Latin one, such as a Cyrillic `Н`; nil = there is none.
    static func foreignLetter(in code: String) -> Character? {
        guard !code.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        // Greek, Cyrillic, Armenian and Cherokee have letters that are drawn as Latin ones are.
        return code.precomposedStringWithCompatibilityMapping.first { character in
            character.unicodeScalars.contains {
                (0x370..<0x590).contains($0.value) || (0x13A0..<0x1400).contains($0.value)
            }
        }
    }

    /// The day of receipt that a code of the form of Circular 01/2018/TT-VPCP, article 19, has in it: `-YYMMDD-`. Nil = none.
    static func writtenDay(in code: String) -> LocalDate? {
        let isPlain = code.utf8.allSatisfy { $0 < 0x80 }
        let bytes = isPlain ? Array(code.utf8) : Array(key(code).utf8)
        var start: Int?
        for index in 0...bytes.count where index == bytes.count || bytes[index] == UInt8(ascii: "-") {
            if let start, index - start == 6 {
                let figures = bytes[start..<index].map { Int($0) - 0x30 }
                if figures.allSatisfy({ (0...9).contains($0) }) {
                    return LocalDate(
                        year: 2_000 + figures[0] * 10 + figures[1], month: figures[2] * 10 + figures[3],
                        day: figures[4] * 10 + figures[5])
                }
            }
            start = index + 1
        }
        return nil
    }

    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isASCII
            && (scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .format
                || scalar.properties.generalCategory == .control)
    }

    /// The code with what a file's name may not hold as dashes. Where something was replaced, eight digits of the code's
    /// digest follow: two codes never have one file.
    public static func fileName(_ code: String) -> String {
        let safe = String(code.map { $0.isLetter || $0.isNumber || ".-_".contains($0) ? $0 : "-" })
        return safe == code ? code : "\(safe)-\(Digest.sha256(Array(code.utf8)).prefix(8))"
    }
}
