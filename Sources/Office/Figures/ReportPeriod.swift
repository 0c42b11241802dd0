/// A period of reports: a month, a quarter, a half-year, nine months, a year, or any range of days (plan 04/KH-UBND,
/// III.1.3: what the central and the city's agencies ask for).
public struct ReportPeriod: Sendable, Equatable, Codable {
    /// What kind of period it is.
    public enum Kind: String, Sendable, Codable {
        /// `2024-03`.
        case month
        /// `2024-Q1`.
        case quarter
        /// `2024-H1`, `2024-H2`.
        case halfYear
        /// `2024-9M`.
        case nineMonths
        /// `2024`.
        case year
        /// `2024-01-15..2024-03-14`.
        case range
    }

    /// What kind of period it is.
    public let kind: Kind
    /// How it is written: `2024-Q1`. One period has one name.
    public let name: String
    /// Its first day.
    public let start: LocalDate
    /// Its last day.
    public let end: LocalDate
    /// Within a sentence: `quý I năm 2024`.
    public let vietnamese: String
    /// The day of the month on which months end, where they do not end with the calendar's.
    public let cutOffDay: Int?
    private let year: Int
    /// Which month, quarter or half of the year; 1 for what there is one of.
    private let ordinal: Int

    /// What a period may look like, for messages.
    public static let examples = "2024-03, 2024-Q1, 2024-H1, 2024-9M, 2024, 2024-01-15..2024-03-14"

    /// Reads a period.
    /// - Parameters:
    ///   - text: one of `examples`, or `previous-month`, `previous-quarter`, `previous-year`.
    ///   - date: what `previous-…` counts from.
    ///   - cutOffDay: the last day of each month of the office's periods: with 14, the first quarter goes from 15
    ///     December to 14 March (said of Decree 09/2019/NĐ-CP, not verified); nil = the calendar's months. Ranges are as
    ///     they are written.
    public init?(_ text: String, asOf date: LocalDate, cutOffDay: Int? = nil) {
        if let cutOffDay, !(1...27).contains(cutOffDay) { return nil }
        let found =
            Self.previous(text, date, cutOffDay) ?? Self.range(text) ?? Self.named(text, cutOffDay)
        guard let found else { return nil }
        self = found
    }

    /// The period with which it is compared: the month, quarter, half-year or year before; the same nine months of the
    /// year before; as many days right before a range.
    public var before: ReportPeriod? {
        switch kind {
        case .month: ordinal == 1 ? Self(.month, year - 1, 12, cutOffDay) : Self(.month, year, ordinal - 1, cutOffDay)
        case .quarter:
            ordinal == 1 ? Self(.quarter, year - 1, 4, cutOffDay) : Self(.quarter, year, ordinal - 1, cutOffDay)
        case .halfYear:
            ordinal == 1 ? Self(.halfYear, year - 1, 2, cutOffDay) : Self(.halfYear, year, 1, cutOffDay)
        case .nineMonths: Self(.nineMonths, year - 1, 1, cutOffDay)
        case .year: Self(.year, year - 1, 1, cutOffDay)
        case .range:
            Self.range(from: start.adding(days: start.number - end.number - 1), to: start.adding(days: -1))
        }
    }

    /// At the beginning of a sentence or a cell: `Quý I năm 2024`.
    public var title: String { vietnamese.prefix(1).uppercased() + vietnamese.dropFirst() }

    /// Whether a whole other period lies in it.
    public func contains(_ other: ReportPeriod) -> Bool { start <= other.start && other.end <= end }

    // MARK: Reading

