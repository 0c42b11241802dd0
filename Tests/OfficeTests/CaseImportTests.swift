import Foundation
import Testing

@testable import Office

/// Tables as clerks' programs write them.
@Suite struct CaseImportTests {
    static let head = "ma_ho_so;ten_thu_tuc;linh_vuc;don_vi;nguoi_nop;ngay_tiep_nhan;ngay_hen_tra;ngay_co_ket_qua"

    /// A row of the head's columns.
    static func row(
        _ code: String = "A-1", name: String = "Lan", received: String = "13/03/2024", promised: String = "20/03/2024",
        resolved: String = ""
    ) -> String { "\(code);Khai sinh;Hộ tịch;Phòng Tư pháp;\(name);\(received);\(promised);\(resolved)" }

    /// A table of these rows.
    static func table(_ rows: [String], head: String = head, end: String = "\n") throws -> CaseFileTable {
        try CaseFileTable(Array((([head] + rows).joined(separator: end) + end).utf8))
    }

    @Test("lines end in CR, LF, CRLF, or in one and the other, and are numbered alike")
    func lineEnds() throws {
        for end in ["\r", "\n", "\r\n"] {
            let table = try Self.table([Self.row("A-1"), Self.row("A-2"), Self.row("x y")], end: end)
            #expect(table.cases.map(\.code) == ["A-1", "A-2"])
            #expect(table.rejects.map(\.line) == [4])
        }
        let mixed = Self.head + "\r\n" + Self.row("A-1") + "\r" + Self.row("A-2") + "\n" + Self.row("A 3") + "\r\n"
        let table = try CaseFileTable(Array(mixed.utf8))
        #expect(table.cases.map(\.code) == ["A-1", "A-2"])
        #expect(table.rejects.map(\.line) == [4])
    }

    @Test("a text that no letter has room for is refused with its row")
    func longText() throws {
        let long = String(repeating: "ỉ", count: 1_001)
        let row = Self.row("A-1").replacingOccurrences(of: "Hộ tịch", with: long)
        #expect(row.contains(long))
        let table = try Self.table([row, Self.row("A-2")])
        #expect(table.cases.map(\.code) == ["A-2"])
        #expect(table.rejects.first?.reason.contains("dài 1001 ký tự, tối đa 1000") == true, "\(table.rejects)")
    }

    @Test("a file in which no case file is found is an error")
    func nothing() {
        #expect(throws: OfficeError.self) { try Self.table([]) }
        #expect(throws: OfficeError.self) { try Self.table([";;;;;;;", "Tổng cộng: 0;;;;;;;"]) }
    }

    @Test(
        "days in all forms, with their time before or after them",
        arguments: [
            "29/03/2024", "29-03-2024", "29.03.2024", "29/3/2024", "2024-03-29", "2024/03/29", "20240329",
            "29/03/2024 16:30", "16:30 29/03/2024", "29/03/2024\u{A0}16:30", "29/03/2024 16:30:05", "16h30 29/03/2024",
            "29/03/2024 4:30 CH", "29/03/2024 04:30:00 PM", "29/03/2024 12:00:00 AM", "2024-03-29T16:30", "45380",
            "45380.6875",
            "45380,6875", "ngày 29 tháng 3 năm 2024", "29 tháng 03 năm 2024", "２９/０３/２０２４", "29–03–2024",
            // Months in words, and days of the week before the day.
            "29-Mar-2024", "29 Mar 2024", "29/Mar/2024", "March 29, 2024", "29 thg 3 2024", "29-Thg3-2024",
            "29 Tháng 3, 2024", "Thứ Sáu, 29/03/2024", "Thứ 6 ngày 29/03/2024", "T6, 29/03/2024", "Fri, 29 Mar 2024",
            "Friday 29/03/2024", "Fri, 29 Mar 2024 08:30:00 +0700", "Thứ Sáu 29 tháng 3 năm 2024",
            "Fri Mar 29 2024 00:00:00 GMT+0700 (Indochina Time)", "Fri Mar 29 2024", "1711670400000",
            // Moments, by the office's zone.
            "2024-03-28T17:00:00.000Z", "2024-03-29T16:59:59Z", "2024-03-29T00:00:00+07:00", "2024-03-28 17:00:00+00",
            "2024-03-28T12:00:00-0500", "2024-03-29 23:30 +0700",
        ])
    func days(text: String) {
        #expect(CaseDate.read(text) == .day(Example.day("2024-03-29")))
    }

