/// A chart of columns of its sheet's table, which the reader's program draws. Its fills are greys and patterns that a print
/// without colours keeps apart.
public struct Chart: Sendable, Equatable {
    /// Left free above and below, in pixels.
    static let margin = 8

    /// How values are drawn.
    public enum Kind: Sendable, Equatable {
        /// Horizontal bars, the first row on top.
        case bar
        /// Vertical bars.
        case column
        /// Lines with marks.
        case line
    }

    /// Values of one column.
    public struct Series: Sendable, Equatable {
        /// The index of the column in the table.
        public var column: Int
        /// In the legend; nil = the column's title.
        public var name: String?

        /// Values of one column.
        public init(column: Int, name: String? = nil) {
            self.column = column
            self.name = name
        }
    }

    /// A value that is to be reached: a dashed line across the chart.
    public struct Target: Sendable, Equatable {
        /// In the legend.
        public var name: String
        /// Where the line is.
        public var value: Double

        /// A target.
        public init(_ name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// How values are drawn.
    public var kind: Kind
    /// Above it; it is also what is read out to those who do not see it.
    public var title: String
    /// The index of the column whose cells name the values.
    public var categories: Int
    /// What is drawn.
    public var series: [Series]
    /// Default: none.
    public var target: Target?
    /// The rows of the table that are drawn; nil = all of them.
    public var rows: Range<Int>?
    /// The ends of the axis of the values; nil = from 0 to what the values need.
    public var axis: ClosedRange<Double>?
    /// The values are written beside what is drawn. Default: they are.
    public var showsValues = true
    /// In pixels of a screen with 96 to the inch, 100 to 2,000. Default: 240, so that two stand on a page.
    public var height = 240

    /// A chart.
    public init(_ kind: Kind, title: String, categories: Int, series: [Series], target: Target? = nil) {
        self.kind = kind
        self.title = title
        self.categories = categories
        self.series = series
        self.target = target
    }
}
