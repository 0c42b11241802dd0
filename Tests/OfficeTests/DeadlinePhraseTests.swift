import Foundation
import Testing

@testable import Office

/// What deadlines in a plan's words mean.
@Suite struct DeadlinePhraseTests {
    /// `by 2024-06-30`, `ongoing 2024-01-01..2024-12-31`, `event`; with `?` behind what the office is asked about.
    static func reading(_ phrase: String, year: Int = 2024) -> [String] {
        DeadlinePhrase(phrase, task: "", year: year).milestones.map { milestone in
            let doubt = milestone.suspect == nil ? "" : "?"
            switch milestone.kind {
            case .by: return "by \(milestone.due?.description ?? "-")\(doubt)"
            case .ongoing: return "ongoing\(doubt)"
            case .onEvent: return "event\(doubt)"
            }
        }
    }

    @Test(
        "days, months, quarters, half-years and years, alone, in lists and in ranges",
        arguments: [
            ("Chậm nhất ngày 20 tháng 11 năm 2024", ["by 2024-11-20"]),
            ("Trước ngày 25 tháng 6 và 25 tháng 11", ["by 2024-06-24", "by 2024-11-24"]),
            ("Tháng 6, tháng 12", ["by 2024-06-30", "by 2024-12-31"]),
            ("Trong Quý I, hoàn thành trước ngày 15/02/2024", ["by 2024-02-14"]),
            ("6 tháng đầu năm 2024", ["by 2024-06-30"]),
            ("06 tháng cuối năm", ["by 2024-12-31"]),
            ("Trong quý 1 năm 2024", ["by 2024-03-31"]),
            ("Từ tháng 3 đến tháng 5 năm 2024", ["by 2024-05-31"]),
            ("Trước ngày 15/6/2024", ["by 2024-06-14"]),
            ("Quý II/2024", ["by 2024-06-30"]),
            ("Trong năm", ["by 2024-12-31"]),
            (
                "Hàng tháng",
                (1...12).map {
                    "by " + LocalDate(year: 2024, month: $0, day: 1)!.adding(months: 1).adding(days: -1).description
                }
            ),
            ("Hằng quý", ["by 2024-03-31", "by 2024-06-30", "by 2024-09-30", "by 2024-12-31"]),
            ("Trước ngày 15 tháng cuối quý", ["by 2024-03-14", "by 2024-06-14", "by 2024-09-14", "by 2024-12-14"]),
            ("Quý 4", ["by 2024-12-31"]),
            ("Đến hết tháng 9/2024", ["by 2024-09-30"]),
            ("Trước 15/12", ["by 2024-12-14"]),
            ("20.11.2024", ["by 2024-11-20"]),
            ("Quý I, quý III", ["by 2024-03-31", "by 2024-09-30"]),
            ("Quý II và quý III năm 2024 tiến hành kiểm tra", ["by 2024-09-30"]),
            ("Tháng 3-5/2024", ["by 2024-05-31"]),
            ("Báo cáo trước ngày 15/6 và 15/12", ["by 2024-06-14", "by 2024-12-14"]),
            ("Sơ kết 6 tháng, tổng kết năm", ["by 2024-06-30", "by 2024-12-31"]),
            ("Định kỳ 6 tháng, năm", ["by 2024-06-30", "by 2024-12-31"]),
            ("01 lần/quý", ["by 2024-03-31", "by 2024-06-30", "by 2024-09-30", "by 2024-12-31"]),
            ("2 lần/năm", ["by 2024-06-30", "by 2024-12-31"]),
            ("Trước ngày 15/12 hàng năm", ["by 2024-12-14"]),
            ("Giai đoạn 2021-2025", ["by 2025-12-31"]),
            ("Đến năm 2025", ["by 2025-12-31"]),
            ("Trong năm 2024 và các năm tiếp theo", ["by 2024-12-31", "ongoing"]),
            ("Thường xuyên", ["ongoing"]),
            ("Thường xuyên trong năm", ["ongoing"]),
            ("Khi có phát sinh", ["event"]),
            ("Trước ngày 15/01 năm sau", ["by 2025-01-14"]),
        ])
    func times(phrase: String, dates: [String]) {
        #expect(Self.reading(phrase) == dates, "\(phrase)")
    }

    @Test(
        "what is not wholly understood is asked about, with the date that it can mean at the latest where there is one",
        arguments: [
            ("Đầu tháng 6", ["by 2024-06-30?"]),
            ("Giữa quý II", ["by 2024-06-30?"]),
            ("Ngày 31/6", ["by -?"]),
            ("Trước ngày 15", ["by -?"]),
            ("Trong năm 2023", ["by 2023-12-31?"]),
            ("Sớm", ["by -?"]),
            ("", ["by -?"]),
            ("Trong 15 ngày", ["by -?"]),
            ("Tuần 3 tháng 6", ["by 2024-06-30?"]),
            ("Theo hướng dẫn, trước ngày 15/6", ["event", "by 2024-06-14?"]),
            ("Từ tháng 5 đến tháng 3", ["by 2024-03-31?"]),
        ])
    func doubts(phrase: String, dates: [String]) {
        #expect(Self.reading(phrase) == dates, "\(phrase)")
    }

    /// Phrases of 73 published plans and papers with the dates that a second reader saw in them, who knew nothing of the grammar:
    /// `by D`, `before D`, `ongoing`, `event`, `unclear`.
    private struct Known {
        let phrase: String
        let year: Int
        let source: String
        let dates: Set<String>

        static func all() throws -> [Known] {
            let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("Deadlines/phrases.tsv")
            return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map { line in
                let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                let dates = try cells[3].split(separator: ";").compactMap { part -> String? in
                    let words = part.split(separator: " ")
                    guard words.count > 1, ["by", "before"].contains(words[0]) else { return nil }
                    let day = try #require(LocalDate(String(words[1])))
                    return (words[0] == "before" ? day.adding(days: -1) : day).description
                }
                return Known(
                    phrase: cells[0].replacing("\\n", with: "\n"), year: try #require(Int(cells[1])), source: cells[2],
                    dates: Set(dates))
            }
        }
    }

    /// What the second reader read otherwise, and could have read so.
    private static let readOtherwise: Set<String> = [
        // Each month: a date for each of them; the reader gave none, or the last.
        "Hàng tuần / Hàng tháng", "trước ngày 20 tháng 11 năm 2025 và hàng tháng",
        // Whether “trước” is said of all three.
        "trước ngày 25 tháng cuối của quý, ngày 25 tháng 6 và ngày 25 tháng 12 hằng năm",
        // The reader doubted the source.
        "trước ngày 10/9",
    ]

    @Test(
        "of 305 phrases of published papers none loses a date or gets one too many without a question, and most are read"
    )
    func published() throws {
        let known = try Known.all()
        #expect(known.count > 300)
        #expect(Set(known.filter { $0.source.contains("[plan") }.map(\.source)).count >= 10)
        var asked = 0
        for known in known where !Self.readOtherwise.contains(known.phrase) {
            let milestones = DeadlinePhrase(known.phrase, task: "", year: known.year).milestones
            if milestones.contains(where: { $0.suspect != nil }) {
                asked += 1
                continue
            }
            let dates = Set(milestones.filter { $0.kind == .by }.compactMap { $0.due?.description })
            #expect(dates == known.dates, "\(known.phrase), plan of \(known.year)")
        }
        #expect(asked < known.count / 4, "\(asked) of \(known.count) are asked about")
    }

    @Test("a cell with an endless text is asked about, and read at once")
    func endless() {
        #expect(Self.reading(String(repeating: "trước ", count: 200_000)) == ["by -?"])
    }
}
