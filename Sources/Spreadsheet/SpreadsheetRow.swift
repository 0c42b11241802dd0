/// A row of a sheet that holds something.
public struct SpreadsheetRow: Sendable, Equatable {
    /// A cell that shows something else than was put into it.
    public struct CellError: Sendable, Equatable {
        /// From 0: the index in `cells`.
        public var column: Int
        /// Where it is, as “C5”.
        public var reference: String
        /// What it shows: “#N/A”, “#REF!”, or “####” for a date that is none.
        public var shown: String

        /// An error.
        public init(column: Int, reference: String, shown: String) {
            self.column = column
            self.reference = reference
            self.shown = shown
        }
    }

    /// Its number in the sheet, from 1: what the clerk sees at its left.
    public var number: Int
    /// Its cells as text from column A on, up to the last that is not empty. Empty cells are "".
    ///
    /// Dates are `yyyy-MM-dd`, with a time of day `yyyy-MM-dd HH:mm`, times alone `HH:mm`; numbers are in plain digits with a
    /// point, as many as Excel shows (15), with leading zeros where their format is such as `0000000000`; a percentage is its
    /// value (0.5 for 50 %); truth is `TRUE` or `FALSE`; a formula is the value that the file has for it; an error is what is
    /// shown.
    public var cells: [String]
    /// Its cells that are errors.
    public var errors: [CellError]
    /// Its cells that are numbers of more than 15 digits: a spreadsheet keeps no more (IEEE 754; Microsoft, “Excel
    /// specifications and limits”), so that a code which was typed as a number has lost its last digits.
    public var longNumbers: [CellError]
    /// Its cells that are formulas for which the file has no value: a program wrote them that does not compute.
    public var uncomputed: [CellError]

    /// A row.
    public init(
        number: Int, cells: [String], errors: [CellError] = [], longNumbers: [CellError] = [],
        uncomputed: [CellError] = []
    ) {
        self.number = number
        self.cells = cells
        self.errors = errors
        self.longNumbers = longNumbers
        self.uncomputed = uncomputed
    }
}
