/// How much a reader takes from one workbook. The format's own bounds are Excel's (ECMA-376 names none; Microsoft,
/// “Excel specifications and limits”).
public struct ReadingLimits: Sendable {
    /// Bytes that one part unpacks to, such as a sheet or the table of texts. Default: 256 MiB, some 350,000 rows of 15
    /// columns.
    public var unpackedBytes = 256 << 20
    /// The highest row. Default: 1,048,576, Excel's own.
    public var rows = 1_048_576
    /// The highest column. Default: 16,384, Excel's own.
    public var columns = 16_384
    /// Cells in all, the empty ones before a row's last included. Default: 16 million, a full sheet of 15 columns.
    public var cells = 16_000_000

    /// The defaults.
    public init() {}
}
