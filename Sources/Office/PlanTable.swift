import Foundation
import Spreadsheet

/// The tables of a plan's appendix.
enum PlanTable {
    /// Text of signature stamps that converters leave in cells: a name without diacritics, with or without a number.
    private static let stamps = [#"^Ngo( [A-ZĐ]\p{L}*){1,2}( - ?\d+)?$"#]

    /// A task's row, its parts from several pages put together.
    struct Row {
        let id: String
        /// Task, product, leads, coordinators, time.
        var cells: [String]

        func task(year: Int, hasParagraphs: Bool) -> PlanTask {
            let title = PlanCell.sentence(cells[0])
            func items(_ cell: Int) -> [String] {
                PlanCell.items(hasParagraphs ? PlanCell.pointed(cells[cell]) : cells[cell])
            }
            return PlanTask(
                id: id, title: title, deliverables: items(1), leads: items(2), coordinators: items(3),
                deadline: PlanCell.sentence(cells[4]),
                milestones: DeadlinePhrase(cells[4], task: title, year: year).milestones)
        }
    }

    /// Where a table has what; the order and the words differ between plans.
    struct Columns {
        /// Task, product, leads, coordinators, time; nil = the plan has none.
        var places: [Int?]
        var id: Int
        let width: Int

        /// The columns of a header; nil if a row is none.
        init?(_ row: [String]) {
            let names = row.map { PlanCell.sentence($0).lowercased() }
            guard let id = names.firstIndex(where: Self.isNumber) else { return nil }
            func place(_ words: [String], not others: [String] = []) -> Int? {
                names.firstIndex { name in
                    words.contains { name.contains($0) } && !others.contains { name.contains($0) }
                }
            }
            let time = place(["thời gian", "thời hạn", "tiến độ", "hoàn thành"])
            let lead = place(
                ["chủ trì", "thực hiện", "phụ trách"], not: ["phối hợp", "thời gian", "thời hạn", "nội dung"])
            let product = place(["sản phẩm", "kết quả", "đầu ra"], not: ["thời gian"])
            let helper = place(["phối hợp"], not: ["chủ trì/"])
            let task = names.indices.first { index in
                index > id && ![time, lead, product, helper].contains(index)
                    && ["nhiệm vụ", "nội dung", "công việc", "hoạt động"].contains { names[index].contains($0) }
            }
            guard let task, let time else { return nil }
            self.id = id
            width = row.count
            places = [task, product, lead, helper, time]
        }

        /// Whether a column's name, in small letters, is that of the rows' numbers.
        static func isNumber(_ name: String) -> Bool { ["stt", "tt", "số tt", "số thứ tự"].contains(name) }

        func cells(of row: [String]) -> [String] { places.map { $0.map { row[$0] } ?? "" } }
    }

    /// The tasks of a document's tables.
    /// - Throws: `OfficeError.plan` if there is no table of tasks, or if a row has another width than its header.
    static func tasks(of document: PlanDocument) throws(OfficeError) -> [Row] {
        var columns: Columns?
        var rows: [Row] = []
        var ids: Set<String> = []
        var section = ""
        for (place, row) in document.rows.enumerated() {
            if let header = Columns(row) {
                columns = header
                continue
            }
            // A table of something else.
            if row.contains(where: { Columns.isNumber(PlanCell.sentence($0).lowercased()) }) { columns = nil }
            guard let columns else { continue }
            // Another table, such as that of the signatures.
            guard row.count == columns.width else {
                if row.filter({ !$0.isEmpty }).count > 2, isNumbered(row.first ?? "") {
                    throw .plan(
                        "row \(place + 1) of the tables (“\(row.first ?? "")”) has \(row.count) cells where its header has "
                            + "\(columns.width); mend it in the document")
                }
                continue
            }
            let id = PlanCell.sentence(row[columns.id]).trimmingCharacters(in: CharacterSet(charactersIn: " ."))
            let cells = columns.cells(of: row)
            if id.isEmpty {
                guard !rows.isEmpty else { continue }
                for column in cells.indices where !cells[column].isEmpty {
                    rows[rows.count - 1].cells[column] += " " + cells[column]
                }
            } else if cells.dropFirst().allSatisfy(\.isEmpty) {
                // A section's title.
                section = id
            } else if !cells.allSatisfy({ isColumnNumber($0) || $0.isEmpty }) {
                guard !cells[0].isEmpty else {
                    throw .plan("row \(place + 1) of the tables (“\(id)”) names no task; write the task into its cell")
                }
                // Plans whose numbers begin anew in each section.
                let own = ids.contains(id) && !section.isEmpty ? "\(section).\(id)" : id
                guard ids.insert(own).inserted else {
                    throw .plan("task \(own) stands twice in the plan; number its rows so that each has its own number")
                }
                rows.append(Row(id: own, cells: cells))
            }
        }
        guard !rows.isEmpty else {
            throw .plan(
                "the document has no table of tasks: a header with STT, the task (nhiệm vụ, nội dung), who leads (chủ trì) and the "
                    + "time (thời gian) is looked for in its tables")
        }
        return rows
    }

    private static func isNumbered(_ text: String) -> Bool {
        text.first.map { $0.isNumber || "IVX".contains($0) } ?? false
    }

    /// `(3)`, `3`: columns that are numbered beneath their header.
    private static func isColumnNumber(_ text: String) -> Bool {
        text.trimmingCharacters(in: CharacterSet(charactersIn: "()[] ")).allSatisfy(\.isNumber)
    }

    /// The rows of the tables that are written with pipes.
    static func rows(ofMarkdown text: String) -> [[String]] {
        text.split(separator: "\n").compactMap { line in
            let line = line.drop { $0 == " " }
            guard line.hasPrefix("|") else { return nil }
            var cells = line.replacing("\\|", with: "\u{E000}").split(separator: "|", omittingEmptySubsequences: false)
                .dropFirst().map { cell($0) }
            if cells.last?.isEmpty ?? false { cells.removeLast() }
            let isRule = cells.allSatisfy { !$0.isEmpty && $0.allSatisfy { "-: ".contains($0) } }
            return isRule ? nil : cells
        }
    }

    /// The rows of the tables that are written as HTML; a damaged page has none.
    static func rows(ofHTML text: String) -> [[String]] {
        guard text.contains("<table") else { return [] }
        let tables = (try? HTMLTableReader.tables(in: text)) ?? []
        return tables.flatMap { table in
            let width = table.map(\.cells.count).max() ?? 0
            return table.map { row in
                row.cells.map { cell(Substring($0)) } + [String](repeating: "", count: width - row.cells.count)
            }
        }
    }

    /// A cell without its marks of HTML and Markdown, its parts on lines of their own, its stamps gone.
    private static func cell(_ raw: Substring) -> String {
        var text = String(raw).replacing("\u{E000}", with: "|")
        for tag in ["<br>", "<br/>", "<br />", "</li>", "</p>", "<p>", "<ul>", "</ul>"] {
            text = text.replacingOccurrences(of: tag, with: "\n")
        }
        text = text.replacingOccurrences(of: "<[^>]*>", with: "", options: .regularExpression)
        text = text.replacingOccurrences(of: #"\\([-+*.#>()\[\]_~<"'|])"#, with: "$1", options: .regularExpression)
        text = text.replacingOccurrences(of: "**", with: "")
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

    /// Paragraphs of a cell as points of a list.
    static func pointed(_ cell: String) -> String {
        cell.split(separator: "\n").map { line in
            line.first.map { $0.isUppercase } ?? false ? "- \(line)" : String(line)
        }.joined(separator: "\n")
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
