/// A named style of a paragraph: what an office finds in Word's list, and changes there for the whole document.
struct WordStyle: Sendable {
    var id: String
    var name: String
    var size: Double? = nil
    var bold = false
    var italic = false
    /// `left`, `center`, `right` or `both`.
    var alignment = "left"
    var before = 0.0
    var after = 0.0
    /// Of the first line; under nought = of all lines but the first.
    var indent = 0.0
    /// From line to line, as a factor.
    var lineSpacing = 1.0
    var keepsWithNext = false
    /// Its level in the outline, from 0.
    var outline: Int? = nil

    static let nation = WordStyle(
        id: "QuocHieu", name: "Quốc hiệu", size: Measures.nation, bold: true, alignment: "center")
    static let motto = WordStyle(
        id: "TieuNgu", name: "Tiêu ngữ", size: Measures.motto, bold: true, alignment: "center")
    static let superiorAgency = WordStyle(
        id: "CoQuanChuQuan", name: "Cơ quan chủ quản", size: Measures.agency, alignment: "center")
    static let agency = WordStyle(
        id: "CoQuanBanHanh", name: "Cơ quan ban hành", size: Measures.agency, bold: true, alignment: "center")
    static let rule = WordStyle(id: "DuongKe", name: "Đường kẻ", size: 1, alignment: "center")
    static let number = WordStyle(
        id: "SoKyHieu", name: "Số, ký hiệu", size: Measures.number, alignment: "center")
    static let date = WordStyle(
        id: "DiaDanhNgayThang", name: "Địa danh, ngày tháng năm", size: Measures.date, italic: true,
        alignment: "center")
    static let letterSubject = WordStyle(
        id: "TrichYeuCongVan", name: "Trích yếu công văn", size: Measures.letterSubject, alignment: "center",
        before: Measures.letterSubjectGap)
    static let type = WordStyle(
        id: "TenLoai", name: "Tên loại", size: Measures.type, bold: true, alignment: "center",
        before: Measures.titleGap, keepsWithNext: true)
    static let subject = WordStyle(
        id: "TrichYeu", name: "Trích yếu", size: Measures.subject, bold: true, alignment: "center",
        keepsWithNext: true)
    static let recipientsHead = WordStyle(
        id: "NoiNhan", name: "Nơi nhận", size: Measures.recipientsHead, bold: true, italic: true,
        before: Measures.endGap)
    static let recipients = WordStyle(
        id: "DanhSachNoiNhan", name: "Danh sách nơi nhận", size: Measures.recipients, indent: -5.5)
    static let caption = WordStyle(
        id: "Caption", name: "caption", size: Measures.caption, alignment: "center", before: 3, after: 3)
    static let figure = WordStyle(
        id: "Hinh", name: "Hình", alignment: "center", before: Measures.blockGap, keepsWithNext: true)
    static let cell = WordStyle(id: "OBang", name: "Ô bảng", size: Measures.table)
    static let headCell = WordStyle(
        id: "DauBang", name: "Đầu bảng", size: Measures.table, bold: true, alignment: "center")
    static let pageNumber = WordStyle(id: "Header", name: "header", size: Measures.pageNumber, alignment: "center")
    static let appendix = WordStyle(
        id: "PhuLuc", name: "Phụ lục", size: Measures.appendix, bold: true, alignment: "center", keepsWithNext: true,
        outline: 0)
    static let appendixTitle = WordStyle(
        id: "TenPhuLuc", name: "Tên phụ lục", size: Measures.appendixTitle, bold: true, alignment: "center",
        keepsWithNext: true)
    static let appendixReference = WordStyle(
        id: "KemTheo", name: "Kèm theo", size: Measures.appendixReference, italic: true, alignment: "center",
        after: Measures.titleGap)
    /// Holds nothing; as low as a paragraph can be.
    static let end = WordStyle(id: "Cuoi", name: "Cuối phần", size: 1)

    // Those that the measures of a document change.
    static let body = WordStyle(id: "NoiDung", name: "Nội dung")
    static let grounds = WordStyle(id: "CanCu", name: "Căn cứ")
    static let list = WordStyle(id: "GachDauDong", name: "Gạch đầu dòng")
    static let part = WordStyle(id: "Heading1", name: "heading 1")
    static let section = WordStyle(id: "Heading2", name: "heading 2")
    static let addressee = WordStyle(id: "KinhGui", name: "Kính gửi")
    static let authority = WordStyle(id: "QuyenHanChucVu", name: "Quyền hạn, chức vụ")
    static let signer = WordStyle(id: "HoTenNguoiKy", name: "Họ tên người ký")

