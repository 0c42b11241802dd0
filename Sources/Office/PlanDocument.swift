import Foundation

extension Plan {
    /// Reads a plan from its original document as Markdown: the tables of the appendix, with rows that go on over page
    /// breaks, lists inside cells, and the stamps of signers in between.
    /// - Throws: `OfficeError.plan` where it has no such table.
    public static func parse(document: String) throws(OfficeError) -> Plan {
        let text = document.precomposedStringWithCanonicalMapping
        let rows = PlanTable.rows(of: text)
        guard !rows.isEmpty else {
            throw .plan(
                "the document has no table of tasks with the columns STT, task, product, lead, coordinator, time")
        }
        let number = firstMatch(#"Số:\s*(\d+)\s*/\s*([A-ZĐ-]+)"#, in: text)
        let date = firstMatch(#"ngày (\d+) tháng (\d+) năm (\d+)"#, in: text)
        guard number.count == 2, date.count == 3, let day = Int(date[0]), let month = Int(date[1]),
            let year = Int(date[2]), let issued = LocalDate(year: year, month: month, day: day)
        else { throw .plan("the document names no number (“Số: …/KH-…”) or no date (“ngày … tháng … năm …”)") }
        let padded = number[0].count < 2 ? "0" + number[0] : number[0]
        let place = firstMatch(#"\n([^\n,]{2,40}), ngày \d+ tháng"#, in: text).first ?? ""
        return Plan(
            plan: "\(padded)/\(number[1])", issued: issued, agency: "Ủy ban nhân dân \(place)",
            tasks: rows.map { $0.task(year: year) })
    }

    private static func firstMatch(_ pattern: String, in text: String) -> [String] {
        guard let expression = try? NSRegularExpression(pattern: pattern),
            let match = expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text))
        else { return [] }
        return (1..<match.numberOfRanges).compactMap { Range(match.range(at: $0), in: text).map { String(text[$0]) } }
    }
}

/// The tables of a plan's appendix.
enum PlanTable {
    /// What signers leave on pages, found in the text of cells: a name without its marks, with or without a number.
    private static let stamps = [#"^Ngo( [A-ZĐ]\p{L}*){1,2}( - ?\d+)?$"#]

    /// A task's row, its parts from several pages put together.
    struct Row {
        var id: String
        /// Task, product, leads, coordinators, time.
        var cells: [String]

        func task(year: Int) -> PlanTask {
            let title = PlanCell.sentence(cells[0])
            let deadline = PlanCell.sentence(cells[4])
            return PlanTask(
                id: id, title: title, deliverables: PlanCell.items(cells[1]), leads: PlanCell.items(cells[2]),
                coordinators: PlanCell.items(cells[3]), deadline: deadline,
                milestones: DeadlinePhrase(cells[4], task: title, year: year).milestones)
        }
    }

    static func rows(of text: String) -> [Row] {
        var rows: [Row] = []
        for line in text.split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { cell($0) }
            guard cells.count == 6, cells[0] != "STT", !cells[0].hasPrefix("--") else { continue }
            if cells[0].isEmpty {
                guard !rows.isEmpty else { continue }
                for column in 0..<5 where !cells[column + 1].isEmpty {
                    rows[rows.count - 1].cells[column] += " " + cells[column + 1]
                }
            } else if cells[0].contains(".") {
                rows.append(Row(id: cells[0], cells: Array(cells.dropFirst())))
            }
        }
        return rows
    }

    /// A cell without its marks of HTML, its parts on lines of their own, its stamps gone.
    private static func cell(_ raw: Substring) -> String {
        var text = String(raw)
        for tag in ["<br>", "<br/>", "</li>", "</p>", "<p>", "<ul>", "</ul>"] {
            text = text.replacingOccurrences(of: tag, with: "\n")
        }
        text = text.replacingOccurrences(of: "<[^>]*>", with: "", options: .regularExpression)
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { line in
            !line.isEmpty && !stamps.contains { line.range(of: $0, options: .regularExpression) != nil }
        }
        return lines.joined(separator: "\n")
    }
}

/// The text of a cell.
enum PlanCell {
    /// One sentence on one line.
    static func sentence(_ cell: String) -> String {
        cell.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// The items of a list: set off by semicolons, by dashes at the beginning of a line, or by a full stop and a dash.
    static func items(_ cell: String) -> [String] {
        var text = cell.replacingOccurrences(of: "đơn vị, Chủ tịch", with: "đơn vị; Chủ tịch")
            .replacingOccurrences(of: "–", with: "-")
        text = text.replacingOccurrences(of: #"(^|\n|[.;] ?)- ?"#, with: ";", options: .regularExpression)
        // A page break in the middle of a cell leaves its dash after a space.
        text = text.replacingOccurrences(
            of: #" - (?=(Thủ trưởng|Chủ tịch|Trưởng|Mặt trận|Chánh|Trung tâm|Giám đốc|Bí thư))"#, with: ";",
            options: .regularExpression)
        return text.split(separator: ";").map { sentence(String($0)) }
            .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " .,")) }.filter { !$0.isEmpty }
    }
}
