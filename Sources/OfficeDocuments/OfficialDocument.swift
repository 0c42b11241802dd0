/// An official document, before it is laid out: the parts that Decree 30/2020/NĐ-CP, appendix I, names.
public struct OfficialDocument: Sendable {
    /// The agency above, in capitals.
    public var superiorAgency: String
    /// The agency that issues, in capitals.
    public var agency: String
    /// The number; nil before it is issued.
    public var number: Int?
    /// What follows the number: `PXL-UBND`.
    public var symbol: String
    /// Where it is dated.
    public var place: String
    /// The day that it bears.
    public var date: DocumentDate
    /// The type, in capitals: `BÁO CÁO`.
    public var type: String
    /// The subject beneath the type; empty = none.
    public var subject: String
    /// Whom it addresses, one line each, after “Kính gửi:”; empty = none.
    public var addressees: [String]
    /// What it says.
    public var body: [Block]
    /// The signer's authority, in capitals, one line each.
    public var signerAuthority: [String]
    /// The signer's name; empty = a place for the signature.
    public var signerName: String
    /// The lines beneath “Nơi nhận:”.
    public var recipients: [String]

    /// A document without a body.
    public init(
        superiorAgency: String, agency: String, number: Int?, symbol: String, place: String, date: DocumentDate,
        type: String, subject: String = "", addressees: [String] = [], body: [Block] = [], signerAuthority: [String],
        signerName: String, recipients: [String]
    ) {
        self.superiorAgency = superiorAgency
        self.agency = agency
        self.number = number
        self.symbol = symbol
        self.place = place
        self.date = date
        self.type = type
        self.subject = subject
        self.addressees = addressees
        self.body = body
        self.signerAuthority = signerAuthority
        self.signerName = signerName
        self.recipients = recipients
    }

    /// `Số: 04/PXL-UBND`: numbers under ten with a zero before them.
    public var numberLine: String {
        "Số: " + (number.map { $0 < 10 ? "0\($0)" : "\($0)" } ?? "    ") + "/" + symbol
    }
}

/// A day as documents write it.
public struct DocumentDate: Sendable, Equatable {
    /// The year.
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int

    /// A day.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// “ngày 04 tháng 01 năm 2024”: days under 10 and the months 1 and 2 with a leading zero (Decree 30/2020/NĐ-CP).
    public var text: String {
        let day = day < 10 ? "0\(day)" : "\(day)"
        let month = month < 3 ? "0\(month)" : "\(month)"
        return "ngày \(day) tháng \(month) năm \(year)"
    }
}

/// A piece of text in one style.
public struct Run: Sendable, Equatable {
    /// The text.
    public var text: String
    /// Bold.
    public var bold: Bool

    /// A piece of text.
    public init(_ text: String, bold: Bool = false) {
        self.text = text
        self.bold = bold
    }
}

/// A part of a body.
public enum Block: Sendable {
    /// A justified paragraph, its first line indented.
    case paragraph([Run])
    /// A bold line over a part.
    case heading(String)
    /// A table; the first row is its head, which is repeated on each page.
    case table(Table)
    /// Bars, each with its value and its target.
    case chart(Chart)

    /// A table.
    public struct Table: Sendable {
        /// Relative widths of the columns.
        public var widths: [Double]
        /// The head's cells.
        public var head: [String]
        /// The rows.
        public var rows: [[String]]
        /// Columns whose cells stand to the left; others are centred.
        public var leftColumns: Set<Int>

        /// A table.
        public init(widths: [Double], head: [String], rows: [[String]], leftColumns: Set<Int>) {
            self.widths = widths
            self.head = head
            self.rows = rows
            self.leftColumns = leftColumns
        }
    }

    /// A chart of per cents.
    public struct Chart: Sendable {
        /// A bar.
        public struct Bar: Sendable {
            /// What it stands for.
            public var label: String
            /// Per cent; nil = nothing to show.
            public var value: Double?
            /// The value in words, as the table writes it.
            public var valueText: String
            /// Per cent that is asked for.
            public var target: Double
            /// The target is met.
            public var isMet: Bool

            /// A bar.
            public init(label: String, value: Double?, valueText: String, target: Double, isMet: Bool) {
                self.label = label
                self.value = value
                self.valueText = valueText
                self.target = target
                self.isMet = isMet
            }
        }

        /// Beneath the chart.
        public var caption: String
        /// The bars.
        public var bars: [Bar]

        /// A chart.
        public init(caption: String, bars: [Bar]) {
            self.caption = caption
            self.bars = bars
        }
    }
}

/// Why a document could not be made.
public enum DocumentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No font that has every Vietnamese letter.
    case noFont
    /// Cairo's own word.
    case cairo(String)
    /// It does not fit on as many pages as it may have.
    case tooLong(pages: Int, allowed: Int)
    /// A text of the office's own that cannot be used.
    case template(String)
    /// It cannot be signed, or its signature cannot be looked at.
    case signature(String)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .noFont:
            "no serif font with all Vietnamese letters is installed; install fonts-croscore or fonts-liberation2"
        case .cairo(let reason): "the page could not be drawn: \(reason)"
        case .template(let reason), .signature(let reason): reason
        case .tooLong(let pages, let allowed):
            "the document takes \(pages) pages, \(allowed) are allowed; shorten the reason or the names"
        }
    }
}
