/// Where the pages of a printed sheet end, as far as it can be known before: no chart is cut in two.
struct PrintedPages {
    /// A4 in the list of papers of ECMA-376 part 1, 18.3.1.63.
    static let paper: UInt8 = 9
    /// In inches: 20 mm at the left, 15 mm at the right, 20 mm above and below.
    static let leftMargin = 0.79
    static let rightMargin = 0.59
    static let verticalMargin = 0.79

    /// In points: it is repeated on each page.
    var headerHeight = 0.0
    /// The lines with which a page is to begin.
    private(set) var breaks: [Int] = []
    /// In points of the sheet, which is made smaller where it is wider than the page.
    private let height: Double
    private var filled = 0.0

    init(_ sheet: Sheet) {
        // A4 in points.
        let (long, short) = (842.0, 595.0)
        let isLandscape = sheet.page == .landscape
        let width = (isLandscape ? long : short) - (Self.leftMargin + Self.rightMargin) * 72
        let scale = min(1, width / (sheet.widthInPixels * 0.75))
        height = ((isLandscape ? short : long) - 2 * Self.verticalMargin * 72) / scale
    }

    /// Adds what is not cut; a chart begins a page of its own where it does not fit.
    mutating func add(_ points: Double, beginsAt line: Int, isChart: Bool = false) {
        // Programs differ a little in how high a line is.
        if filled + points > height * (isChart ? 0.97 : 1), filled > headerHeight {
            filled = headerHeight
            if isChart { breaks.append(line) }
        }
        filled += points
    }
}

extension Sheet {
    /// A character is 7 pixels wide in the font that widths are counted in, and a column has 5 pixels more.
    var widthInPixels: Double { columns.reduce(0) { $0 + $1.width * 7 + 5 } }
}
