import CPangoCairo
import Testing

@testable import OfficeDocuments

extension ApologyLetterForm {
    /// In Kịp's own words.
    var document: OfficialDocument {
        get throws { try document(LetterTemplates { (_) throws(DocumentError) in nil }) }
    }
}

@Suite struct LetterTests {
    static func form(
        addressee: String = "Ông/Bà Nguyễn Thị Lan", reason: String = "chờ ý kiến phối hợp của đơn vị liên quan",
        resolvedOn: String? = nil, number: Int? = 7, you: String = "Ông/Bà"
    ) -> ApologyLetterForm {
        ApologyLetterForm(
            superiorAgency: "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", agency: "ỦY BAN NHÂN DÂN QUẬN 1",
            agencyInText: "Ủy ban nhân dân Quận 1", number: number, symbol: "PXL-UBND", place: "Quận 1",
            date: DocumentDate(year: 2024, month: 2, day: 5), addressee: addressee,
            you: you, address: "12 Lê Lợi, Phường Bến Nghé, Quận 1",
            code: "000.00.01.H29-240104-0001",
            procedure: "Cấp giấy phép xây dựng nhà ở riêng lẻ", field: "Xây dựng", unit: "Phòng Quản lý đô thị",
            receivedOn: "04/01/2024", promisedOn: "25/01/2024", resolvedOn: resolvedOn, reason: reason,
            newPromise: resolvedOn == nil ? DocumentDate(year: 2024, month: 2, day: 20) : nil,
            desk: "Bộ phận Tiếp nhận và Trả kết quả, 47 Lê Duẩn", phone: "028 3000 0000",
            deskRecipient: "Bộ phận Tiếp nhận và Trả kết quả", legalBasis: "Điều 19 Nghị định số 61/2018/NĐ-CP",
            title: resolvedOn == nil ? "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ" : "PHIẾU XIN LỖI",
            newDayLabel: "Hẹn lại ngày trả kết quả", signerAuthority: ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
            signerName: "")
    }

    @Test("streams are compressed at the fastest level with a small window, which saves a seventh of a letter's time")
    func compression() throws {
        let bytes = try PDFRenderer.render(Self.form().document, pages: 1)
        let mark = Array("/FlateDecode".utf8)
        var headers: Set<[UInt8]> = []
        var count = 0
        for start in bytes.indices.dropLast(mark.count) where bytes[start..<start + mark.count].elementsEqual(mark) {
            let begin = Array("stream\n".utf8)
            guard let place = bytes[start...].firstRange(of: begin) else { continue }
            headers.insert(Array(bytes[place.upperBound..<place.upperBound + 2]))
            count += 1
        }
        #expect(count > 10)
        // RFC 1950: deflate with a window of 8 KiB, fastest.
        #expect(headers == [[0x58, 0x09]])
    }

    @Test("a letter holds what Decision 5157/QĐ-UBND asks for, on one page")
    func content() throws {
        let bytes = try PDFRenderer.render(Self.form().document, pages: 1)
        #expect(try Poppler.pages(bytes) == 1)
        let words = try Poppler.words(bytes)
        for fact in [
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 07/PXL-UBND",
            "Quận 1, ngày 05 tháng 02 năm 2024", "PHIẾU XIN LỖI VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ", "Nguyễn Thị Lan",
            "Cấp giấy phép xây dựng nhà ở riêng lẻ", "000.00.01.H29-240104-0001",
            "chờ ý kiến phối hợp của đơn vị liên quan", "ngày 20 tháng 02 năm 2024", "xin lỗi Ông/Bà", "KT. CHỦ TỊCH",
            "Nơi nhận:", "25/01/2024",
        ] {
            #expect(words.contains(fact), "\(fact) is not in: \(words)")
        }
    }

    @Test("a result that is there has no new date")
    func resolved() throws {
        let words = try Poppler.words(PDFRenderer.render(Self.form(resolvedOn: "30/01/2024").document, pages: 1))
        #expect(words.contains("đã có kết quả ngày 30/01/2024"))
        #expect(!words.contains("Hẹn lại ngày trả kết quả: ngày"))
        #expect(!words.contains("HẸN LẠI NGÀY TRẢ KẾT QUẢ"))
        var returned = Self.form(resolvedOn: "30/01/2024")
        returned.returnedOn = "31/01/2024"
        let after = try Poppler.words(PDFRenderer.render(returned.document, pages: 1))
        #expect(after.contains("Kết quả đã được trả ngày 31/01/2024.") && !after.contains("Kết quả được trả tại"))
    }

