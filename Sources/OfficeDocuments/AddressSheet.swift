/// A page of A4 that is folded in three behind a letter, so that the address shows in the window of an envelope of 220 × 110
/// mm; or is cut out and glued on. The window is where DIN 5008 (form B) has it: 45 to 90 mm from the top, 20 to 105 mm
/// from the left.
public struct AddressSheet: Sendable {
    /// Who sends: its name and address, a line each.
    public var sender: [String]
    /// The person with a title, or the body, as the letter addresses it.
    public var recipient: String
    /// Where it goes to.
    public var address: String
    /// The telephone, for the postman; empty = it is not known.
    public var phone: String
    /// What the letter is, for who puts it into the envelope: `Thư số 12/PXL-UBND, hồ sơ …`.
    public var reference: String
    /// The day that the letter bears.
    public var date: DocumentDate

    /// A sheet.
    public init(
        sender: [String], recipient: String, address: String, phone: String, reference: String, date: DocumentDate
    ) {
        self.sender = sender
        self.recipient = recipient
        self.address = address
        self.phone = phone
        self.reference = reference
        self.date = date
    }

    private static let left = Measures.millimetres(25)
    private static let width = Measures.millimetres(78)
    private static let senderTop = Measures.millimetres(46)
    private static let recipientTop = Measures.millimetres(57)
    private static let windowBottom = Measures.millimetres(89)
    private static let noteTop = Measures.millimetres(110)
    private static let folds = [Measures.millimetres(99), Measures.millimetres(198)]
    private static let foldMark = Measures.millimetres(5)
    /// An address that is long is set smaller, so that it stays in the window, down to the last size.
    private static let sizes: [Double] = [13, 12, 11, 10, 9, 8]

    /// The page as a PDF. The same sheet gives the same bytes.
    /// - Throws: `DocumentError`.
    public func render() throws(DocumentError) -> [UInt8] {
        let canvas = try PageCanvas(
            title: "Tờ địa chỉ", author: sender.first ?? "", created: date.timestamp)
        try canvas.tagged(.document) { () throws(DocumentError) in
            let small = TextStyle(size: 8)
            try canvas.tagged(.paragraph) {
                _ = canvas.draw(
                    "Người gửi: " + sender.joined(separator: ", "), small, x: Self.left, y: Self.senderTop,
                    width: Self.width)
            }
            try drawRecipient(canvas)
            try canvas.tagged(.paragraph) {
                _ = canvas.draw(
                    [
                        reference,
                        "Gấp ba theo hai vạch bên trái, đặt sau thư; địa chỉ nằm trong cửa sổ phong bì 220 × 110 mm.",
                    ],
                    TextStyle(size: 10, italic: true), x: Self.left, y: Self.noteTop, width: Measures.millimetres(150))
            }
            for fold in Self.folds { canvas.line(x: 0, y: fold, toX: Self.foldMark, toY: fold, grey: 0.5) }
        }
        return try PDFUpdate(of: try canvas.finish()).adding(language: "vi-VN", alternatives: [])
    }

    private func drawRecipient(_ canvas: PageCanvas) throws(DocumentError) {
        let name = "Kính gửi: " + recipient
        let lines =
            [AgencyLines.bound(address: address)]
            + (phone.isEmpty ? [] : ["Điện thoại: \(phone)"])
        func height(_ size: Double) -> Double {
            let texts = [(name, true)] + lines.map { ($0, false) }
            return texts.reduce(0) { height, text in
                height + canvas.setter.set(text.0, TextStyle(size: size, bold: text.1), width: Self.width).height
            }
        }
        let room = Self.windowBottom - Self.recipientTop
        let size = Self.sizes.first { height($0) <= room } ?? Self.sizes.last ?? 8
        try canvas.tagged(.paragraph) {
            let top = Self.recipientTop
            let bottom =
                top + canvas.draw(name, TextStyle(size: size, bold: true), x: Self.left, y: top, width: Self.width)
            canvas.draw(lines, TextStyle(size: size), x: Self.left, y: bottom, width: Self.width)
        }
    }
}
