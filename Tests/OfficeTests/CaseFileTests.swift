import Foundation
import Testing

@testable import Office

@Suite struct CaseFileTests {
    private func day(_ text: String) -> LocalDate { Example.day(text) }

    @Test("where a file stands, by day, without knowing what happens later")
    func states() {
        var file = Example.caseFile()
        #expect(file.state(asOf: day("2024-03-08")) == .pendingInTime)
        #expect(file.state(asOf: day("2024-03-09")) == .pendingOverdue)
        file.resolvedOn = day("2024-03-07")
        #expect(file.state(asOf: day("2024-03-06")) == .pendingInTime)
        #expect(file.state(asOf: day("2024-03-07")) == .early)
        file.resolvedOn = day("2024-03-08")
        #expect(file.state(asOf: day("2024-03-29")) == .onTime)
        file.resolvedOn = day("2024-03-11")
        #expect(file.state(asOf: day("2024-03-10")) == .pendingOverdue)
        #expect(file.state(asOf: day("2024-03-11")) == .late)
    }

    @Test("a letter falls due a working day before the promised day, also over a weekend")
    func owes() throws {
        let calendar = try Example.calendar()
        var file = Example.caseFile()
        file.promisedOn = day("2024-03-11")
        func owes(_ text: String) -> Bool { file.owesApology(asOf: day(text), calendar: calendar, leadWorkingDays: 1) }
        #expect(!owes("2024-03-07"))
        #expect(owes("2024-03-08"))
        #expect(owes("2024-03-12"))
        file.resolvedOn = day("2024-03-11")
        #expect(!owes("2024-03-11"))
        file.resolvedOn = day("2024-03-12")
        #expect(owes("2024-03-29"))
        #expect(!owes("2024-02-29"))
    }

    @Test("what would be a formula is guarded where it is written, and read as it was")
    func formulas() throws {
        var file = Example.caseFile("A-1")
        (file.applicant, file.phone, file.address) = ("=HYPERLINK(\"x\")", "+84 903 000 000", "@home, -1")
        let text = CaseFileTable.write([file])
        #expect(text.contains("\"'=HYPERLINK") && text.contains(",'+84 903") && text.contains("\"'@home"))
        #expect(try Example.table(text).cases == [file])
        let bad = text.replacingOccurrences(of: "01/03/2024", with: "31/02/2024")
        #expect(try CaseFileTable(Array(bad.utf8)).rejectsFile.contains("'+84 903"))
    }

    @Test(
        "a column that an import does not have unsays nothing; an empty cell does, and a result that is unsaid is named"
    )
    func columns() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let calendar = try Example.calendar()
            var file = Example.caseFile("A-1")
            (file.resolvedOn, file.email) = (day("2024-03-08"), "lan@dan.example")
            _ = try register.importCases([file], calendar: calendar)
            let short =
                "ma_ho_so,ten_thu_tuc,linh_vuc,don_vi,ngay_tiep_nhan,ngay_hen_tra\r\n"
                + "A-1,Đăng ký khai sinh,Hộ tịch,UBND Phường Bến Nghé,01/03/2024,08/03/2024\r\n"
            let table = try Example.table(short)
            let count = try register.importCases(table.cases, columns: Set(table.header), calendar: calendar)
            #expect(count == Register.ImportCount(unchanged: 1))
            #expect(try register.caseFile("A-1") == file)
            file.resolvedOn = nil
            #expect(try register.importCases([file], calendar: calendar).reopened == ["A-1"])
        }
    }

    @Test("what a letter lacks is named")
    func missing() throws {
        let calendar = try Example.calendar()
        var file = Example.caseFile()
        #expect(
            file.missingForLetter(asOf: day("2024-03-11"), calendar: calendar) == ["lý do trễ hạn", "ngày hẹn lại"])
        file.delayReason = "chờ xác minh"
        file.newPromise = day("2024-03-11")
        #expect(file.missingForLetter(asOf: day("2024-03-11"), calendar: calendar) == ["ngày hẹn lại sau hôm nay"])
        file.newPromise = day("2024-03-16")
        #expect(file.missingForLetter(asOf: day("2024-03-11"), calendar: calendar) == ["ngày hẹn lại là ngày làm việc"])
        file.newPromise = day("2024-03-15")
        #expect(file.missingForLetter(asOf: day("2024-03-11"), calendar: calendar).isEmpty)
        file.newPromise = nil
        file.resolvedOn = day("2024-03-11")
        #expect(file.missingForLetter(asOf: day("2024-03-12"), calendar: calendar).isEmpty)
    }

    @Test("the sample is the same for a seed, and is about what it says it is")
    func sample() throws {
        let profile = try Example.profile()
        let calendar = try Example.calendar()
        let date = day("2024-03-29")
        func make(_ seed: UInt64) throws -> [CaseFile] {
            try CaseSample.make(count: 3_000, seed: seed, asOf: date, profile: profile, calendar: calendar)
        }
        let files = try make(1)
        #expect(try files == make(1))
        #expect(try files != make(2))
        #expect(Set(files.map(\.code)).count == files.count)
        #expect(Set(files.map(\.unit).filter { $0.hasPrefix("UBND Phường") }).count == 10)
        #expect(files.allSatisfy { profile.unit(named: $0.unit) != nil })
        #expect(files.allSatisfy { file in profile.fields.contains { $0.name == file.field } })
        #expect(files.allSatisfy { calendar.isWorkingDay($0.receivedOn) && calendar.isWorkingDay($0.promisedOn) })
        #expect(files.allSatisfy { $0.resolvedOn.map { $0 <= date } ?? true })
        let late = files.filter { [.late, .pendingOverdue].contains($0.state(asOf: date)) }.count
        #expect((90...240).contains(late))
        #expect(try CaseFileTable(Array(CaseFileTable.write(files).utf8)).cases == files)
    }
}

