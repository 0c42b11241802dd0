/// A workbook to be written: sheets with a table each, and charts under it.
public struct Workbook: Sendable, Equatable {
    /// Its title, in the file's properties.
    public var title: String
    /// Who made it, in the file's properties: the office, not a person.
    public var author: String
    /// Its sheets, at least one.
    public var sheets: [Sheet]

    /// A workbook.
    public init(title: String = "", author: String = "", sheets: [Sheet]) {
        self.title = title
        self.author = author
        self.sheets = sheets
    }
}

/// A cell to be written. How it is shown is its column's kind; a date is a date in each.
public enum Cell: Sendable, Equatable {
    /// Nothing.
    case empty
    /// Text, whatever it begins with: “=1+1” is no formula.
    case text(String)
    /// A whole number, up to 2^53 in magnitude: a spreadsheet holds no others exactly.
    case integer(Int)
    /// A number; in a column of percentages 0.953 is 95.3 %.
    case number(Double)
    /// A day from 1 March 1900 to the end of 9999.
    case date(year: Int, month: Int, day: Int)
}

/// A sheet to be written, from top to bottom: lines of titles, a header, rows, totals, notes, charts.
public struct Sheet: Sendable, Equatable {
    /// A line above the table, over its whole width.
    public struct TitleLine: Sendable, Equatable {
        /// What it says.
        public var text: String
        /// Bold and larger.
        public var isHeading: Bool
        /// In the middle, or at the left.
        public var isCentered: Bool

        /// A line.
        public init(_ text: String, isHeading: Bool = false, isCentered: Bool = true) {
            self.text = text
            self.isHeading = isHeading
            self.isCentered = isCentered
        }
    }

    /// A column of the table.
    public struct Column: Sendable, Equatable {
        /// How its cells are shown. Separators are those of the reader's own settings.
        public enum Kind: Sendable, Equatable {
            /// Text, wrapped; it stays text when it is edited.
            case text
            /// `#,##0`
            case integer
            /// `#,##0.00` with this many digits after the separator, 1 to 9.
            case decimal(digits: Int)
            /// `0.0%`
            case percent
            /// `dd/mm/yyyy`
            case date
        }

        /// What its header says.
        public var title: String
        /// In characters, up to 255.
        public var width: Double
        /// How its cells are shown.
        public var kind: Kind

        /// A column.
        public init(_ title: String, width: Double = 12, kind: Kind = .text) {
            self.title = title
            self.width = width
            self.kind = kind
        }
    }

    /// A cell of the header.
    public struct HeaderCell: Sendable, Equatable {
        /// What it says.
        public var text: String
        /// How many columns it goes over.
        public var columns: Int
        /// How many rows it goes over.
        public var rows: Int

        /// A cell.
        public init(_ text: String, columns: Int = 1, rows: Int = 1) {
            self.text = text
            self.columns = columns
            self.rows = rows
        }
    }

    /// A row of the table.
    public struct Row: Sendable, Equatable {
        /// Its cells, at most as many as there are columns.
        public var cells: [Cell]
        /// Bold, as the title or the sum of a group is.
        public var isEmphasized: Bool

        /// A row.
        public init(_ cells: [Cell], isEmphasized: Bool = false) {
            self.cells = cells
            self.isEmphasized = isEmphasized
        }
    }

    /// How it is printed: on A4, as wide as the page.
    public enum Page: Sendable, Equatable {
        /// The long side is horizontal.
        case landscape
        /// The long side is vertical.
        case portrait
    }

    /// On its tab: 1 to 31 characters, none of `[]:*?/\`, no apostrophe at either end, each name once.
    public var name: String
    /// Above the table.
    public var titleLines: [TitleLine] = []
    /// At least one.
    public var columns: [Column]
    /// Rows of the header, whose cells stand as in HTML: from left to right where no cell from above stands. None = one row of
    /// the columns' titles.
    public var header: [[HeaderCell]] = []
    /// The table.
    public var rows: [Row] = []
    /// The last row of the table, bold; it is not filtered.
    public var totals: [Cell]?
    /// Under the table, each in a line of its own.
    public var notes: [String] = []
    /// Titles and header stay when the rows are scrolled. Default: they do.
    public var isHeaderFrozen = true
    /// Columns at the left that stay, too. Default: none.
    public var frozenColumns = 0
    /// The header has buttons that filter. Default: it has not.
    public var hasAutofilter = false
    /// Default: landscape.
    public var page = Page.landscape
    /// Under the notes, one under the other.
    public var charts: [Chart] = []

    /// A sheet with these columns.
    public init(name: String, columns: [Column]) {
        self.name = name
        self.columns = columns
    }
}
