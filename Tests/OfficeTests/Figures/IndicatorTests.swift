import Testing

@testable import Office

@Suite struct IndicatorTests {
    private func read(_ rows: String..., date: String = "2024-04-05") throws -> IndicatorCSV {
        let text = (["don_vi,chi_tieu,ky,tu_so,mau_so"] + rows).joined(separator: "\n") + "\n"
        return try IndicatorCSV(
            Array(text.utf8), profile: Example.profile(), targets: Example.targets(), receivedOn: Example.day(date))
    }

    @Test("units go by id, name or alias; periods by their own names")
    func good() throws {
        let csv = try read(
            "phuong-da-kao,T9.1,2024-Q1,60,100", "UBND Phường Cầu Kho,T9.1,2024-03,0,0", "Phường Tân Định,T8,2024,1,1",
            "noi-vu,T17,2024,3,22")
        #expect(csv.rejects.isEmpty)
        #expect(csv.values.map(\.unit) == ["phuong-da-kao", "phuong-cau-kho", "phuong-tan-dinh", "noi-vu"])
        #expect(csv.values[0].numerator == 60)
    }

    @Test(
        "a bad row is refused by its line and its reason",
        arguments: [
            ("x,T9.1,2024-Q1,1,2", "đơn vị “x”"), ("noi-vu,T99,2024-Q1,1,2", "chỉ tiêu “T99”"),
            ("noi-vu,T9.1,2024-Q1,1,2", "không phải đơn vị báo cáo"),
            ("phuong-da-kao,T9.1,2024-Q5,1,2", "kỳ “2024-Q5”"),
            ("phuong-da-kao,T9.1,previous-month,1,2", "kỳ “previous-month”"),
            ("phuong-da-kao,T9.1,2024-Q3,1,2", "chưa bắt đầu"), ("phuong-da-kao,T9.1,2024-Q1,3,2", "lớn hơn mẫu số"),
            ("phuong-da-kao,T9.1,2024-Q1,1.000,2000", "tu_so “1.000”"),
            ("phuong-da-kao,T9.1,2024-Q1,-1,2", "tu_so “-1”"),
            ("phuong-da-kao,T9.1,2024-Q1,1,", "mau_so “”"), ("phuong-da-kao,T9.1,2024-Q1,1,2,3", "có 6 cột"),
            ("noi-vu,T17,2024,0,22", "thứ hạng"),
            ("phuong-da-kao,T9.1,2024-Q1,1,9999999999999999999", "mau_so"),
        ])
    func bad(row: String, reason: String) throws {
        let csv = try read("phuong-co-giang,T8,2024-Q1,1,1", row)
        #expect(csv.values.count == 1)
        #expect(csv.rejects.map(\.line) == [3])
        #expect(csv.rejects[0].reason.contains(reason), "\(csv.rejects[0].reason)")
    }

    @Test("the same unit, indicator and period twice in a file: the second is refused")
    func twice() throws {
        let csv = try read("phuong-da-kao,T9.1,2024-Q1,1,2", "Phường Đa Kao,T9.1,2024-Q1,2,2")
        #expect(csv.values.map(\.numerator) == [1])
        #expect(csv.rejects.map(\.reason) == ["trùng đơn vị, chỉ tiêu và kỳ với dòng 2"])
    }

    @Test("a file without a column, with a stranger among them, or cut off, is refused whole")
    func whole() throws {
        for text in ["don_vi,chi_tieu,ky,tu_so\nnoi-vu,T17,2024,1\n", "", "don_vi,chi_tieu,ky,tu_so,mau_so,x\n"] {
            #expect(throws: OfficeError.self) {
                try IndicatorCSV(
                    Array(text.utf8), profile: Example.profile(), targets: Example.targets(),
                    receivedOn: Example.day("2024-04-05"))
            }
        }
        #expect(throws: OfficeError.self) { try read("phuong-da-kao,T9.1,2024-Q1") }
        let english = "unit;indicator;period;numerator;denominator\nphuong-da-kao;T9.1;2024-Q1;1;2\n"
        let csv = try IndicatorCSV(
            Array(english.utf8), profile: Example.profile(), targets: Example.targets(),
            receivedOn: Example.day("2024-04-05"))
        #expect(csv.values.count == 1)
    }

    @Test("a later word stands, the earlier one is history, and a day before it does not know it")
    func history() throws {
        try Example.withRegister { register, path in
            let first = try read("phuong-da-kao,T9.1,2024-Q1,1,2", "phuong-co-giang,T9.1,2024-Q1,5,9")
            #expect(try register.importIndicators(first.values) == .init(inserted: 2, updated: 0, unchanged: 0))
            #expect(try register.importIndicators(first.values) == .init(inserted: 0, updated: 0, unchanged: 2))
            let later = try read("phuong-da-kao,T9.1,2024-Q1,2,2", date: "2024-04-09")
            #expect(try register.importIndicators(later.values) == .init(inserted: 0, updated: 1, unchanged: 0))
            // Another process finds it, too.
            let other = try Register(directory: path)
            func shares(_ day: String, history: Bool = false) throws -> [Int] {
                try other.indicators(asOf: Example.day(day), history: history).map(\.numerator)
            }
            #expect(try shares("2024-04-04") == [])
            #expect(try shares("2024-04-08") == [5, 1])
            #expect(try shares("2024-04-09") == [5, 2])
            #expect(try shares("2024-04-09", history: true) == [5, 1, 2])
        }
    }

    private func entry(
        _ values: [(String, Int)], _ combine: Target.Combination, _ period: String, to end: String
    ) throws -> IndicatorBook.Entry? {
        let list = values.map { name, number in
            IndicatorValue(
                unit: "u", indicator: "T", period: name, numerator: number, denominator: 100,
                receivedOn: Example.day("2024-12-31"))
        }
        let span = try #require(ReportPeriod(period, asOf: Example.day("2024-12-31")))
        return IndicatorBook(list, cutOffDay: nil).entry("u", "T", combine, in: span, to: Example.day(end))
    }

    @Test("a period's own value is taken; else the values of shorter ones, added without a gap, or the latest")
    func combination() throws {
        let months = [("2024-01", 1), ("2024-02", 2), ("2024-03", 3)]
        #expect(try entry(months + [("2024-Q1", 9)], .sum, "2024-Q1", to: "2024-03-31")?.share.numerator == 9)
        #expect(try entry(months, .sum, "2024-Q1", to: "2024-03-31")?.share == Share(6, of: 300))
        #expect(try entry(months, .latest, "2024-Q1", to: "2024-03-31")?.share == Share(3, of: 100))
        #expect(try entry(months, .latest, "2024-Q1", to: "2024-03-31")?.basis == ["2024-03"])
        // A gap: the period is over and February is not there.
        #expect(try entry([months[0], months[2]], .sum, "2024-Q1", to: "2024-03-31") == nil)
        // It goes on: what is there so far counts.
        #expect(try entry([months[0]], .sum, "2024-Q1", to: "2024-02-10")?.share.numerator == 1)
        // A quarter and its months are not counted twice.
        #expect(
            try entry(months + [("2024-Q1", 9), ("2024-Q2", 4)], .sum, "2024-H1", to: "2024-06-30")?.basis
                == ["2024-Q1", "2024-Q2"])
    }
}
