import Foundation
import Testing

@testable import Office

/// What is said of a table as a whole, and of what is strange in its rows.
@Suite struct CaseImportNotesTests {
    private typealias Rows = CaseImportTests

    private func notes(_ rows: [String], head: String = Rows.head) throws -> [String] {
        told(try Rows.table(rows, head: head))
    }

    /// The notes, but for that of tables that do not say how files were handed in, as most here.
    private func told(_ table: CaseFileTable) -> [String] { table.notes.filter { !$0.contains("hinh_thuc") } }

    @Test("columns that Kịp does not know are named once; numbers of rows are none")
    func unknownColumns() throws {
        #expect(try notes([Rows.row()]) == [])
        #expect(
            try notes(["1;" + Rows.row() + ";x;y"], head: "STT;" + Rows.head + ";Ghi chú;Số CMND") == [
                "Kịp không biết cột “Ghi chú”, “Số CMND”: không đọc"
            ])
        // What Kịp has written beside rejected rows is its own.
        #expect(try notes([Rows.row() + ";2;x"], head: Rows.head + ";dong;ly_do_loi") == [])
    }

    @Test("a table without a day of a result says what that means")
    func noResults() throws {
        let head = Rows.head.replacingOccurrences(of: "ngay_co_ket_qua", with: "Ngày xong")
        let found = try notes([Rows.row()], head: head)
        #expect(found.count == 2)
        #expect(
            found.last?.hasPrefix("không có cột ngày có kết quả (ngay_co_ket_qua) hoặc ngày trả (ngay_tra)") == true)
    }

    @Test("of two columns of one meaning the surer is read, with a note; of two days none is guessed")
    func rivals() throws {
        let names = try Rows.table([Rows.row() + ";Bình"], head: Rows.head + ";Chủ hồ sơ")
        #expect(names.cases.map(\.applicant) == ["Lan"])
        #expect(
            told(names).first?.hasPrefix(
                "các cột “nguoi_nop”, “Chủ hồ sơ” cùng có nghĩa nguoi_nop: chỉ đọc “nguoi_nop”") == true)
        let own = try Rows.table(
            [Rows.row() + ";20/03/2024;21/03/2024"], head: Rows.head + ";Ngày trả kết quả;ngay_tra")
        #expect(own.cases.map(\.returnedOn) == [Example.day("2024-03-21")])
        #expect(told(own).count == 1)
        #expect {
            try Rows.table([Rows.row() + ";;"], head: Rows.head + ";Ngày trả;Ngày trả kết quả")
        } throws: { error in
            "\(error)".contains("“Ngày trả”, “Ngày trả kết quả” cùng có nghĩa ngay_tra")
        }
    }

    @Test("a header that stands again is passed over; another one of the same columns is read by, and told")
    func headers() throws {
        let turned = "ten_thu_tuc;ma_ho_so;linh_vuc;don_vi;nguoi_nop;ngay_hen_tra;ngay_tiep_nhan;ngay_co_ket_qua"
        let other = "Khai tử;A-3;Hộ tịch;Phòng Tư pháp;Lan;20/03/2024;13/03/2024;"
        let table = try Rows.table([Rows.row("A-1"), Rows.head, Rows.row("A-2"), turned, other])
        #expect(table.cases.map(\.code) == ["A-1", "A-2", "A-3"])
        #expect(table.cases.map(\.receivedOn) == [LocalDate](repeating: Example.day("2024-03-13"), count: 3))
        #expect(table.rejects == [])
        #expect(table.passedOver.map(\.line) == [3])
        #expect(told(table) == ["dòng 5 là tiêu đề mới: các dòng dưới đó được đọc theo tiêu đề này"])
        #expect {
            try Rows.table([Rows.row("A-1"), "STT;Lĩnh vực;Đơn vị;Người nộp;;;;", "1;Hộ tịch;Phòng Tư pháp;5;;;;"])
        } throws: { error in
            "\(error)".contains("dòng 3 là tiêu đề của một bảng khác")
        }
    }

    @Test("a running number is no code")
    func runningNumbers() throws {
        #expect(try notes((1...5).map { Rows.row("\($0)") }).first?.contains("có vẻ là số thứ tự") == true)
        #expect(try notes([Rows.row("20240001"), Rows.row("20240002")]) == [])
        #expect(try notes([Rows.row("5"), Rows.row("3")]) == [])
        #expect(try notes([Rows.row("5")]) == [])
    }

    @Test("telephone numbers have the zero again that a spreadsheet took away")
    func phones() throws {
        let head = Rows.head + ";dien_thoai"
        let numbers = ["903000001", "2838291234", "0903000001", "123456789", "+84903000001"]
        let table = try Rows.table(
            numbers.enumerated().map { Rows.row("A-\($0)") + ";" + $1 }, head: head)
        #expect(
            table.cases.map(\.phone) == ["0903000001", "02838291234", "0903000001", "123456789", "+84903000001"])
        #expect(told(table) == ["2 số điện thoại mất số 0 ở đầu, đã thêm lại"])
    }

    @Test("a code that bears another year than the day of receipt is warned of, unless most do")
    func years() throws {
        let table = try Rows.table([
            Rows.row("H29-230313-0001"), Rows.row("H29-240312-0002"), Rows.row("H29-991399-0003"),
        ])
        #expect(table.warnings.map(\.line) == [2])
        #expect(
            table.warnings.first?.text == "mã hồ sơ ghi ngày 13/03/2023, khác năm với ngày tiếp nhận; kiểm tra lại năm")
        #expect(try Rows.table((10...30).map { Rows.row("BN-0501\($0)-1") }).warnings == [])
    }

    @Test("cells that were escaped, or kept from Excel, are read as they were meant")
    func tidied() {
        #expect(CellTidying.text("=\"00123\"") == "00123")
        #expect(CellTidying.text("=\"Công ty \"\"ABC\"\"\"") == "Công ty \"ABC\"")
        #expect(CellTidying.text("=\"\"") == "")
        #expect(CellTidying.text("=A1&\"x\"") == "=A1&\"x\"")
        #expect(CellTidying.text("Nguy&#7877;n &amp; Co") == "Nguyễn & Co")
        #expect(CellTidying.text("A & B; C&D") == "A & B; C&D")
        #expect(CellTidying.text("12 Lê Lợi\r\nQuận\u{07}\t1") == "12 Lê Lợi\nQuận 1")
        #expect(CitizenTexts.oneLine("Công ty\nABC") == "Công ty ABC")
    }

    @Test("an error of a spreadsheet is no value, and no nothing")
    func errors() throws {
        for error in ["#REF!", "#NAME?", "#N/A", "#VALUE!", "#DIV/0!", "######", "#n/a"] {
            let table = try Rows.table([
                Rows.row("A-1", name: error), Rows.row("A-2", resolved: error), Rows.row("A-3"),
            ])
            #expect(table.cases.map(\.code) == ["A-3"], "\(error)")
            #expect(table.rejects.map(\.line) == [2, 3])
            #expect(table.rejects.first?.reason.contains("nhập lại") == true)
        }
        #expect(try Rows.table([Rows.row("=B2"), Rows.row("A-2")]).rejects.first?.reason.contains("công thức") == true)
        // Of a column that is not read nothing is asked.
        #expect(try Rows.table([Rows.row("A-1") + ";#REF!"], head: Rows.head + ";x").rejects == [])
        #expect(try Rows.table([Rows.row("A-1", name: "#1 Lan")]).rejects == [])
    }

    @Test("names and texts that lost letters are refused; questions are not")
    func lostLetters() throws {
        for name in ["Nguy?n V?n A", "?ng Văn A", "Võ V?", "Nguy\u{FFFD}n", "0", "123"] {
            #expect(
                try Rows.table([Rows.row("A-1", name: name), Rows.row("A-2")]).rejects.map(\.line) == [2], "\(name)")
        }
        let head = Rows.head + ";ly_do_tre"
        #expect(try Rows.table([Rows.row() + ";Chờ xác minh? Có."], head: head).rejects == [])
        #expect(
            try Rows.table([Rows.row("A-1") + ";Ch? x?c minh", Rows.row("A-2") + ";"], head: head).rejects.map(\.line)
                == [2])
    }

    @Test(
        "official names of channels are known, also after the words that stand before them",
        arguments: [
            ("Nộp qua Cổng Dịch vụ công quốc gia", CaseFile.Channel.online), ("Qua VNeID", .online),
            ("Trực tuyến toàn trình", .online), ("Trực tuyến một phần", .online),
            ("Dịch vụ công trực tuyến một phần", .online), ("Tiếp nhận trực tuyến", .online),
            ("Tiếp nhận trực tiếp", .inPerson), ("Nộp hồ sơ trực tiếp", .inPerson),
            ("Tại Bộ phận Một cửa", .inPerson), ("Tại Bộ phận Tiếp nhận và Trả kết quả", .inPerson),
            ("Tại Trung tâm Phục vụ hành chính công", .inPerson), ("Qua bưu điện", .post),
            ("Nộp qua dịch vụ bưu chính công ích (BCCI)", .post), ("Tiếp nhận qua bưu chính", .post),
        ])
    func channels(name: String, channel: CaseFile.Channel) throws {
        var reader = CaseValueReader(CaseImportRules())
        #expect(reader.channel(name) == channel)
        #expect(reader.channel("Qua loa phường") == nil)
    }

    @Test(
        "usual names of states are known",
        arguments: [
            ("Công dân rút hồ sơ", ReportedState.withdrawn), ("Từ chối giải quyết", .declined),
            ("Trả lại hồ sơ", .declined), ("Từ chối tiếp nhận", .refused), ("Đã trả kết quả", .returned),
            ("Hồ sơ đã trả kết quả", .returned), ("Chờ bổ sung", .awaitingPapers),
            ("Chờ công dân bổ sung hồ sơ", .awaitingPapers), ("Đã bổ sung", .processing), ("Chờ ký duyệt", .processing),
            ("Chờ thực hiện nghĩa vụ tài chính", .awaitingPayment), ("Tạm dừng giải quyết", .stopped),
            ("Đang giải quyết quá hạn", .judged), ("Đã xử lý xong, chờ trả kết quả", .resolved),
        ])
    func states(name: String, state: ReportedState) {
        var reader = CaseValueReader(CaseImportRules())
        #expect(reader.state(name) == state)
    }

    @Test("a file that was declined has a day on which it was")
    func declined() throws {
        let head = Rows.head + ";trang_thai"
        let table = try Rows.table(
            [Rows.row("A-1") + ";Từ chối giải quyết", Rows.row("A-2", resolved: "15/03/2024") + ";Từ chối giải quyết"],
            head: head)
        #expect(table.cases.map(\.code) == ["A-2"])
        #expect(table.rejects.first?.reason.contains("thiếu ngày từ chối") == true)
    }

    @Test("words in parentheses that make another day of a column's name are not passed over; a form of writing is")
    func parentheses() throws {
        for (name, column) in [
            ("Ngày có kết quả (dự kiến)", "ngay_co_ket_qua"), ("Ngày hẹn trả (lần 2)", "ngay_hen_tra"),
        ] {
            let head = Rows.head.replacing(column, with: name)
            let read = try? Rows.table([Rows.row(resolved: "19/03/2024")], head: head)
            #expect(read?.cases.first?.resolvedOn == nil, "\(name)")
            if let read { #expect(told(read).first?.contains("“\(name)”") == true, "\(read.notes)") }
        }
        let head = Rows.head.replacing("ngay_hen_tra", with: "Ngày hẹn trả (dd/MM/yyyy) (*)")
        #expect(try Rows.table([Rows.row()], head: head).cases.first?.promisedOn == Example.day("2024-03-20"))
    }

    @Test(
        "a code with Excel's mark of a text, or with signs around it, is the same; one of look-alike letters is refused"
    )
    func bareCodes() throws {
        let code = "000.00.03.H29-240313-0905"
        for text in [
            "'\(code)", "\(code).", "(\(code))", "#\(code);".replacing(";", with: ""), "\(code)*", "’\(code)’",
        ] {
            #expect(try Rows.table([Rows.row(text)]).cases.map(\.code) == [code], "\(text)")
        }
        let cyrillic = try Rows.table([Rows.row(code.replacing("H", with: "Н")), Rows.row("A-2")])
        #expect(cyrillic.cases.map(\.code) == ["A-2"])
        #expect(cyrillic.rejects.first?.reason.contains("không phải chữ cái La-tinh") == true)
    }

    @Test("a day of receipt that is the code's with day and month exchanged is refused with its row")
    func turnedDays() throws {
        let table = try Rows.table([
            Rows.row("H29-240304-0001", received: "03/04/2024", promised: "03/08/2024"),
            Rows.row("H29-240313-0002"), Rows.row("H29-240303-0003", received: "03/03/2024"),
        ])
        #expect(table.cases.map(\.code) == ["H29-240313-0002", "H29-240303-0003"])
        #expect(table.rejects.first?.reason.contains("bị đổi chỗ ngày và tháng: mã hồ sơ ghi ngày 04/03/2024") == true)
    }

    @Test("names in fonts of before Unicode are refused; names of Vietnamese and of foreigners are not")
    func oldFonts() throws {
        for name in ["Nguyeãn Vaên An", "NguyÔn V¨n An", "Nguy_n V_n An", "Leâ Lôïi"] {
            let table = try Rows.table([Rows.row(name: name), Rows.row("A-2")])
            #expect(table.cases.map(\.code) == ["A-2"], "\(name)")
            #expect(table.rejects.first?.reason.contains("bảng mã cũ") == true, "\(name)")
        }
        for name in [
            "Nguyễn Văn Hoá", "Lê Quý Đôn", "Trương Thị Thuỳ Trâm", "Hoàng Oanh", "Jürgen Müller", "André Noël",
            "Søren Ærø",
            "Đào Duy Khoát", "Nguyễn Khuyến", "Huỳnh Quốc Huy", "Võ Thị Hoè", "José Peña", "Công ty A&B · Sài Gòn",
            "Trần Toàn",
            "Lò Thị Huê", "Vũ Luân", "Bùi Xoăn", "Ngoài", "Phạm Loan", "Hồ Khoẻ", "Đỗ Xoè", "Mai Oải",
        ] {
            #expect(!CitizenTexts.isOfOldFont(name), "\(name)")
        }
    }

    @Test("letters of two bytes that were encoded twice are mended as those of three are")
    func shortMojibake() throws {
        for (broken, name) in [("LÃª VÄƒn TÃ¡m", "Lê Văn Tám"), ("VÃµ VÄƒn Ãšt", "Võ Văn Út"), ("LÃ½ BÃ¡", "Lý Bá")] {
            #expect(try Rows.table([Rows.row(name: broken)]).cases.map(\.applicant) == [name])
        }
        #expect(try Rows.table([Rows.row(name: "JOÃO ÃNGELO")]).cases.map(\.applicant) == ["JOÃO ÃNGELO"])
    }

    @Test("rows that do not say how a file was handed in are counted")
    func channels() throws {
        #expect(
            try Rows.table([Rows.row(), Rows.row("A-2")]).notes == [
                "2 dòng không ghi hình thức nộp (hinh_thuc): tính là trực tiếp"
            ])
        let table = try Rows.table(
            [Rows.row() + ";trực tuyến", Rows.row("A-2") + ";-"], head: Rows.head + ";hinh_thuc")
        #expect(table.notes == ["1 dòng không ghi hình thức nộp (hinh_thuc): tính là trực tiếp"])
    }
}