@Suite struct CaseFileTableTests {
    private let head = "ma_ho_so,ten_thu_tuc,linh_vuc,don_vi,nguoi_nop,ngay_tiep_nhan,ngay_hen_tra,ly_do_tre"

    private func read(_ text: String) throws -> CaseFileTable { try Example.table(text) }

    @Test("Excel's “Unicode text” is read: UTF-16 with tabs between")
    func unicodeText() throws {
        let row = ["A-1", "Khai sinh", "Hộ tịch", "Phòng Tư pháp"]
        let text = Self.tabbed(row)
        let bytes: [UInt8] = text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let decoded = try TextEncoding.read([0xFF, 0xFE] + bytes)
        #expect(decoded.encoding == .utf16)
        let records = try CSVReader.records(decoded.text)
        #expect(records.last?.cells == row)
        // A tab in a cell of a file with commas is a part of the cell.
        #expect(try CSVReader.records("a,b\nmột\thai,ba").last?.cells == ["một\thai", "ba"])
    }

    private static func tabbed(_ row: [String]) -> String {
        ["ma_ho_so", "thu_tuc", "linh_vuc", "don_vi"].joined(separator: "\t") + "\r\n" + row.joined(separator: "\t")
            + "\r\n"
    }

    @Test("a mark of order, semicolons, quotes, hours and decomposed letters are read")
    func forms() throws {
        let text =
            "\u{FEFF}" + head.replacingOccurrences(of: ",", with: ";") + "\r\n"
            + "A-1;\"Thủ tục; \"\"mới\"\"\nhai dòng\";Hộ tịch;Phòng Tư pháp;"
            + "Lan".decomposedStringWithCanonicalMapping + " "
            + "Nguyễn".decomposedStringWithCanonicalMapping + ";01/03/2024 15:30;2024-03-08;\r\n"
        let table = try read(text)
        #expect(table.rejects.isEmpty)
        let file = try #require(table.cases.first)
        #expect(file.procedure == "Thủ tục; \"mới\"\nhai dòng")
        #expect(Array(file.applicant.unicodeScalars) == Array("Lan Nguyễn".unicodeScalars))
        #expect(file.receivedOn == Example.day("2024-03-01"))
        #expect(file.promisedOn == Example.day("2024-03-08"))
    }