    @Test("an organisation is not called a person")
    func organisation() throws {
        let words = try Poppler.words(
            PDFRenderer.render(Self.form(addressee: "Công ty TNHH An Bình", you: "Quý tổ chức").document))
        #expect(words.contains("Kính gửi: Công ty TNHH An Bình"))
        #expect(!words.contains("Ông/Bà"))
    }

    @Test("every letter is of one embedded family, whatever Vietnamese it holds")
    func fonts() throws {
        let all = "ằẳẵặ ầẩẫậ ềểễệ ồổỗộ ờởỡợ ừửữự ỳỷỹỵ ĐÐ ẰẲẴẶ ẦẨẪẬ ỀỂỄỆ ỒỔỖỘ ỜỞỠỢ ỪỬỮỰ"
        let bytes = try PDFRenderer.render(Self.form(addressee: "Ông/Bà Nguyễn Ỷ Quỹ", reason: all).document, pages: 1)
        #expect(try Poppler.families(bytes).count == 1)
        let rows = try Poppler.fonts(bytes)
        // emb, sub and uni, the last three words before the object's id.
        #expect(rows.allSatisfy { $0.split(separator: " ").suffix(5).prefix(3).allSatisfy { $0 == "yes" } }, "\(rows)")
        #expect(try Poppler.words(bytes).contains("ỪỬỮỰ"))
    }

    @Test("a name that the family has no letters for is drawn by another, embedded, and makes no line higher")
    func fallback() throws {
        for name in ["Công ty TNHH 山田製作所 Việt Nam", "Ông/Bà 王小明", "Bà 김영희"] {
            let bytes = try PDFRenderer.render(Self.form(addressee: name).document, pages: 1)
            let words = try Poppler.words(bytes)
            #expect(words.contains("Kính gửi: \(name)"), "\(words)")
            #expect(try Poppler.families(bytes).count == 2)
            let rows = try Poppler.fonts(bytes)
            #expect(
                rows.allSatisfy { $0.split(separator: " ").suffix(5).prefix(3).allSatisfy { $0 == "yes" } }, "\(rows)")
        }
        let setter = try WordMeasure().setter
        let style = TextStyle(size: 13)
        let plain = setter.set("Kính gửi", style)
        let foreign = setter.set("Kính gửi 王小明", style)
        var heights: [Double] = []
        for layout in [plain.layout, foreign.layout] {
            var height: gint = 0
            pango_layout_get_size(layout, nil, &height)
            heights.append(Double(height) / Double(PANGO_SCALE))
        }
        #expect(abs(heights[0] - heights[1]) < 0.05, "\(heights)")
        #expect(foreign.lineCount == 1 && plain.lineCount == 1)
    }

    @Test("what no font can draw, or what turns a line around, is known before a letter is numbered")
    func undrawable() throws {
        func found(_ text: String) throws -> [String] {
            try DocumentText.undrawable(in: text).map { String($0.value, radix: 16, uppercase: true) }
        }
        for text in [
            "Nguyễn Thị Lan", "Nguye\u{302}\u{303}n Thi\u{323} Lan", "“Công ty” – 山田, 김영희, Иван, Ελένη",
            "a\nb\tc\u{a0}\u{200b}d",
        ] {
            #expect(try found(text) == [], "\(text)")
        }
        #expect(try found("An \u{202e}nệihT\u{202c} \u{1f600}\u{1f600}") == ["202E", "202C", "1F600"])
        #expect(try found("محمد").count == 3)
        // What turns a line around is left out where it is set all the same, as in a preview.
        let words = try Poppler.words(PDFRenderer.render(Self.form(addressee: "Bà \u{202e}An").document))
        #expect(words.contains("Kính gửi: Bà An"))
    }

    @Test("a long letter is set more tightly and stays on one page; one that cannot is refused")
    func length() throws {
        let long = String(repeating: "hồ sơ cần xác minh thực địa bổ sung theo ý kiến của nhiều cơ quan, ", count: 8)
        #expect(try Poppler.pages(PDFRenderer.render(Self.form(reason: long).document, pages: 1)) == 1)
        let endless = String(repeating: long, count: 8)
        #expect(throws: DocumentError.self) { try PDFRenderer.render(Self.form(reason: endless).document, pages: 1) }
    }

    @Test("the same letter is the same bytes")
    func bytes() throws {
        #expect(try PDFRenderer.render(Self.form().document) == PDFRenderer.render(Self.form().document))
    }

    @Test("what looks like markup is text")
    func markup() throws {
        let words = try Poppler.words(PDFRenderer.render(Self.form(reason: "A & B <b>C</b> %s").document, pages: 1))
        #expect(words.contains("A & B <b>C</b> %s"))
    }
}

