/// The rules of reports (`reports` in `office.yaml`).
public struct ReportRules: Codable, Sendable, Equatable {
    /// The last day of each month of the office's periods, 1 to 27: with 14, the first quarter goes from 15 December to 14
    /// March. So Decree 09/2019/NĐ-CP is said to have it; not verified. nil = the calendar's months.
    public var cutOffDay: Int?
    /// What follows the number; nil = `BC-UBND`.
    public var symbol: String?
    /// The lines beneath “Nơi nhận:”, without dashes and semicolons; nil = `Như trên` and `Lưu: VT`.
    public var recipients: [String]?
    /// How many late files the report lists; the spreadsheet has all of them. nil = 40.
    public var lateFilesShown: Int?
    /// The form that the appendix follows, as it is cited there; nil = form II.06a of Circular 01/2020/TT-VPCP.
    public var formReference: String?

    /// Rules.
    public init(
        cutOffDay: Int? = nil, symbol: String? = nil, recipients: [String]? = nil, lateFilesShown: Int? = nil,
        formReference: String? = nil
    ) {
        self.cutOffDay = cutOffDay
        self.symbol = symbol
        self.recipients = recipients
        self.lateFilesShown = lateFilesShown
        self.formReference = formReference
    }

    func check(_ path: String) throws(OfficeError) {
        if let cutOffDay, !(1...27).contains(cutOffDay) {
            throw .profile("\(path): “reports.cutOffDay” is \(cutOffDay), not from 1 to 27")
        }
        if let lateFilesShown, !(0...1_000).contains(lateFilesShown) {
            throw .profile("\(path): “reports.lateFilesShown” is \(lateFilesShown), not from 0 to 1000")
        }
    }
}
