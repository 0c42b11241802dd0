import Foundation
import Testing

/// Where words, lines and rules stand on the pages of a PDF, as poppler reads them. Points from the top left.
struct PageReader {
    struct Line {
        let page: Int
        let text: String
        let x: Double
        let right: Double
        let top: Double
        let bottom: Double
        var centre: Double { (x + right) / 2 }
        /// Letters of Times New Roman and its like reach over 1.107 of their size.
        var size: Double { (bottom - top) / 1.107 }
    }

    struct Rule {
        let x: Double
        let right: Double
        let y: Double
        var length: Double { right - x }
        var centre: Double { (x + right) / 2 }
    }

    let lines: [Line]
    let papers: [(width: Double, height: Double)]
    private let pdf: [UInt8]

    init(_ pdf: [UInt8]) throws {
        var lines: [Line] = []
        var papers: [(width: Double, height: Double)] = []
        var words: [String] = []
        var box: [Double]?
        for row in try Poppler.run("pdftotext", ["-bbox-layout", "%", "-"], pdf).split(separator: "\n") {
            let row = row.trimmingCharacters(in: .whitespaces)
            if row.hasPrefix("<page") {
                let size = Self.numbers(row)
                papers.append((size[0], size[1]))
            } else if row.hasPrefix("<line") {
                box = Self.numbers(row)
                words = []
            } else if row.hasPrefix("<word"), let start = row.firstIndex(of: ">") {
                words.append(String(row[row.index(after: start)...].dropLast("</word>".count)))
            } else if row.hasPrefix("</line"), let box {
                let text = words.joined(separator: " ").replacingOccurrences(of: "&amp;", with: "&")
                lines.append(
                    Line(page: papers.count, text: text, x: box[0], right: box[2], top: box[1], bottom: box[3]))
            }
        }
        self.lines = lines
        self.papers = papers
        self.pdf = pdf
    }

    /// The first line that begins so.
    func line(_ start: String) throws -> Line {
        try #require(lines.first { $0.text.hasPrefix(start) }, "no line begins with “\(start)”")
    }

    /// The line beneath another.
    func line(after line: Line) throws -> Line {
        let beneath = lines.filter { $0.page == line.page && $0.top > line.top + 4 }
        return try #require(beneath.min { $0.top < $1.top })
    }

    /// The rule just beneath a line of the first page.
    func rule(beneath line: Line) throws -> Rule {
        let near = try Self.rules(pdf).filter {
            $0.y >= line.bottom - 3 && $0.y <= line.bottom + 6 && $0.x < line.right && $0.right > line.x
        }
        return try #require(near.first, "no rule beneath “\(line.text)”")
    }

    private static func numbers(_ row: String) -> [Double] {
        row.split(separator: "\"").compactMap { Double($0) }
    }

    /// The horizontal strokes of the first page: `M 149.5 99.06 L 213.4 99.06`.
    private static func rules(_ pdf: [UInt8]) throws -> [Rule] {
        let svg = try Poppler.run("pdftocairo", ["-svg", "-f", "1", "-l", "1", "%", "-"], pdf)
        return svg.split(separator: "\n").compactMap { row in
            guard row.contains("stroke-width"), let start = row.range(of: " d=\"")?.upperBound else { return nil }
            let path = row[start...].prefix { $0 != "\"" }.split(separator: " ")
            guard path.count == 6, path[0] == "M", path[3] == "L" else { return nil }
            let places = path.compactMap { Double($0) }
            guard places.count == 4, abs(places[1] - places[3]) < 0.1 else { return nil }
            return Rule(x: places[0], right: places[2], y: places[1])
        }
    }
}