    @Test("a moment of the evening in UTC is the next day in Viet Nam, over months and years as well")
    func moments() {
        #expect(CaseDate.read("2024-03-31T17:00:00.000Z") == .day(Example.day("2024-04-01")))
        #expect(CaseDate.read("2024-03-31T16:59:59.999Z") == .day(Example.day("2024-03-31")))
        #expect(CaseDate.read("2023-12-31T23:00:00Z") == .day(Example.day("2024-01-01")))
        #expect(CaseDate.read("2024-03-01T00:30:00+14:00") == .day(Example.day("2024-02-29")))
    }

    @Test(
        "what is no day, or has more behind it, is refused",
        arguments: [
            "31/02/2024", "29/03/2024 25:99", "29/03/2024 abc", "+29/03/2024", "-1/03/2024", "29/+3/2024", "29/03/24",
            "29/03-2024", "03/29/2024", "29/03/2024 16:30 +25:00", "2024-03-31Z", "29/03/2024 -05:00", "1711904400",
            "9711904400000",
            "29-Mrz-2024", "29 Mar 24", "Mar 29", "Thứ Tám, 29/03/2024", "29 thg 13 2024", "32 Mar 2024",
            "29/03/2024 16:30 29/03/2024", "29/03", "2024", "29//03/2024", "1/1/1", "123456", "29/03/2024T",
            // Slips of the year beyond reason.
            "01/03/0224", "29/03/2567", "01/03/1924", "01/03/2204",
        ])
    func noDays(text: String) {
        guard case .refused(let reason) = CaseDate.read(text) else {
            Issue.record("\(text) is read as \(CaseDate.read(text))")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("the English Thursday and the Vietnamese fourth day are told apart; a day of another week day is refused")
    func weekdays() {
        #expect(CaseDate.read("Thu 4 Jan 2024") == .day(Example.day("2024-01-04")))
        #expect(CaseDate.read("Thứ 4, 03/01/2024") == .day(Example.day("2024-01-03")))
        #expect(CaseDate.read("Chủ nhật, 07/01/2024") == .day(Example.day("2024-01-07")))
        #expect(
            CaseDate.read("Thứ Ba, 29/03/2024")
                == .refused("“Thứ Ba, 29/03/2024”: ngày 29/03/2024 không phải thứ đó; kiểm tra lại ngày"))
    }

    @Test(
        "the days from which programs count are no days, but cells without one",
        arguments: ["01/01/1900", "00/01/1900", "1900-01-00", "30/12/1899", "1899-12-30 00:00", "01/01/1970", "00:00"])
    func zeroDays(text: String) {
        guard case .refused(let reason) = CaseDate.read(text) else {
            Issue.record("\(text) is read as \(CaseDate.read(text))")
            return
        }
        #expect(reason.contains("ô ngày trống"), "\(reason)")
    }

    @Test("milliseconds of the evening in UTC are the next day in Viet Nam")
    func milliseconds() {
        #expect(CaseDate.read("1711904400000") == .day(Example.day("2024-04-01")))
        #expect(CaseDate.read("1711904399999") == .day(Example.day("2024-03-31")))
    }

    @Test("a Buddhist year is named as one")
    func buddhist() {
        #expect(
            CaseDate.read("29/03/2567")
                == .refused("“29/03/2567” có năm 2567, ngoài 2000–2100 (năm Phật lịch? năm dương lịch là 2024)"))
    }

