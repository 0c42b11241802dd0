import Testing

@testable import OfficeDocuments

@Suite struct LineTests {
    @Test(
        "an agency's name breaks before the name of its place, where it is told to, else in the middle",
        arguments: [
            ("ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH", ["ỦY BAN NHÂN DÂN", "THÀNH PHỐ HỒ CHÍ MINH"]),
            ("ỦY BAN NHÂN DÂN QUẬN 1", ["ỦY BAN NHÂN DÂN QUẬN 1"]),
            ("ỦY BAN NHÂN DÂN THỊ XÃ TÂN UYÊN TỈNH", ["ỦY BAN NHÂN DÂN", "THỊ XÃ TÂN UYÊN TỈNH"]),
            ("ỦY BAN\nNHÂN DÂN", ["ỦY BAN", "NHÂN DÂN"]),
            ("CHI NHÁNH VĂN PHÒNG ĐĂNG KÝ ĐẤT ĐAI", ["CHI NHÁNH VĂN PHÒNG", "ĐĂNG KÝ ĐẤT ĐAI"]),
            ("", [""]),
        ] as [(String, [String])])
    func agencies(name: String, lines: [String]) {
        #expect(AgencyLines.lines(name, limit: 24) { Double($0.count) } == lines)
    }

    @Test(
        "an address breaks between its parts, and not within the name of a place; a part that is no place breaks anywhere",
        arguments: [
            (
                "157 Lê Duẩn, phường Sài Gòn, Thành phố Hồ Chí Minh",
                "157 Lê Duẩn, phường_Sài_Gòn, Thành_phố_Hồ_Chí_Minh"
            ),
            ("12 Tôn Thất Đạm, Phường 7, Quận 1", "12 Tôn Thất Đạm, Phường_7, Quận_1"),
            ("Chung cư Quận Đông, xã Một,", "Chung cư Quận Đông, xã_Một,"),
            // Too long for a line, perhaps: it may break.
            ("phường Một Hai Ba Bốn Năm Sáu Bảy Tám", "phường Một Hai Ba Bốn Năm Sáu Bảy Tám"), ("", ""),
        ])
    func addresses(address: String, bound: String) {
        #expect(AgencyLines.bound(address: address) == bound.replacing("_", with: "\u{a0}"))
    }

    @Test("one addressee stands on the line of “Kính gửi:”, its address beneath")
    func oneAddressee() throws {
        var document = Sample.officialLetter
        document.addressees = [.init("Bà Trần Thị B", details: ["Địa chỉ: 12 Lê Lợi"])]
        let page = try PageReader(PDFRenderer.render(document))
        let (first, second) = try (page.line("Kính gửi: Bà Trần Thị B"), page.line("Địa chỉ: 12 Lê Lợi"))
        #expect(second.top > first.top && abs(first.centre - second.centre) < 1)
    }

    @Test("grounds get the signs that they lack, and no second one")
    func grounds() {
        #expect(Block.punctuated(["A", "B;", "C; "]) == ["A;", "B;", "C."])
    }

    @Test("appendices have Roman numbers where there are several")
    func appendixNames() {
        var document = Sample.report
        #expect(document.appendixName(0) == "Phụ lục")
        document.appendices = Array(repeating: document.appendices[0], count: 14)
        #expect([0, 3, 8, 13].map(document.appendixName) == ["Phụ lục I", "Phụ lục IV", "Phụ lục IX", "Phụ lục XIV"])
    }
}
