/// The measures of Decree 30/2020/NĐ-CP, appendix I, in points (1 pt = 1/72 inch). All of them stand here.
struct Measures {
    /// A4.
    static let pageWidth = 595.276
    static let pageHeight = 841.89
    /// 20 to 25 mm.
    static let top = millimetres(20)
    static let bottom = millimetres(20)
    /// 30 to 35 mm.
    static let left = millimetres(30)
    /// 15 to 20 mm.
    static let right = millimetres(18)
    static var textWidth: Double { pageWidth - left - right }

    /// Superior and issuing agency: 12 to 13.
    static let agency = 12.0
    /// Quốc hiệu: 12 to 13.
    static let nation = 12.0
    /// Tiêu ngữ: 13 to 14.
    static let motto = 13.0
    /// Number and symbol: 13.
    static let number = 13.0
    /// Place and date: 13 to 14, italic.
    static let date = 13.0
    /// Type and subject: 13 to 14, bold.
    static let type = 14.0
    static let subject = 14.0
    /// Signer: 13 to 14, bold.
    static let signer = 13.0
    /// “Nơi nhận:”: 12, bold italic; its lines: 11.
    static let recipientsHead = 12.0
    static let recipients = 11.0
    /// Page numbers from the second page: 13 to 14.
    static let pageNumber = 13.0
    /// Tables and charts: not named by the decree.
    static let table = 10.5
    /// The first line of a paragraph: 1 or 1.27 cm.
    static let indent = millimetres(10)

    /// Body: 13 to 14.
    var body = 13.5
    /// Between paragraphs: at least 6.
    var paragraphGap = 6.0
    /// Between lines, as a factor: single to 1.5.
    var lineSpacing = 1.15
    /// For a signature.
    var signatureRoom = 62.0

    /// The tightest that the decree allows, for a letter that should stay on one page.
    static let tight = Measures(body: 13, paragraphGap: 6, lineSpacing: 1, signatureRoom: 50)

    static func millimetres(_ value: Double) -> Double { value * 72 / 25.4 }
}
