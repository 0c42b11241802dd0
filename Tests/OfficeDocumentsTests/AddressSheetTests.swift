import OfficeDocuments
import Testing

/// The page for the window of an envelope.
@Suite struct AddressSheetTests {
    private func sheet(_ address: String) throws -> [UInt8] {
        try AddressSheet(
            sender: ["Ủy ban nhân dân Quận 1", "47 Lê Duẩn, Quận 1"], recipient: "Bà Nguyễn Thị Lan", address: address,
            phone: "0903 000 000", reference: "Thư số 07/PXL-UBND, hồ sơ 000.00.19.H29-240104-0001.",
            date: DocumentDate(year: 2024, month: 3, day: 29)
        ).render()
    }

    /// The words in a rectangle of the page, in millimetres from its top left corner.
    private func words(_ bytes: [UInt8], top: Int, bottom: Int) throws -> String {
        let points = { (millimetres: Int) in "\(millimetres * 72 * 10 / 254)" }
        let text = try Poppler.run(
            "pdftotext",
            [
                "-x", points(20), "-y", points(top), "-W", points(85), "-H", points(bottom - top), "-layout", "%", "-",
            ], bytes)
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test(
        "the address stands in the window, however long it is",
        arguments: [
            "12 Tôn Thất Đạm, Phường Bến Nghé, Quận 1",
            "Căn hộ 12.08, tầng 12, khối A2, chung cư Vạn Đô, hẻm 348/15/7 đường Bến Vân Đồn, khu phố 3, tổ dân phố 27, "
                + "Phường Nguyễn Thái Bình, Quận 1, Thành phố Hồ Chí Minh",
        ])
    func window(address: String) throws {
        let page = try sheet(address)
        #expect(try Poppler.pages(page) == 1)
        #expect(
            try words(page, top: 45, bottom: 90)
                == "Người gửi: Ủy ban nhân dân Quận 1, 47 Lê Duẩn, Quận 1 Kính gửi: Bà Nguyễn Thị Lan \(address) "
                + "Điện thoại: 0903 000 000")
        #expect(try Poppler.words(page).contains("Thư số 07/PXL-UBND, hồ sơ 000.00.19.H29-240104-0001."))
        #expect(try sheet(address) == page)
    }
}
