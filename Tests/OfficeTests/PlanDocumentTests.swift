import Foundation
import Testing
import ZipArchive

@testable import Office

/// The office's real papers, where they lie beside the checkout; tests that read them skip where they do not.
enum Papers {
    static let folder: URL? = {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        let papers = folder.appendingPathComponent("shared/data")
        return FileManager.default.fileExists(atPath: papers.path) ? papers : nil
    }()

    static func text(_ name: String) throws -> String {
        try String(contentsOf: #require(folder).appendingPathComponent(name), encoding: .utf8)
    }
}

@Suite(.enabled(if: Papers.folder != nil, "the office's papers are not beside the checkout"))
struct PlanDocumentTests {
    private struct Known: Decodable {
        struct Task: Decodable {
            var id: String
            var leads: [String]
            var milestones: [Milestone]
        }
        var tasks: [Task]
    }

    private func both() throws -> (read: Plan, known: Known) {
        let plan = try Plan.parse(PlanDocument(markdown: Papers.text("ke-hoach-04-kh-ubnd-2024.md")))
        let known = try JSONDecoder().decode(Known.self, from: Data(Papers.text("plan-2024.json").utf8))
        return (plan, known)
    }

    @Test("the original document gives its 92 tasks, in order")
    func tasks() throws {
        let (plan, known) = try both()
        #expect(plan.plan == "04/KH-UBND")
        #expect(plan.issued == LocalDate("2024-01-04"))
        #expect(plan.tasks.count == 92)
        #expect(plan.tasks.map(\.id) == known.tasks.map(\.id))
        #expect(plan.tasks.allSatisfy { !$0.title.isEmpty && !$0.leads.isEmpty && !$0.deliverables.isEmpty })
    }

    @Test("each deadline becomes the dates that it means")
    func milestones() throws {
        let (plan, known) = try both()
        for (task, expected) in zip(plan.tasks, known.tasks) {
            func dates(_ list: [Milestone]) -> [String] {
                list.map { "\($0.kind.rawValue) \($0.due?.description ?? "-") \($0.suspect == nil ? "" : "suspect")" }
            }
            #expect(dates(task.milestones) == dates(expected.milestones), "task \(task.id): \(task.deadline)")
        }
    }

    @Test("a quarter or a month in which something is to be done begins with its first day, as in the example")
    func windows() throws {
        let (plan, _) = try both()
        let example = try Example.plan()
        for (task, expected) in zip(plan.tasks, example.tasks) {
            #expect(
                task.milestones.map { $0.from?.description } == expected.milestones.map { $0.from?.description },
                "task \(task.id): \(task.deadline)")
        }
        let windows = plan.tasks.flatMap(\.milestones).filter { $0.kind == .by && $0.from != nil }
        #expect(windows.count > 15)
    }

    @Test("the leads are those of the plan")
    func leads() throws {
        let (plan, known) = try both()
        for (task, expected) in zip(plan.tasks, known.tasks) {
            #expect(
                task.leads.map(Phrase.normalized) == expected.leads.map(Phrase.normalized), "task \(task.id)")
        }
    }

    @Test("no stamp of a signer is left in the text")
    func stamps() throws {
        let (plan, _) = try both()
        for task in plan.tasks {
            #expect(
                !(task.leads + task.coordinators + [task.title]).contains { $0.contains("Ngo H") }, "task \(task.id)")
        }
    }
}

/// Plans as other programs write them.
@Suite struct PlanFormTests {
    private static let head = """
        ỦY BAN NHÂN DÂN QUẬN 9

        Số: 7/KH-UBND

        Quận 9, ngày 28 tháng 12 năm 2023

        **KẾ HOẠCH Cải cách hành chính năm 2024**

        """
    private static let table = """
        | STT | Nội dung | Thời gian thực hiện | Đơn vị chủ trì | Đơn vị phối hợp |
        |---|---|---|---|---|
        | I | **Chỉ đạo** | | | |
        | 1 | Ban hành kế hoạch | \\- Quý I: ban hành<br />\\- Trước ngày 15/12: báo cáo | Phòng Nội vụ | |
        | | và phổ biến | | | Phòng Tư pháp |
        | II | **Thủ tục** | | | |
        | 1 | Rà soát thủ tục | Hằng quý | Phòng Tư pháp | |
        """

    private func read(_ text: String) throws -> [String: [String]] {
        let plan = try Plan.parse(PlanDocument(markdown: text))
        return Dictionary(
            uniqueKeysWithValues: plan.tasks.map { task in
                (task.id, [task.title, task.leads.joined(separator: "+")] + task.milestones.map { "\($0.due!)" })
            })
    }

