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
}
