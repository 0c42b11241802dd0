/// Keeps cells of CSV files from being run as formulas by a spreadsheet that opens them (OWASP, “CSV Injection”): what
/// begins as a formula would gets an apostrophe before it, which this program takes off again when it reads.
enum FormulaGuard {
    private static let beginnings: Set<Character> = ["=", "+", "-", "@", "\t", "\r"]

    static func guarded(_ cell: String) -> String {
        cell.first.map(beginnings.contains) == true ? "'" + cell : cell
    }

    static func unguarded(_ cell: String) -> String {
        let rest = cell.dropFirst()
        return cell.first == "'" && rest.first.map(beginnings.contains) == true ? String(rest) : cell
    }
}
