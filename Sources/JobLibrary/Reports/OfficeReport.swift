import Office
import OfficeDocuments
import Spreadsheet

/// A report of a period: its figures, and the files that are made of them. The same data and day give the same bytes.
public struct OfficeReport: Sendable {
    /// A kind of file.
    public enum Format: String, Sendable, CaseIterable {
        /// To read and to print.
        case pdf
        /// To go on writing.
        case docx
        /// To go on counting: the same figures, and the case files behind them.
        case xlsx
    }

    /// The figures.
    public private(set) var figures: ReportFigures
    /// The case files behind them, by code.
    public let rows: [CaseRow]
    private let office: OfficeSetup

    /// Counts a period.
    /// - Parameter date: the day that the report bears.
    /// - Throws: `OfficeError`, `FiguresError`.
    public init(
        _ office: OfficeSetup, _ period: ReportPeriod, asOf date: LocalDate
    ) throws {
        self.office = office
        let data = try ReportData(
            office.register, asOf: date, profile: office.profile, targets: office.targets,
            calendar: office.calendar)
        figures = try ReportFigures(data, period, asOf: date)
        rows = CaseRow.all(data, period, to: figures.end)
    }

    mutating func reconcile(_ sections: [UnitFigures]) throws(FiguresError) { try figures.reconcile(sections) }

    /// A report is issued once for a period and a day.
    static func key(_ period: ReportPeriod, asOf date: LocalDate) -> String { "report/\(period.name)/\(date)" }

    /// `bao-cao-2024-Q1-2024-03-29.pdf`.
    public func fileName(_ format: Format) -> String {
        let incomplete = figures.missingSections.isEmpty ? "" : "-chua-day-du"
        return "bao-cao-\(figures.period.name)-\(figures.asOf)\(incomplete).\(format.rawValue)"
    }

    /// The bytes of a file.
    /// - Throws: `DocumentError`, `SpreadsheetError`.
    public func file(_ format: Format) throws -> [UInt8] {
        switch format {
        case .pdf: try PDFRenderer.render(document)
        case .docx: try DOCXRenderer.render(document)
        case .xlsx: try XLSXWriter.write(workbook.workbook, created: workbook.created)
        }
    }

    /// The report before it is laid out.
    public var document: OfficialDocument {
        ReportDocument(figures: figures, profile: office.profile, targets: office.targets).document
    }

    private var workbook: ReportWorkbook {
        ReportWorkbook(figures: figures, rows: rows, agency: office.profile.agencyInText)
    }

    /// All files, to be issued together; the first one bears the key itself.
    func documents(key: String) throws -> [IssuedDocument] {
        try Format.allCases.map { format in
            IssuedDocument(
                key: format == .pdf ? key : "\(key)/\(format.rawValue)", kind: "report",
                subject: "Báo cáo \(figures.period.vietnamese)", dated: figures.asOf, fileName: fileName(format),
                bytes: try file(format))
        }
    }
}