    /// All styles, for a document's measures.
    static func all(_ measures: Measures) -> [WordStyle] {
        var body = Self.body
        body.size = measures.body
        body.lineSpacing = measures.lineSpacing
        body.after = measures.paragraphGap
        var addressee = body
        (addressee.id, addressee.name, addressee.after) = (Self.addressee.id, Self.addressee.name, 0)
        body.alignment = "both"
        body.indent = Measures.indent
        var grounds = body
        (grounds.id, grounds.name, grounds.italic) = (Self.grounds.id, Self.grounds.name, true)
        var list = body
        (list.id, list.name) = (Self.list.id, Self.list.name)
        var part = body
        (part.id, part.name, part.outline) = (Self.part.id, Self.part.name, 0)
        (part.bold, part.keepsWithNext, part.alignment) = (true, true, "left")
        var section = part
        (section.id, section.name, section.outline) = (Self.section.id, Self.section.name, 1)
        var authority = Self.authority
        (authority.size, authority.bold, authority.alignment) = (measures.body, true, "center")
        var signer = authority
        (signer.id, signer.name, signer.before) = (Self.signer.id, Self.signer.name, measures.signatureRoom)
        return [
            nation, motto, superiorAgency, agency, rule, number, date, letterSubject, type, subject, addressee, body,
            grounds, part, section, list, caption, figure, cell, headCell, recipientsHead, recipients, authority,
            signer, pageNumber, appendix, appendixTitle, appendixReference, end,
        ]
    }

    /// As it stands in styles.xml.
    var xml: String {
        let line = Int((lineSpacing * 240).rounded())
        var paragraph = keepsWithNext ? "<w:keepNext/>" : ""
        paragraph +=
            #"<w:spacing w:before="\#(WordXML.twips(before))" w:after="\#(WordXML.twips(after))" w:line="\#(line)" w:lineRule="auto"/>"#
        if indent > 0 { paragraph += #"<w:ind w:firstLine="\#(WordXML.twips(indent))"/>"# }
        if indent < 0 {
            paragraph += #"<w:ind w:left="\#(WordXML.twips(-indent))" w:hanging="\#(WordXML.twips(-indent))"/>"#
        }
        paragraph += #"<w:jc w:val="\#(alignment)"/>"#
        if let outline { paragraph += #"<w:outlineLvl w:val="\#(outline)"/>"# }
        var run = (bold ? "<w:b/><w:bCs/>" : "") + (italic ? "<w:i/><w:iCs/>" : "")
        if let size { run += #"<w:sz w:val="\#(WordXML.halves(size))"/><w:szCs w:val="\#(WordXML.halves(size))"/>"# }
        // Word's own names begin small: heading 1, caption, header.
        let own = name.first?.isLowercase == true ? "" : #" w:customStyle="1""#
        return #"<w:style w:type="paragraph"\#(own) w:styleId="\#(id)"><w:name w:val="\#(WordXML.escaped(name))"/>"#
            + #"<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>\#(paragraph)</w:pPr><w:rPr>\#(run)</w:rPr></w:style>"#
    }

    /// styles.xml.
    static func sheet(_ measures: Measures) -> String {
        let font = DocumentFont.named
        let size = WordXML.halves(measures.body)
        return WordXML.head
            + #"<w:styles xmlns:w="\#(WordPackage.main)"><w:docDefaults><w:rPrDefault><w:rPr>"#
            + #"<w:rFonts w:ascii="\#(font)" w:hAnsi="\#(font)" w:eastAsia="\#(font)" w:cs="\#(font)"/>"#
            + #"<w:color w:val="000000"/><w:sz w:val="\#(size)"/><w:szCs w:val="\#(size)"/>"#
            + #"<w:lang w:val="vi-VN" w:eastAsia="vi-VN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>"#
            + #"<w:pPrDefault><w:pPr><w:widowControl/><w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>"#
            + "</w:pPr></w:pPrDefault></w:docDefaults>"
            + #"<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>"#
            + #"<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>"#
            + #"<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>"#
            + all(measures).map(\.xml).joined() + "</w:styles>"
    }
}
