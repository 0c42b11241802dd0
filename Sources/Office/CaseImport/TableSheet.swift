/// A table as a file has it, before anybody knows what it is about.
struct TableSheet {
    /// What the clerk calls it: “trang “Hồ sơ””, “bảng 2”; nil = it is the whole file.
    var name: String?
    var rows: [TableRow]
    /// It is a workbook's, in which days are no texts.
    var isWorkbook = false
    /// Serial numbers of days count from 1904.
    var countsFrom1904 = false
}
