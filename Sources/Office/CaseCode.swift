import HashChain

/// A case file's code, `000.00.19.H29-240104-0001`, in the names of files.
public enum CaseCode {
    /// The code with what a file's name may not hold as dashes. Where something was replaced, eight digits of the code's
    /// digest follow: two codes never have one file.
    public static func fileName(_ code: String) -> String {
        let safe = String(code.map { $0.isLetter || $0.isNumber || ".-_".contains($0) ? $0 : "-" })
        return safe == code ? code : "\(safe)-\(Digest.sha256(Array(code.utf8)).prefix(8))"
    }
}