    private static let known = [
        "1": ["Ban hành kế hoạch và phổ biến", "Phòng Nội vụ", "2024-03-31", "2024-12-14"],
        "II.1": ["Rà soát thủ tục", "Phòng Tư pháp", "2024-03-31", "2024-06-30", "2024-09-30", "2024-12-31"],
    ]

    @Test("columns are found by their names, whatever the line ends; the year is the title's, not that of the day")
    func markdown() throws {
        let text = Self.head + Self.table
        #expect(try read(text) == Self.known)
        #expect(try read(text.replacing("\n", with: "\r\n")) == Self.known)
        #expect(try read(text.replacing("\n", with: "\r")) == Self.known)
        let plan = try Plan.parse(PlanDocument(markdown: text))
        #expect(plan.plan == "07/KH-UBND")
        #expect(plan.issued == LocalDate("2023-12-28"))
    }

    @Test("tables of HTML within Markdown, as pandoc writes those whose cells have several lines")
    func html() throws {
        let rows = Self.table.split(separator: "\n").filter { !$0.contains("---") }.map { line in
            "<tr>"
                + line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast()
                .map { "<td>\($0.replacing("\\\\", with: ""))</td>" }.joined() + "</tr>"
        }
        #expect(try read(Self.head + "<table>" + rows.joined(separator: "\n") + "</table>") == Self.known)
    }

    @Test("a Word document: its tables by row and cell, content controls and tracked changes as they read")
    func word() throws {
        func paragraph(_ text: String) -> String { "<w:p><w:r><w:t>\(text)</w:t></w:r></w:p>" }
        func row(_ cells: [String]) -> String {
            "<w:tr>"
                + cells.map { "<w:tc>" + $0.split(separator: "\n").map { paragraph(String($0)) }.joined() + "</w:tc>" }
                .joined() + "</w:tr>"
        }
        let body = """
            <w:p><w:r><w:t>Số: 7</w:t></w:r><w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:ins><w:r><w:t>/KH-UBND</w:t>\
            </w:r></w:ins></w:p>\(paragraph("Quận 9, ngày 28 tháng 12 năm 2023"))\(paragraph("KẾ HOẠCH năm 2024"))
            <w:sdt><w:sdtContent><w:tbl><w:tblPr/>\(row(["TT", "Nhiệm vụ", "Thời hạn", "Chủ trì"]))
            <w:tr><w:tc><w:tcPr><w:gridSpan w:val="4"/></w:tcPr>\(paragraph("Phần A"))</w:tc></w:tr>
            \(row(["1.1", "Ban hành\nkế hoạch", "Quý I\nTrước ngày 15/12", "Trưởng Phòng Nội vụ\nTrưởng Phòng Tư pháp"]))
            </w:tbl></w:sdtContent></w:sdt>
            """
        let document =
            "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>\(body)</w:body></w:document>"
        let file = try ZipWriter.archive([("word/document.xml", Array(document.utf8))])
        let plan = try Plan.parse(PlanDocument(word: file))
        #expect(plan.plan == "07/KH-UBND")
        let task = try #require(plan.tasks.first)
        #expect(plan.tasks.count == 1)
        #expect(task.leads == ["Trưởng Phòng Nội vụ", "Trưởng Phòng Tư pháp"])
        #expect(task.title == "Ban hành kế hoạch")
        #expect(task.milestones.map { $0.due?.description } == ["2024-03-31", "2024-12-14"])
    }

    @Test("what is no plan is refused with what is looked for, and nothing is guessed")
    func refused() throws {
        func refusal(_ text: String) -> String? {
            do {
                _ = try Plan.parse(PlanDocument(markdown: text))
                return nil
            } catch { return "\(error)" }
        }
        #expect(refusal(Self.head)?.contains("no table of tasks") == true)
        #expect(refusal(Self.table)?.contains("no number") == true)
        let twice = Self.table.replacing("| II | **Thủ tục** | | | |\n", with: "").replacing(
            "| I | **Chỉ đạo** | | | |\n", with: "")
        #expect(refusal(Self.head + twice)?.contains("task 1 stands twice") == true)
        let nameless = Self.table.replacing("| Rà soát thủ tục | Hằng quý", with: "| | Hằng quý")
        #expect(refusal(Self.head + nameless)?.contains("names no task") == true)
        let short = Self.table.replacing("| Hằng quý | Phòng Tư pháp | |", with: "| Hằng quý | Phòng Tư pháp |")
        #expect(refusal(Self.head + short)?.contains("has 4 cells where its header has 5") == true)
    }
}
