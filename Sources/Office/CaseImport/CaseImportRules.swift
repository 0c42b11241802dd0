/// How an office's tables of case files are read.
public struct CaseImportRules: Sendable {
    /// What the office's own software calls the columns, by Kịp's names (`caseColumns`).
    public var columns: [String: String] = [:]
    /// What it calls values, by Kịp's name of the column, and what each means (`caseValues`).
    public var values: [String: [String: String]] = [:]
    /// Whether days are written before months; nil = the file must tell.
    public var dateOrder: DateOrder?
    /// The sheet of a workbook that is read; nil = all that are shown and have the columns.
    public var sheet: String?
    /// The last year of which the days off are known; later days are warned of. Nil = none are.
    public var lastKnownYear: Int?
    /// Nothing was received or resolved after it.
    public var today = LocalDate.today
    /// The office's fields.
    public var fields: [OfficeProfile.Field] = []
    /// The office's units.
    public var units: [OfficeProfile.Unit] = []

    /// The rules of a table that nobody has said anything of.
    public init() {}

    /// The rules of an office.
    /// - Parameters:
    ///   - profile: its `office.yaml`; nil = it has none.
    ///   - calendar: its days off; nil = they are not known.
    public init(_ profile: OfficeProfile?, _ calendar: WorkingCalendar?) {
        columns = profile?.caseColumns ?? [:]
        values = profile?.caseValues ?? [:]
        dateOrder = profile?.caseDates
        fields = profile?.fields ?? []
        units = profile?.units ?? []
        lastKnownYear = calendar?.years.max()
    }

    /// What is wrong with values that an office maps; nil = nothing.
    static func slip(in values: [String: [String: String]], _ profile: OfficeProfile) -> String? {
        for (column, spellings) in values.sorted(by: { $0.key < $1.key }) {
            for (spelling, value) in spellings.sorted(by: { $0.key < $1.key }) {
                if let known = meanings(of: column, value, profile) {
                    return "“caseValues.\(column).\(spelling)” is “\(value)”, which means nothing; it can be \(known)"
                }
            }
            if CaseColumn(rawValue: column).map(mapped.contains) != true {
                return "“caseValues.\(column)” is no column of names; they are "
                    + mapped.map(\.rawValue).joined(separator: ", ")
            }
        }
        return nil
    }

    private static let mapped: [CaseColumn] = [.channel, .field, .unit, .state]

    /// What a value of a column can be, if it is not the one that is there; nil = it is.
    private static func meanings(of column: String, _ value: String, _ profile: OfficeProfile) -> String? {
        switch CaseColumn(rawValue: column) {
        case .channel:
            if CaseFile.Channel(rawValue: value) != nil { return nil }
            return CaseFile.Channel.allCases.map(\.rawValue).joined(separator: ", ")
        case .state:
            if ReportedState(rawValue: value) != nil { return nil }
            return ReportedState.allCases.map(\.rawValue).joined(separator: ", ")
        case .field:
            if profile.fields.contains(where: { Phrase.normalized($0.name) == Phrase.normalized(value) }) { return nil }
            return "the name of one of its fields"
        case .unit: return profile.unit(named: value) == nil ? "the name or the id of one of its units" : nil
        default: return nil
        }
    }
}
