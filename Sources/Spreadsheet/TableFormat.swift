/// What a file that was given for a table is, by its first bytes: its name says little, as many programs call a web page
/// `.xls`.
public enum TableFormat: Sendable, Equatable {
    /// A zip file, as XLSX workbooks are.
    case workbook
    /// A web page, whose tables `HTMLTableReader` reads.
    case webPage
    /// None of the others: text, as CSV is.
    case text
    /// A file that is not read, and what it is.
    case refused(SpreadsheetError)

    /// What a file is.
    public static func of(_ file: [UInt8]) -> TableFormat {
        if let refusal = FileSignature.refusal(of: file) { return .refused(refusal) }
        if file.starts(with: Array("PK".utf8)) { return .workbook }
        // Without the zeros that UTF-16 has between ASCII letters.
        let start = String(decoding: file.prefix(2_048).filter { $0 != 0 }, as: UTF8.self).lowercased()
        // Before web pages: its table is one of XML.
        if !start.contains("<html"),
            start.contains("urn:schemas-microsoft-com:office:spreadsheet") || start.contains("mso-application")
        {
            return .refused(.otherFormat("an XML spreadsheet of 2003"))
        }
        if start.contains("<html") || start.contains("<table") || start.contains("<!doctype html") { return .webPage }
        if start.hasPrefix("mime-version:") { return .refused(.otherFormat("a web archive (.mht)")) }
        if start.hasPrefix("{\\rtf") { return .refused(.otherFormat("a document in RTF")) }
        if start.hasPrefix("%pdf") { return .refused(.otherFormat("a PDF")) }
        return .text
    }
}