    @Test(
        "what stands for nothing is nothing",
        arguments: [
            "-", "–", "—", "N/A", "n/a", "NULL", "00/00/0000", "0000-00-00 00:00:00", "01/01/0001", "__/__/____", "0",
            "chưa có",
        ])
    func placeholders(text: String) throws {
        let table = try Self.table([Self.row(resolved: text)])
        #expect(table.rejects.isEmpty)
        #expect(table.cases.map(\.resolvedOn) == [nil])
    }

    @Test("cells of other columns that stand for nothing are empty: no letter goes to “-”")
    func placeholdersOfText() throws {
        let table = try Self.table([
            Self.row("A-1", name: "-"), Self.row("A-2", name: "N/A"), Self.row("A-3", name: "Na"),
        ])
        #expect(table.cases.map(\.applicant) == ["", "", "Na"])
    }

    @Test("where each day could be month before day, it is asked, unless something in the file tells")
    func dateOrder() throws {
        func refusal(_ rows: [String]) -> String {
            do {
                return "read: \(try Self.table(rows).cases.count)"
            } catch {
                return "\(error)"
            }
        }
        let both = Self.row(received: "01/03/2024", promised: "08/03/2024")
        #expect(refusal([both]).contains("“01/03/2024” là ngày 1 tháng 3 hay ngày 3 tháng 1?"))
        #expect(refusal([both]).contains("--dates day-first"))
        let american = Self.row("A-2", received: "03/13/2024", promised: "03/20/2024")
        #expect(refusal([both, american]).contains("dòng 3: “03/13/2024” ghi tháng trước ngày"))
        // Another row, the code, or the order of a row's own days tell.
        #expect(refusal([both, Self.row("A-2")]) == "read: 2")
        #expect(refusal([Self.row("H29-240301-0001", received: "01/03/2024", promised: "08/03/2024")]) == "read: 1")
        #expect(refusal([Self.row(received: "05/03/2024", promised: "04/04/2024")]) == "read: 1")
        #expect(refusal([Self.row(received: "03/03/2024", promised: "04/04/2024")]) == "read: 1")
        #expect(refusal([Self.row(received: "2024-03-01", promised: "2024-03-08")]) == "read: 1")
        var rules = CaseImportRules()
        rules.dateOrder = .monthFirst
        let text = [Self.head, both, american].joined(separator: "\n") + "\n"
        let table = try CaseFileTable(Array(text.utf8), rules: rules)
        #expect(table.cases.map(\.receivedOn) == [Example.day("2024-01-03"), Example.day("2024-03-13")])
        // In a file that writes days first, a row that does not is refused.
        let mixed = try Self.table([Self.row("A-1"), american])
        #expect(mixed.rejects.map(\.line) == [3])
    }

