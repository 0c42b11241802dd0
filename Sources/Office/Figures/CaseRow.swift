/// A case file of a period as the spreadsheet lists it behind the figures: code and dates, no citizen.
public struct CaseRow: Sendable, Equatable, Codable {
    /// The case file's code.
    public var code: String
    /// Its field, as the tables name it.
    public var field: String
    /// Its unit, as the tables name it.
    public var unit: String
    /// How it came in.
    public var channel: CaseFile.Channel
    /// When it came in.
    public var receivedOn: LocalDate
    /// The promised return date that decides about lateness.
    public var promisedOn: LocalDate
    /// When it was resolved; nil = not by the period's end.
    public var resolvedOn: LocalDate?
    /// Where it stands at the period's end.
    public var state: CaseFile.State

    /// The rows behind a report's figures, by code.
    /// - Parameter end: the last day that is counted.
    public static func all(_ data: ReportData, _ period: ReportPeriod, to end: LocalDate) -> [CaseRow] {
        var (units, fields) = (NameIndex.units(data.profile), NameIndex.fields(data.profile))
        var rows: [CaseRow] = []
        for file in data.cases where OnTimeFigures.belongs(file, from: period.start, to: end) {
            rows.append(
                CaseRow(
                    code: file.code, field: fields.name(of: file.field), unit: units.name(of: file.unit),
                    channel: file.channel, receivedOn: file.receivedOn, promisedOn: file.dueOn(asOf: end),
                    resolvedOn: file.resolvedOn.flatMap { $0 <= end ? $0 : nil }, state: file.state(asOf: end)))
        }
        return rows.sorted { $0.code < $1.code }
    }
}

extension CaseFile.State {
    /// As tables write it.
    public var words: String {
        switch self {
        case .early: "Trước hạn"
        case .onTime: "Đúng hạn"
        case .late: "Quá hạn"
        case .pendingInTime: "Đang giải quyết, trong hạn"
        case .pendingOverdue: "Đang giải quyết, quá hạn"
        case .suspended: "Tạm dừng, trong hạn"
        }
    }
}