@Suite struct TitleTests {
    @Test("a title breaks between words, not between the syllables of one")
    func bound() {
        let title =
            "Kết quả giải quyết thủ tục hành chính và thực hiện chỉ tiêu quý I năm 2024 của Ủy ban nhân dân Quận 1"
        #expect(
            TitleWords.bound(title).split(separator: " ").map { $0.replacing("\u{a0}", with: " ") } == [
                "Kết quả", "giải quyết", "thủ tục hành chính", "và", "thực hiện", "chỉ tiêu", "quý I", "năm 2024",
                "của",
                "Ủy ban nhân dân", "Quận 1",
            ])
        #expect(
            TitleWords.bound("V/v đôn đốc thực hiện nhiệm vụ theo Kế hoạch số 04/KH-UBND").split(separator: " ").count
                == 7)
        #expect(TitleWords.bound("BIÊN BẢN\nKIỂM TRA, HỒ SƠ") == "BIÊN\u{a0}BẢN\nKIỂM\u{a0}TRA, HỒ\u{a0}SƠ")
        #expect(
            TitleWords.bound("Việc của Phường Nguyễn Thái Bình").split(separator: " ").map(String.init) == [
                "Việc", "của", "Phường\u{a0}Nguyễn\u{a0}Thái\u{a0}Bình",
            ])
    }

    @Test("each line of a report's titles ends with a word, in the page and in Word", arguments: [0.35, 0.5, 0.75])
    func lines(share: Double) throws {
        let setter = try WordMeasure().setter
        let title = "KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH VÀ THỰC HIỆN CHỈ TIÊU CẢI CÁCH HÀNH CHÍNH QUÝ I NĂM 2024"
        let text = setter.set(
            TitleWords.bound(title), TextStyle(size: 14, bold: true), width: Paper.portrait.textWidth * share)
        let bound = Array(TitleWords.bound(title).unicodeScalars)
        let starts = text.lines.map { Int($0.pointer.pointee.start_index) }
        #expect(starts.count > 1)
        for start in starts.dropFirst() {
            let before = String(decoding: Array(title.utf8)[..<start], as: UTF8.self).unicodeScalars.count
            #expect(bound[before - 1] == " ", "\(String(String.UnicodeScalarView(bound[..<before])))")
        }
    }

    @Test("an annex says what it belongs to: type, number, day and agency")
    func annex() throws {
        var document = try LetterTests.form().document
        (document.type, document.number, document.agencyInText) = ("BÁO CÁO", 12, "Ủy ban nhân dân Quận 1")
        document.appendices = [
            .init(title: "KẾT QUẢ CỦA TỪNG ĐƠN VỊ", body: [.paragraph([Run("a")])]),
            .init(title: "BIỂU", reference: "Biểu số 1", body: [.paragraph([Run("b")])]),
        ]
        let line = "(Kèm theo Báo cáo số 12/BC-UBND ngày 05 tháng 02 năm 2024 của Ủy ban nhân dân Quận 1)"
        document.symbol = "BC-UBND"
        let words = try Poppler.words(PDFRenderer.render(document))
        #expect(words.components(separatedBy: line).count == 3, "\(words)")
        #expect(words.contains("\(line) (Biểu số 1)"))
        #expect(document.references(document.appendices[1]) == [line, "(Biểu số 1)"])
        document.type = .officialLetter
        document.agencyInText = ""
        #expect(document.attachment == "(Kèm theo Công văn số 12/BC-UBND ngày 05 tháng 02 năm 2024)")
    }

    @Test("a dunning letter cites its plans with their days, and asks nobody to report to itself")
    func dunning() throws {
        func words(_ plans: [DunningLetterForm.Plan], isContact: Bool = false) throws -> String {
            let form = DunningLetterForm(
                superiorAgency: "", agency: "ỦY BAN NHÂN DÂN QUẬN 1", agencyInText: "Ủy ban nhân dân Quận 1",
                symbol: "UBND-NV", place: "Quận 1", date: DocumentDate(year: 2024, month: 4, day: 8),
                unit: "Phòng Nội vụ",
                plans: plans, tasks: [.init(code: "1.4", title: "Việc", due: "31/3/2024", overdue: "6")],
                newDeadline: DocumentDate(year: 2024, month: 4, day: 15), contact: "Phòng Nội vụ Quận 1",
                isContact: isContact,
                signerAuthority: ["CHỦ TỊCH"], signerName: "", recipients: ["Như trên;", "Lưu: VT."])
            return try Poppler.words(PDFRenderer.render(form.document(number: 3)))
        }
        let (mine, city) = ("Ủy ban nhân dân Quận 1", "Ủy ban nhân dân Thành phố")
        let january = DocumentDate(year: 2024, month: 1, day: 4)
        let one = DunningLetterForm.Plan(number: "04/KH-UBND", date: january, agency: mine)
        #expect(
            try words([one]).contains(
                "Thực hiện Kế hoạch số 04/KH-UBND ngày 04 tháng 01 năm 2024 của \(mine), qua theo dõi"))
        let other = DunningLetterForm.Plan(number: "9/KH-UBND", date: january, agency: city)
        #expect(
            try words([one, other]).contains(
                "của \(mine), Kế hoạch số 9/KH-UBND ngày 04 tháng 01 năm 2024 của \(city), qua"))
        #expect(try words([one]).contains("Báo cáo gửi về Phòng Nội vụ Quận 1 để tổng hợp"))
        let own = try words([one], isContact: true)
        #expect(own.contains("Báo cáo gửi trực tiếp lãnh đạo \(mine)./.") && !own.contains("gửi về"))
    }
}

