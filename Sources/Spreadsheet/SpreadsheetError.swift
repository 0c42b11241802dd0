/// Why a spreadsheet cannot be read or written. No text of a cell is in it.
public enum SpreadsheetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file is no XLSX workbook.
    case notAWorkbook(String)
    /// The file is no Word document.
    case notADocument(String)
    /// The workbook is encrypted: it opens with a password only.
    case protected
    /// It is a spreadsheet, but in a format that is not read: the name of that format.
    case otherFormat(String)
    /// It is packed, by the program that is named.
    case packed(String)
    /// It holds more than the reader's limits allow: a mistake, or a bomb.
    case tooLarge(String)
    /// There is no such sheet (nil: no visible one); those that there are.
    case noSheet(name: String?, there: [String])
    /// A part of the workbook is damaged; a sheet's is named by the sheet, with the row where it is known.
    case damaged(part: String, row: Int?, reason: String)
    /// It could not be written.
    case notWritten(String)

    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .notAWorkbook(let reason): "the file is not an XLSX workbook: \(reason)"
        case .notADocument(let reason): "the file is not a Word document (.docx): \(reason)"
        case .protected: "the workbook is protected by a password; save it without one and send it again"
        case .otherFormat(let format): "the file is \(format), which is not read; save it as .xlsx"
        case .packed(let program): "the file is packed (\(program)); unpack it and send what is in it"
        case .tooLarge(let reason): "the workbook is too large: \(reason)"
        case .noSheet(let name?, let there):
            "the workbook has no sheet “\(name)”; its sheets are \(there.joined(separator: ", "))"
        case .noSheet(nil, _): "the workbook has no visible sheet with cells"
        case .damaged(let part, let row?, let reason):
            "the workbook is damaged, sheet “\(part)”, row \(row): \(reason); open it, save it again as .xlsx"
        case .damaged(let part, nil, let reason):
            "the workbook is damaged, “\(part)”: \(reason); open it, save it again as .xlsx"
        case .notWritten(let reason): "the workbook cannot be written: \(reason)"
        }
    }
}

/// What is wrong within one part of a workbook; who reads the part adds its name.
enum PartFault: Error, Equatable {
    case damaged(String)
    case tooLarge(String)

    /// The error with the part's name.
    func error(in part: String, row: Int? = nil) -> SpreadsheetError {
        switch self {
        case .damaged(let reason): .damaged(part: part, row: row, reason: reason)
        case .tooLarge(let reason): .tooLarge("“\(part)”: \(reason)")
        }
    }
}