    @Test("slips of the year are warned of, by row")
    func years() throws {
        var rules = CaseImportRules(nil, try Example.calendar())
        rules.today = Example.day("2024-03-29")
        func warnings(_ row: String) throws -> [String] {
            let table = try CaseFileTable(Array((Self.head + "\n" + row + "\n").utf8), rules: rules)
            #expect(table.cases.count == 1)
            return table.warnings.map { "\($0.line): \($0.text)" }
        }
        #expect(try warnings(Self.row()) == [])
        #expect(try warnings(Self.row(promised: "20/03/2042")).first?.hasPrefix("2: ngày 20/03/2042 sau năm") == true)
        #expect(
            try warnings(Self.row(promised: "20/03/2025")).first?.contains("hẹn trả sau ngày tiếp nhận 372 ngày")
                == true)
        #expect(try warnings(Self.row(resolved: "20/03/2025")).first?.contains("chưa đến") == true)
    }

    @Test("one receipt's number in several spellings is one, the first is kept, and it is said in what the rows differ")
    func spellings() throws {
        let others = [
            "h29-240313-0001", "H29–240313–0001", "Ｈ２９-240313-0001", "H29\u{2011}240313-0001",
            "H29-2403\u{200B}13-0001",
        ]
        let table = try Self.table(
            [Self.row("H29-240313-0001")] + others.map { Self.row($0) } + [
                Self.row("h29-240313-0001", name: "Bình", promised: "21/03/2024")
            ])
        #expect(table.cases.map(\.code) == ["H29-240313-0001"])
        #expect(table.rejects.count == others.count + 1)
        #expect(
            table.rejects.first?.reason == "mã hồ sơ trùng với dòng 2, viết là “H29-240313-0001”; nội dung như nhau")
        #expect(table.rejects.last?.reason.contains("khác ở nguoi_nop, ngay_hen_tra (2024-03-20 ≠ 2024-03-21)") == true)
        #expect(table.rejects.last?.reason.contains("Bình") == false)
    }

    @Test("a code as Excel rounds it is refused, a telephone number left out")
    func scientific() throws {
        let table = try CaseFileTable(
            Array(
                """
                ma_ho_so;ten_thu_tuc;linh_vuc;don_vi;dien_thoai;ngay_tiep_nhan;ngay_hen_tra
                1,23457E+17;Khai sinh;Hộ tịch;Phòng Tư pháp;;13/03/2024;20/03/2024
                A-2;Khai sinh;Hộ tịch;Phòng Tư pháp;8.49E+10;13/03/2024;20/03/2024

                """.utf8))
        #expect(table.rejects.map(\.line) == [2])
        #expect(table.rejects.first?.reason.contains("Excel đã làm tròn") == true)
        #expect(table.cases.map(\.phone) == [""])
        #expect(table.warnings.map(\.line) == [3])
    }

    @Test("UTF-8 that was encoded twice is mended, and named by row; where a letter was lost the row is refused")
    func doubleEncoding() throws {
        func twice(_ text: String) -> String {
            // As a program does that takes bytes for Windows-1252.
            let codes: [UInt8: String] = [
                0x85: "…", 0x91: "‘", 0x92: "’", 0x93: "“", 0x95: "•", 0x96: "–", 0xA0: "\u{A0}",
            ]
            return text.utf8.map { codes[$0] ?? String(Unicode.Scalar($0)) }.joined()
        }
        #expect(twice("Nguyễn") == "Nguyá»…n")
        let table = try Self.table([
            Self.row("A-1", name: "Nguyễn Thị Ánh"), twice(Self.row("A-2", name: "Nguyễn Thị Ước, Đà Nẵng")),
            twice(Self.row("A-3", name: "Hà")), Self.row("A-4", name: "Nguyá»?n"),
        ])
        #expect(table.cases.map(\.applicant) == ["Nguyễn Thị Ánh", "Nguyễn Thị Ước, Đà Nẵng", "Hà"])
        #expect(table.cases.allSatisfy { $0.field == "Hộ tịch" })
        #expect(table.warnings.map(\.line) == [3, 4])
        #expect(table.rejects.map(\.line) == [5])
        #expect(table.rejects.first?.reason.contains("hai lần") == true)
        // A whole file with its header.
        let whole = try CaseFileTable(
            Array(
                twice(
                    "\u{FEFF}Mã hồ sơ;Thủ tục;Lĩnh vực;Đơn vị;Ngày tiếp nhận;Ngày hẹn trả\nA-1;Khai sinh;Hộ tịch;Phòng Tư pháp;13/03/2024;20/03/2024\n"
                ).utf8))
        #expect(whole.cases.map(\.field) == ["Hộ tịch"])
    }

    @Test("words of Vietnamese are never taken for text that was encoded twice")
    func noDoubleEncoding() {
        for text in [
            "NGÃ\u{A0}BA", "Ã", "Đại học Á Châu", "Âu Cơ", "À", "Rue Béranger, Besançon", "Æ", "Ấp “Tân Định”",
        ] {
            #expect(!DoubleEncoding.isIn(text), "\(text)")
        }
    }

    @Test(
        "a short row is complete, as Excel leaves separators of empty last cells out; a file that ends in it was cut off"
    )
    func shortRows() throws {
        let table = try Self.table([
            "A-1;Khai sinh;Hộ tịch;Phòng Tư pháp;Lan;13/03/2024;20/03/2024", Self.row("A-2") + ";;",
        ])
        #expect(table.cases.map(\.code) == ["A-1", "A-2"])
        let cut = Self.head + "\n" + Self.row("A-1") + "\nA-2;Khai sinh;Hộ tịch;Phòng Tư pháp;Lan;13/03/2024;20/03/2024"
        #expect(throws: OfficeError.self) { try CaseFileTable(Array(cut.utf8)) }
    }

    @Test("a quote within a cell is a letter; one that is not closed costs its row alone")
    func quotes() throws {
        let table = try Self.table([
            Self.row("A-1", name: "Công ty \"ABC\""), Self.row("A-2", name: "\"Công ty ABC"), Self.row("A-3"),
            Self.row("A-4", name: "\"Công ty \"ABC\"\""), Self.row("A-5", name: "\"Công ty; \"\"ABC\"\"\""),
            Self.row("A-6", name: "\"hai\ndòng\""), Self.row("x y"),
        ])
        #expect(table.cases.map(\.code) == ["A-1", "A-3", "A-5", "A-6"])
        #expect(table.cases[0].applicant == "Công ty \"ABC\"")
        #expect(table.cases[2].applicant == "Công ty; \"ABC\"")
        #expect(table.rejects.map(\.line) == [3, 5, 9])
    }

    @Test("the official name of a channel and usual ones are known; one that nobody knows is named once")
    func channels() throws {
        let head = Self.head + ";hinh_thuc;trang_thai"
        let names = [
            "Bưu chính công ích", "Qua dịch vụ bưu chính công ích", "NỘP TRỰC TUYẾN", "Trực tiếp", "xyz", "xyz",
            "nhanh",
        ]
        let rows = names.enumerated().map { Self.row("A-\($0)") + ";\($1);Đang xử lý" }
        let table = try Self.table(rows, head: head)
        #expect(table.cases.map(\.channel) == [.post, .post, .online, .inPerson])
        #expect(table.unknownValues.map(\.value) == ["nhanh", "xyz"])
        #expect(table.unknownValues.map(\.rows) == [1, 2])
        #expect(table.unknownValues.map(\.firstLine) == [8, 6])
        #expect(table.rejects.map(\.line) == [6, 7, 8])
    }

    @Test("office.yaml says what values mean, and is refused where it says nothing that there is")
    func values() throws {
        let yaml = try String(contentsOf: Example.folder.appendingPathComponent("office.yaml"), encoding: .utf8)
        let own = """

            caseValues:
              hinh_thuc: { "Nhanh": trực tuyến }
              linh_vuc: { "HT-HC": Hộ tịch }
              don_vi: { "TP": tu-phap }
              trang_thai: { "99": đã trả kết quả }
            """
        let profile = try OfficeProfile.parse(yaml + own, path: "office.yaml")
        let text = """
            \(Self.head);hinh_thuc;trang_thai
            A-1;Khai sinh;HT-HC;TP;Lan;13/03/2024;20/03/2024;20/03/2024;Nhanh;99
            A-2;Khai sinh;Lĩnh vực hộ tịch;phong tu phap;Lan;13/03/2024;20/03/2024;;Nhanh;99
            A-3;Khai sinh;Thể thao;Sở;Lan;13/03/2024;20/03/2024;;Nhanh;lạ

            """
        let table = try CaseFileTable(Array(text.utf8), rules: CaseImportRules(profile, try Example.calendar()))
        #expect(table.cases.map(\.field) == ["Hộ tịch", "Thể thao"])
        #expect(table.cases.map(\.unit) == ["Phòng Tư pháp", "Sở"])
        #expect(table.cases.map(\.channel) == [.online, .online])
        #expect(table.rejects.map(\.line) == [3])
        #expect(table.rejects.first?.reason == "trạng thái “99” mà thiếu ngay_co_ket_qua")
        #expect(table.unknownValues.map(\.value) == ["lạ"])
        for slip in [
            "caseValues: { hinh_thuc: { a: gửi } }", "caseValues: { linh_vuc: { a: Thể thao } }",
            "caseValues: { don_vi: { a: khong-co } }", "caseValues: { ma_ho_so: { a: b } }", "caseDates: monthly",
        ] {
            #expect(throws: OfficeError.self, "\(slip)") {
                try OfficeProfile.parse(yaml + "\n" + slip + "\n", path: "office.yaml")
            }
        }
    }

    @Test("a state that the days do not bear out is refused, or warned of")
    func states() throws {
        let head = Self.head + ";ngay_tra;trang_thai;tam_dung_tu"
        let table = try Self.table(
            [
                Self.row("A-1") + ";;Đã trả kết quả;", Self.row("A-2") + ";;Yêu cầu bổ sung giấy tờ;",
                Self.row("A-3") + ";;Yêu cầu bổ sung giấy tờ;15/03/2024", Self.row("A-4") + ";;Công dân yêu cầu rút;",
                Self.row("A-5") + ";;Không được tiếp nhận;", Self.row("A-6") + ";20/03/2024;Đã trả kết quả;",
                Self.row("A-7") + ";;Đúng hạn;",
            ], head: head)
        #expect(table.rejects.map(\.line) == [2, 5, 6])
        #expect(table.cases.map(\.code) == ["A-2", "A-3", "A-6", "A-7"])
        #expect(table.warnings.map(\.line) == [3, 7])
        // What was handed over was there by then: the file is not open, and not overdue.
        #expect(table.cases[2].resolvedOn == Example.day("2024-03-20"))
    }

    @Test("a header that is not found is told by sheet and rows, with what is there and what is missing, in Vietnamese")
    func noHeader() {
        let text = "DANH SÁCH HỒ SƠ\n\nSTT;Mã hồ sơ;Tên thủ tục;Ngày nộp;Cán bộ\n1;A-1;Khai sinh;13/03/2024;Lan\n"
        #expect {
            try CaseFileTable(Array(text.utf8))
        } throws: { error in
            let words = "\(error)"
            return words.contains("không tìm thấy dòng tiêu đề") && words.contains("dòng 1–4")
                && words.contains("Gần nhất là dòng 3, có ma_ho_so, ten_thu_tuc.") && words.contains("“Ngày nộp”")
                && words.contains("Thiếu Lĩnh vực (linh_vuc), Đơn vị (don_vi), Ngày tiếp nhận (ngay_tiep_nhan)")
                && !words.contains("Lan")
        }
    }

    @Test("columns have the places that they stand in")
    func places() {
        #expect(CaseColumn.allCases.map(\.place) == Array(CaseColumn.allCases.indices))
    }

    @Test("what is kept of a case file is what JSONEncoder would write")
    func stored() throws {
        var files = try CaseSample.make(
            count: 200, seed: 3, asOf: Example.day("2024-03-29"), profile: try Example.profile(),
            calendar: try Example.calendar())
        files[0].applicant = "\"\\/\u{08}\u{0C}\n\r\t\u{01}\u{1F}\u{7F}é\u{2028}😀"
        files[1].suspensions = [
            Suspension(from: Example.day("2024-03-05"), reason: "a"),
            Suspension(
                from: Example.day("2024-03-07"), to: Example.day("2024-03-08"), movedTo: Example.day("2024-03-12")),
        ]
        files[2] = files[2].withoutCitizen
        for file in files { #expect(file.stored == (try Register.encode(file))) }
    }
}