    @Test(
        "a bad row is named with its line and its reason, the good ones stay",
        arguments: [
            ("A-2,x,y,z,n,31/02/2024,08/03/2024,", "không phải là ngày"),
            ("A-2,x,y,z,n,08/03/2024,01/03/2024,", "ngày hẹn trả trước ngày tiếp nhận"),
            ("A-1,x,y,z,n,01/03/2024,08/03/2024,", "mã hồ sơ trùng với dòng 2"),
            ("A-2,x,y,,n,01/03/2024,08/03/2024,", "thiếu don_vi"),
            ("khong so,x,y,z,n,01/03/2024,08/03/2024,", "không hợp lệ"),
            ("A-2,x,y,z,n,01/03/2024,08/03/2024,lý do,thừa", "có 9 cột, cần 8 cột"),
        ])
    func rejects(row: String, reason: String) throws {
        let table = try read(
            head + "\nA-1,x,y,z,n,01/03/2024,08/03/2024,\n" + row + "\nA-9,x,y,z,n,01/03/2024,08/03/2024,\n")
        #expect(table.cases.map(\.code) == ["A-1", "A-9"])
        #expect(table.rejects.map(\.line) == [3])
        #expect(table.rejects.first?.reason.contains(reason) == true, "\(table.rejects)")
        #expect(table.rejectsFile.contains(reason))
    }

    @Test(
        "a file that is cut off, empty, not UTF-8 or without its columns is refused whole",
        arguments: [
            "", "ma_ho_so,linh_vuc\nA-1,x\n",
            "ma_ho_so,ten_thu_tuc,linh_vuc,don_vi,nguoi_nop,ngay_tiep_nhan,ngay_hen_tra,ly_do_tre\nA-1,x,y,z,\"n",
            "ma_ho_so,ten_thu_tuc,linh_vuc,don_vi,nguoi_nop,ngay_tiep_nhan,ngay_hen_tra,ly_do_tre\nA-1,x,y,z,n,01/03",
        ])
    func refused(text: String) {
        #expect(throws: OfficeError.self) { try read(text) }
    }

    @Test("columns go by the office's own names, in any order, and a missing one is named by them")
    func ownNames() throws {
        let names = ["ma_ho_so": "Mã số hồ sơ", "ten_thu_tuc": "Thủ tục", "ngay_hen_tra": "Ngày hẹn trả kết quả"]
        let text = """
            Thủ tục;MÃ SỐ HỒ SƠ;linh_vuc;don_vi;ngay_tiep_nhan;Ngày hẹn trả kết quả;Ghi chú
            Đăng ký kết hôn;A-1;Hộ tịch;Phòng Tư pháp;01/03/2024;08/03/2024;x
            """
        let table = try Example.table(text, columns: names)
        #expect(table.cases.map(\.code) == ["A-1"])
        #expect(table.cases.first?.procedure == "Đăng ký kết hôn")
        let without = text.replacingOccurrences(of: "Thủ tục;", with: "Việc;")
        #expect {
            try Example.table(without, columns: names)
        } throws: { error in
            "\(error)".contains("Thiếu Thủ tục.")
        }
        let twice = text.replacingOccurrences(of: "Ghi chú", with: "ma_ho_so")
        #expect {
            try Example.table(twice, columns: names)
        } throws: { error in
            "\(error)".hasPrefix("các cột “MÃ SỐ HỒ SƠ”, “ma_ho_so” cùng có nghĩa ma_ho_so: ")
        }
        #expect {
            let profile = try String(contentsOf: Example.folder.appendingPathComponent("office.yaml"), encoding: .utf8)
            return try OfficeProfile.parse(profile + "\ncaseColumns: { ho_so: Mã }\n", path: "office.yaml")
        } throws: { error in
            "\(error)".contains("“caseColumns.ho_so” is no column")
        }
    }

    @Test("what is in no encoding that is known is refused by name")
    func latin() {
        let bytes = Array(head.utf8) + [0x0A, 0xC3, 0x28]
        #expect {
            try CaseFileTable(bytes)
        } throws: { error in
            "\(error)".contains("không phải UTF-8, cũng không chắc là Windows-1258 hay TCVN3 (ABC)")
        }
    }
}

@Suite struct CaseCodeTests {
    @Test("a code is its files' name, and two codes never have one file")
    func names() {
        #expect(CaseCode.fileName("000.00.19.H29-240104-0001") == "000.00.19.H29-240104-0001")
        let names = ["A/1", "A-1", "A:1"].map(CaseCode.fileName)
        #expect(Set(names).count == 3)
        #expect(names[0].hasPrefix("A-1-"))
    }
}
