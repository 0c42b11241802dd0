/// The measures of Decree 30/2020/NĐ-CP, appendix I, in points (1 pt = 1/72 inch). All of them stand here.
struct Measures {
    /// 20 to 25 mm.
    static let top = millimetres(20)
    static let bottom = millimetres(20)
    /// 30 to 35 mm.
    static let left = millimetres(30)
    /// 15 to 20 mm.
    static let right = millimetres(18)

    /// Superior and issuing agency: 12 to 13.
    static let agency = 12.0
    /// The rule beneath the agency: a third to a half of its line.
    static let agencyRule = 0.4
    /// Quốc hiệu: 12 to 13.
    static let nation = 12.0
    static let nationText = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    /// Tiêu ngữ: 13 to 14; the rule beneath is as long as its line.
    static let motto = 13.0
    static let mottoText = "Độc lập - Tự do - Hạnh phúc"
    /// The head's left column as a share of the text's width.
    static let headLeft = 0.42
    /// From a line to the rule beneath it, from the rule to what follows, and how thick the rule is.
    static let ruleGap = 2.5
    static let afterRule = 7.5
    static let rule = 0.6
    /// Number and symbol: 13.
    static let number = 13.0
    /// Place and date: 13 to 14, italic.
    static let date = 13.0
    /// The subject of an official letter: 12 to 13, 6 points beneath the number.
    static let letterSubject = 12.0
    static let letterSubjectGap = 6.0
    /// Type and subject: 13 to 14, bold; the rule beneath is a third to a half of the subject's last line.
    static let type = 14.0
    static let subject = 14.0
    static let subjectRule = 0.4
    /// Above and beneath the title.
    static let titleGap = 14.0
    /// “Nơi nhận:”: 12, bold italic; its lines: 11.
    static let recipientsHead = 12.0
    static let recipients = 11.0
    /// The recipients' share of the text's width; the signer has the rest.
    static let recipientsShare = 0.5
    /// Above the signer.
    static let endGap = 6.0
    /// Page numbers from the second page: 13 to 14, centred in the top margin.
    static let pageNumber = 13.0
    /// “Phụ lục I”: 14, bold; its title: capitals 13 to 14, bold; what it belongs to: 13 to 14, italic.
    static let appendix = 14.0
    static let appendixTitle = 14.0
    static let appendixReference = 14.0
    /// The first line of a paragraph: 1 or 1.27 cm.
    static let indent = millimetres(10)

    /// Tables and figures: not named by the decree.
    static let table = 11.0
    static let cellPadding = 3.0
    static let tableLine = 0.5
    static let caption = 12.0
    static let figureText = 10.0
    /// Around tables and figures.
    static let blockGap = 6.0

    /// Body, addressees and signer: 13 to 14.
    var body = 14.0
    /// Between paragraphs: at least 6.
    var paragraphGap = 6.0
    /// Between lines, as a factor: single to 1.5.
    var lineSpacing = 1.1
    /// For a signature.
    var signatureRoom = 64.0

    /// The tightest that the decree allows, for a letter that should stay on one page.
    static let tight = Measures(body: 13, paragraphGap: 6, lineSpacing: 1, signatureRoom: 50)

    static func millimetres(_ value: Double) -> Double { value * 72 / 25.4 }
}

/// A sheet of A4 and the place for text on it; the margins are the same however it lies.
struct Paper: Equatable {
    let width: Double
    let height: Double

    static let portrait = Paper(width: 595.276, height: 841.89)
    static let landscape = Paper(width: 841.89, height: 595.276)

    var textWidth: Double { width - Measures.left - Measures.right }
    var textBottom: Double { height - Measures.bottom }
    var textHeight: Double { textBottom - Measures.top }
}
