import Foundation
import Spreadsheet

/// A plan's original document: its text, and the rows of its tables.
public struct PlanDocument: Sendable {
    let text: String
    /// Cells with their parts on lines of their own.
    let rows: [[String]]
    /// Whether lines of a cell are paragraphs, each a point of its own; else a line may be wrapped.
    let hasParagraphs: Bool

    /// Reads a document as Markdown, whatever its line ends, with tables of pipes or of HTML, as pandoc and others write it.
    public init(markdown: String) {
        text = markdown.precomposedStringWithCanonicalMapping
            .replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\r", with: "\n")
        rows = PlanTable.rows(ofMarkdown: text) + PlanTable.rows(ofHTML: text)
        hasParagraphs = false
    }

    /// Reads a Word document (`.docx`).
    /// - Throws: `SpreadsheetError`.
    public init(word file: [UInt8]) throws(SpreadsheetError) {
        var lines: [String] = []
        var rows: [[String]] = []
        for part in try WordReader.parts(of: file) {
            switch part {
            case .paragraph(let text): lines.append(text.precomposedStringWithCanonicalMapping)
            case .table(let table):
                let cells = table.map { $0.map(\.precomposedStringWithCanonicalMapping) }
                lines += cells.flatMap { $0 }
                rows += cells
            }
        }
        text = "\n" + lines.joined(separator: "\n")
        self.rows = rows
        hasParagraphs = true
    }
}

extension Plan {
    /// Reads a plan from its original document: the tables of the appendix, with rows that go on over page breaks, lists inside
    /// cells, and the stamps of signers in between.
    /// - Throws: `OfficeError.plan` where it has no such table, no number or no date.
    public static func parse(_ document: PlanDocument) throws(OfficeError) -> Plan {
        let rows = try PlanTable.tasks(of: document)
        let text = document.text
        let number = firstMatch(#"Số:\s*(\d+)\s*/\s*([A-ZĐ-]+)"#, in: text)
        let date = firstMatch(#"ngày\s+(\d+)\s+tháng\s+(\d+)\s+năm\s+(\d+)"#, in: text)
        guard number.count == 2, date.count == 3, let day = Int(date[0]), let month = Int(date[1]),
            let year = Int(date[2]), let issued = LocalDate(year: year, month: month, day: day)
        else { throw .plan("the document names no number (“Số: …/KH-…”) or no date (“ngày … tháng … năm …”)") }
        let padded = number[0].count < 2 ? "0" + number[0] : number[0]
        let place = firstMatch(#"\n([^\n,]{2,40}), ngày\s+\d+\s+tháng"#, in: text).first ?? ""
        let planned = self.year(of: text, issued: issued)
        return Plan(
            plan: "\(padded)/\(number[1])", issued: issued, agency: "Ủy ban nhân dân \(place)",
            tasks: rows.map { $0.task(year: planned, hasParagraphs: document.hasParagraphs) })
    }

    /// The year that the plan is for: its title says it, as a plan for the next year is issued in December.
    private static func year(of text: String, issued: LocalDate) -> Int {
        let titled = firstMatch(#"KẾ HOẠCH[\s\S]{0,400}?[Nn](?:ăm|ĂM)\s+(\d{4})"#, in: text).first.flatMap { Int($0) }
        guard let titled, (issued.year...issued.year + 1).contains(titled) else { return issued.year }
        return titled
    }

    private static func firstMatch(_ pattern: String, in text: String) -> [String] {
        guard let expression = try? NSRegularExpression(pattern: pattern),
            let match = expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text))
        else { return [] }
        return (1..<match.numberOfRanges).compactMap { Range(match.range(at: $0), in: text).map { String(text[$0]) } }
    }
}
