/// The section of one unit in a report: its on-time figures by field and its apologies.
public struct UnitFigures: Sendable, Equatable, Codable {
    /// The unit's name.
    public var unit: String
    /// Its kind; nil = a stranger.
    public var kind: String?
    /// Its figures by field, those that have something, and their total.
    public var table: OnTimeTable
    /// Its late files and their apologies.
    public var apologies: ApologyCompliance
    /// Stands for the data that it was counted from: another mark, other data.
    public var mark: String
}

/// Counts the section of a unit, file by file.
struct UnitCount {
    private let period: ReportPeriod
    private let end: LocalDate
    private let name: String
    private let kind: String?
    private var fields: OnTimeCount
    private var total: OnTimeFigures
    private var apologies = ApologyCompliance()
    private var mark: UInt64 = 0xcbf2_9ce4_8422_2325

    init(_ name: String, kind: String?, _ period: ReportPeriod, to end: LocalDate) {
        self.name = name
        self.kind = kind
        self.period = period
        self.end = end
        fields = OnTimeCount(from: period.start, to: end)
        total = OnTimeFigures(name: name)
    }

    mutating func count(_ file: CaseFile, field: String, letter: ReportedLetter?) {
        note(file, field: field, letter)
        fields.count(file, under: field)
        total.count(file, from: period.start, to: end)
        if LateFile.isLate(file, from: period.start, to: end) {
            apologies.count(promised: file.dueOn(asOf: end), letter: letter)
        }
    }

    /// FNV-1a (Fowler, Noll, Vo) over what the figures depend on, as far as it is known at the period's end.
    private mutating func note(_ file: CaseFile, field: String, _ letter: ReportedLetter?) {
        guard OnTimeFigures.belongs(file, from: period.start, to: end) else { return }
        let resolved = file.resolvedOn.flatMap { $0 <= end ? $0 : nil }
        let days = [file.receivedOn, file.dueOn(asOf: end), resolved, letter?.day].map { $0?.description ?? "-" }
        let facts =
            [file.code, field, file.channel.rawValue, file.state(asOf: end).rawValue] + days
            + (letter?.isReturned == true ? ["returned"] : [])
        for byte in facts.joined(separator: "\n").utf8 { mark = (mark ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    func figures(fields known: [String]) throws(FiguresError) -> UnitFigures {
        let rows = fields.figures(known: known).filter { $0.received > 0 }
        return UnitFigures(
            unit: name, kind: kind, table: try OnTimeTable("Lĩnh vực", rows: rows, total: total),
            apologies: apologies, mark: String(mark, radix: 16))
    }
}

extension UnitFigures {
    /// Counts the section of one unit.
    /// - Parameters:
    ///   - cases: the unit's case files by code.
    ///   - unit: nil = of strangers.
    ///   - end: the last day that is counted.
    /// - Throws: `FiguresError`.
    public static func count(
        _ cases: [CaseFile], of unit: OfficeProfile.Unit?, letters: [String: ReportedLetter], in period: ReportPeriod,
        to end: LocalDate, profile: OfficeProfile
    ) throws(FiguresError) -> UnitFigures {
        var names = NameIndex.fields(profile)
        var count = UnitCount(unit?.name ?? strangers, kind: unit?.kind, period, to: end)
        for file in cases { count.count(file, field: names.name(of: file.field), letter: letters[file.code]) }
        return try count.figures(fields: profile.fields.map(\.name))
    }

    /// The section of case files whose unit is none of the office's.
    public static let strangers = "Đơn vị chưa có trong danh mục"

    /// Whether two sections say the same of the period.
    public func saysTheSame(as other: UnitFigures) -> Bool {
        table == other.table && apologies == other.apologies && kind == other.kind
    }
}

extension LateFile {
    /// Whether a case file is late for a period: resolved late in it, or overdue at its end.
    static func isLate(_ file: CaseFile, from start: LocalDate, to end: LocalDate) -> Bool {
        guard OnTimeFigures.belongs(file, from: start, to: end) else { return false }
        let state = file.state(asOf: end)
        return state == .late || state == .pendingOverdue
    }
}
