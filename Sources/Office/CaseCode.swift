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
