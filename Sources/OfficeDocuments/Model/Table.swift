extension Block {
    /// A table with lines around its cells.
    public struct Table: Sendable {
        /// On which side of a cell its text stands.
        public enum Alignment: Sendable {
            case left, centre, right
        }

        /// A column.
        public struct Column: Sendable {
            /// How wide it is against the others.
            public var width: Double
            /// Where the text of its rows stands; heads are centred.
            public var alignment: Alignment

            /// A column.
            public init(_ width: Double, _ alignment: Alignment = .centre) {
                self.width = width
                self.alignment = alignment
            }
        }

        /// A cell of the head or of a row. A literal is a cell of one column.
        public struct Cell: Sendable, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
            /// What stands in it.
            public var text: String
            /// How many columns it goes over.
            public var columns: Int
            /// How many rows it goes over; in the head only.
            public var rows: Int

            /// A cell.
            public init(_ text: String, columns: Int = 1, rows: Int = 1) {
                self.text = text
                self.columns = columns
                self.rows = rows
            }

            /// A cell of one column and one row.
            public init(stringLiteral text: String) { self.init(text) }
        }

        /// A row.
        public struct Row: Sendable {
            /// Its cells, from the left.
            public var cells: [Cell]
            /// Bold, as the row of totals.
            public var bold: Bool

            /// A row.
            public init(_ cells: [Cell], bold: Bool = false) {
                self.cells = cells
                self.bold = bold
            }

            /// A row of texts.
            public init(_ texts: [String], bold: Bool = false) {
                self.init(texts.map { Cell($0) }, bold: bold)
            }
        }

        /// Above the table, after “Bảng 1.”; empty = a table without a number.
        public var caption: String
        /// The columns.
        public var columns: [Column]
        /// The rows of the head. A cell that goes over rows leaves its place in the rows beneath it out.
        public var head: [[Cell]]
        /// The rows.
        public var rows: [Row]

        /// A table.
        public init(caption: String = "", columns: [Column], head: [[Cell]], rows: [Row]) {
            self.caption = caption
            self.columns = columns
            self.head = head
            self.rows = rows
        }

        /// A table with a head of one row; columns that are not named in `leftColumns` are centred.
        public init(
            caption: String = "", widths: [Double], head: [String], rows: [[String]], leftColumns: Set<Int>
        ) {
            let columns = widths.enumerated().map { Column($1, leftColumns.contains($0) ? .left : .centre) }
            self.init(caption: caption, columns: columns, head: [head.map { Cell($0) }], rows: rows.map { Row($0) })
        }
    }
}