    private static func named(_ text: String, _ cutOffDay: Int?) -> ReportPeriod? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, first.count == 4, first.allSatisfy(\.isASCIIDigit), let year = Int(first),
            (1_900...9_998).contains(year), parts.count <= 2
        else { return nil }
        guard parts.count == 2 else { return Self(.year, year, 1, cutOffDay) }
        let part = parts[1]
        guard part.count == 2, let last = part.last else { return nil }
        switch part {
        case "9M": return Self(.nineMonths, year, 1, cutOffDay)
        case "H1", "H2": return Self(.halfYear, year, last == "1" ? 1 : 2, cutOffDay)
        case "Q1", "Q2", "Q3", "Q4": return Self(.quarter, year, last.wholeNumberValue ?? 1, cutOffDay)
        default:
            guard part.allSatisfy(\.isASCIIDigit), let month = Int(part), (1...12).contains(month) else { return nil }
            return Self(.month, year, month, cutOffDay)
        }
    }

    private static func range(_ text: String) -> ReportPeriod? {
        let bytes = Array(text.utf8)
        guard bytes.count == 22, bytes[10...11].elementsEqual(Array("..".utf8)),
            let start = LocalDate(String(text.prefix(10))), let end = LocalDate(String(text.suffix(10))), start <= end
        else { return nil }
        return range(from: start, to: end)
    }

    private static func range(from start: LocalDate, to end: LocalDate) -> ReportPeriod {
        ReportPeriod(
            kind: .range, name: "\(start)..\(end)", start: start, end: end,
            vietnamese: "từ ngày \(start.form) đến ngày \(end.form)", year: start.year, ordinal: 1, cutOffDay: nil)
    }

    private static func previous(_ text: String, _ date: LocalDate, _ cutOffDay: Int?) -> ReportPeriod? {
        // After the cut-off day the month of the next calendar month has begun.
        let day = cutOffDay.map { date.parts.day > $0 ? date.adding(months: 1) : date } ?? date
        let (year, month, _) = day.parts
        return switch text {
        case "previous-month": Self(.month, year, month, cutOffDay)?.before
        case "previous-quarter": Self(.quarter, year, (month + 2) / 3, cutOffDay)?.before
        case "previous-year": Self(.year, year - 1, 1, cutOffDay)
        default: nil
        }
    }

    // MARK: Making

    private init?(_ kind: Kind, _ year: Int, _ ordinal: Int, _ cutOffDay: Int?) {
        let months = Self.months(kind, ordinal)
        let first = LocalDate(year: year, month: months.lowerBound, day: 1)
        guard let first, let last = LocalDate(year: year, month: months.upperBound, day: 1) else { return nil }
        var start = first
        var end = last.adding(months: 1).adding(days: -1)
        if let cutOffDay {
            start = first.adding(months: -1).adding(days: cutOffDay)
            end = last.adding(days: cutOffDay - 1)
        }
        self.init(
            kind: kind, name: Self.name(kind, year, ordinal), start: start, end: end,
            vietnamese: Self.words(kind, year, ordinal), year: year, ordinal: ordinal, cutOffDay: cutOffDay)
    }

    private init(
        kind: Kind, name: String, start: LocalDate, end: LocalDate, vietnamese: String, year: Int, ordinal: Int,
        cutOffDay: Int?
    ) {
        self.kind = kind
        self.name = name
        self.start = start
        self.end = end
        self.vietnamese = vietnamese
        self.year = year
        self.ordinal = ordinal
        self.cutOffDay = cutOffDay
    }

    private static func months(_ kind: Kind, _ ordinal: Int) -> ClosedRange<Int> {
        switch kind {
        case .month: ordinal...ordinal
        case .quarter: (ordinal * 3 - 2)...(ordinal * 3)
        case .halfYear: (ordinal * 6 - 5)...(ordinal * 6)
        case .nineMonths: 1...9
        case .year, .range: 1...12
        }
    }

    private static func name(_ kind: Kind, _ year: Int, _ ordinal: Int) -> String {
        switch kind {
        case .month: "\(year)-" + (ordinal < 10 ? "0\(ordinal)" : "\(ordinal)")
        case .quarter: "\(year)-Q\(ordinal)"
        case .halfYear: "\(year)-H\(ordinal)"
        case .nineMonths: "\(year)-9M"
        case .year, .range: "\(year)"
        }
    }

    private static func words(_ kind: Kind, _ year: Int, _ ordinal: Int) -> String {
        switch kind {
        case .month: "tháng \(ordinal) năm \(year)"
        case .quarter: "quý \(["I", "II", "III", "IV"][ordinal - 1]) năm \(year)"
        case .halfYear: "6 tháng \(ordinal == 1 ? "đầu" : "cuối") năm \(year)"
        case .nineMonths: "9 tháng đầu năm \(year)"
        case .year, .range: "năm \(year)"
        }
    }
}

extension Character {
    /// 0 to 9, and no other script's digits.
    var isASCIIDigit: Bool { isASCII && isNumber }
}
