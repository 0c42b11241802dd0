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
        applicant: String = "Nguyễn Thị Lan", reason: String = "chờ ý kiến phối hợp của đơn vị liên quan",
        resolvedOn: String? = nil, number: Int? = 7, isOrganisation: Bool = false
    ) -> ApologyLetterForm {
        ApologyLetterForm(
            superiorAgency: "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", agency: "ỦY BAN NHÂN DÂN QUẬN 1",
            agencyInText: "Ủy ban nhân dân Quận 1", number: number, symbol: "PXL-UBND", place: "Quận 1",
            date: DocumentDate(year: 2024, month: 2, day: 5), applicant: applicant,
            isOrganisation: isOrganisation, address: "12 Lê Lợi, Phường Bến Nghé, Quận 1",
            code: "000.00.01.H29-240104-0001",
            procedure: "Cấp giấy phép xây dựng nhà ở riêng lẻ", field: "Xây dựng", unit: "Phòng Quản lý đô thị",
            receivedOn: "04/01/2024", promisedOn: "25/01/2024", resolvedOn: resolvedOn, reason: reason,
            newPromise: resolvedOn == nil ? DocumentDate(year: 2024, month: 2, day: 20) : nil,
            desk: "Bộ phận Tiếp nhận và Trả kết quả, 47 Lê Duẩn", phone: "028 3000 0000",
            legalBasis: "Điều 19 Nghị định số 61/2018/NĐ-CP", signerAuthority: ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
            signerName: "")
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
            PDFRenderer.render(Self.form(applicant: "Công ty TNHH An Bình", isOrganisation: true).document))
        #expect(words.contains("Kính gửi: Công ty TNHH An Bình"))
        #expect(!words.contains("Ông/Bà"))
    }

    @Test("every letter is of one embedded family, whatever Vietnamese it holds")
    func fonts() throws {
        let all = "ằẳẵặ ầẩẫậ ềểễệ ồổỗộ ờởỡợ ừửữự ỳỷỹỵ ĐÐ ẰẲẴẶ ẦẨẪẬ ỀỂỄỆ ỒỔỖỘ ỜỞỠỢ ỪỬỮỰ"
        let bytes = try PDFRenderer.render(Self.form(applicant: "Nguyễn Ỷ Quỹ", reason: all).document, pages: 1)
        #expect(try Poppler.families(bytes).count == 1)
        let rows = try Poppler.fonts(bytes)
        // emb, sub and uni, the last three words before the object's id.
        #expect(rows.allSatisfy { $0.split(separator: " ").suffix(5).prefix(3).allSatisfy { $0 == "yes" } }, "\(rows)")
        #expect(try Poppler.words(bytes).contains("ỪỬỮỰ"))
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
