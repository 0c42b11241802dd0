import Foundation

/// Pieces of text with their style, as poppler reads them from a PDF; neighbours of one style are one piece.
struct StyledText {
    private(set) var pieces: [(text: String, bold: Bool, italic: Bool)] = []

    init(_ pdf: [UInt8]) throws {
        var end: (top: Double, right: Double)?
        for row in try Poppler.run("pdftohtml", ["-xml", "-i", "-zoom", "1", "-stdout", "%"], pdf).split(
            separator: "\n")
        where row.hasPrefix("<text") {
            let numbers = row.split(separator: "\"").compactMap { Double($0) }
            guard numbers.count >= 3, let start = row.firstIndex(of: ">") else { continue }
            let inner = row[row.index(after: start)...].replacingOccurrences(of: "</text>", with: "")
            let (bold, italic) = (inner.contains("<b>"), inner.contains("<i>"))
            let text = inner.replacingOccurrences(of: "</?[bi]>", with: "", options: .regularExpression)
            let goesOn = end.map { abs($0.top - numbers[0]) < 2 && abs($0.right - numbers[1]) < 12 } ?? false
            if goesOn, let last = pieces.last, last.bold == bold, last.italic == italic {
                pieces[pieces.count - 1].text += text
            } else {
                pieces.append((text, bold, italic))
            }
            end = (numbers[0], numbers[1] + numbers[2])
        }
    }

    /// Bold and italic, in this order, of the first piece that begins so.
    func style(_ start: String) -> [Bool]? {
        pieces.first { $0.text.trimmingCharacters(in: .whitespaces).hasPrefix(start) }.map { [$0.bold, $0.italic] }
    }
}