@Suite struct ReportLayoutTests {
    private func report(rows: Int) throws -> OfficialDocument {
        var document = try LetterTests.form().document
        document.type = "BÁO CÁO"
        document.addressees = []
        let cells: [[String]] = (1...rows).map { ["\($0)", "Lĩnh vực số \($0)", "98,5%"] }
        let table = Block.Table(
            widths: [1, 5, 2], head: ["STT", "Lĩnh vực", "Tỷ lệ"], rows: cells, leftColumns: [1])
        let bars = (1...12).map(bar)
        let chart = Block.Chart(caption: "Biểu đồ", bars: bars)
        document.body = [.heading("I. KẾT QUẢ"), .table(table), .chart(chart)]
        return document
    }

    private func bar(_ number: Int) -> Block.Chart.Bar {
        let value = number == 3 ? nil : Double(90 + number % 10)
        let text = value.map { "\(Int($0))%" } ?? "Không phát sinh"
        return Block.Chart.Bar(
            label: "Lĩnh vực \(number)", value: value, valueText: text, target: 95, isMet: number.isMultiple(of: 2))
    }

    @Test("a table that goes over pages repeats its head, and pages after the first are numbered")
    func pages() throws {
        let bytes = try PDFRenderer.render(report(rows: 90))
        let pages = try Poppler.pages(bytes)
        #expect(pages >= 3)
        let text = try Poppler.text(bytes).split(separator: "\u{0C}").map(String.init)
        let heads = text.filter { $0.contains("STT") }.count
        #expect(heads >= 2)
        for page in 2...pages {
            let first = text[page - 1].split(separator: "\n").first?.trimmingCharacters(in: .whitespaces)
            #expect(first == "\(page)")
        }
        let words = try Poppler.words(bytes)
        for row in 1...90 { #expect(words.contains("Lĩnh vực số \(row) 98,5%"), "row \(row)") }
        #expect(words.contains("Biểu đồ"))
        #expect(try Poppler.families(bytes).count == 1)
    }

    @Test("days under ten and the months 1 and 2 have a zero before them, others not")
    func dates() {
        #expect(DocumentDate(year: 2024, month: 1, day: 4).text == "ngày 04 tháng 01 năm 2024")
        #expect(DocumentDate(year: 2024, month: 3, day: 29).text == "ngày 29 tháng 3 năm 2024")
        #expect(DocumentDate(year: 2024, month: 12, day: 9).text == "ngày 09 tháng 12 năm 2024")
    }
}
