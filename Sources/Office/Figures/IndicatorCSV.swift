import Foundation

/// Indicator values as a CSV file: what could be read, and what could not, with its line and its reason.
public struct IndicatorCSV: Sendable {
    /// The columns; the English names are taken, too.
    public static let columns = ["don_vi", "chi_tieu", "ky", "tu_so", "mau_so"]
    private static let english = ["unit", "indicator", "period", "numerator", "denominator"]
    /// Larger numbers are slips.
    private static let most = 1_000_000_000_000_000

    /// The values.
    public private(set) var values: [IndicatorValue] = []
    /// The rows that are none.
    public private(set) var rejects: [CaseFileTable.Reject] = []
    private let profile: OfficeProfile
    private let indicators: [String: Target.Part]
    private let date: LocalDate

    /// Reads a file.
    /// - Parameter date: the day on which the office got it.
    /// - Throws: `OfficeError.cases` where the file as a whole cannot be used.
    public init(
        _ bytes: [UInt8], profile: OfficeProfile, targets: TargetList, receivedOn date: LocalDate
    ) throws(OfficeError) {
        self.profile = profile
        self.date = date
        indicators = targets.indicators
        let content = CSVReader.read(try TextEncoding.read(bytes).text, separator: nil)
        if let line = content.openQuoteLine { throw CSVReader.cutOff(line) }
        let records = content.rows
        guard let head = records.first else { throw .cases("the file is empty") }
        let order = try Self.order(head.cells)
        // All columns are needed: no program leaves separators out.
        if let last = records.last, last.cells.count < head.cells.count {
            throw .cases(
                "the last row, line \(last.line), has \(last.cells.count) of \(head.cells.count) columns: the file was "
                    + "cut off, nothing was imported")
        }
        var seen: [String: Int] = [:]
        for record in records.dropFirst() { take(record, order, &seen) }
    }

    private static func order(_ cells: [String]) throws(OfficeError) -> [Int] {
        let header = cells.map { Phrase.normalized($0) }
        var order: [Int] = []
        for (own, other) in zip(columns, english) {
            guard let place = header.firstIndex(where: { $0 == own || $0 == other }) else {
                throw .cases("the column “\(own)” is missing; the columns are \(columns.joined(separator: ", "))")
            }
            order.append(place)
        }
        if let stranger = header.first(where: { !columns.contains($0) && !english.contains($0) }) {
            throw .cases("“\(stranger)” is no column; the columns are \(columns.joined(separator: ", "))")
        }
        return order
    }

    private mutating func take(_ record: TableRow, _ order: [Int], _ seen: inout [String: Int]) {
        do throws(RowError) {
            if let fault = record.fault { throw RowError(fault) }
            guard record.cells.count == order.count else {
                throw RowError("có \(record.cells.count) cột, cần \(order.count) cột")
            }
            let cells = order.map {
                record.cells[$0].precomposedStringWithCanonicalMapping.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            let value = try value(cells)
            let key = "\(value.unit)\n\(value.indicator)\n\(value.period)"
            if let line = seen[key] { throw RowError("trùng đơn vị, chỉ tiêu và kỳ với dòng \(line)") }
            seen[key] = record.line
            values.append(value)
        } catch {
            rejects.append(CaseFileTable.Reject(line: record.line, reason: error.reason, cells: record.cells))
        }
    }

    private struct RowError: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private func value(_ cells: [String]) throws(RowError) -> IndicatorValue {
        guard let unit = profile.unit(named: cells[0]) else {
            throw RowError("đơn vị “\(cells[0].prefix(64))” không có trong office.yaml")
        }
        guard let part = indicators[cells[1]] else {
            throw RowError("chỉ tiêu “\(cells[1].prefix(64))” không có trong targets.yaml")
        }
        if let submitters = part.submitters(profile), !submitters.contains(where: { $0.id == unit.id }) {
            throw RowError("\(unit.name) không phải đơn vị báo cáo chỉ tiêu \(cells[1])")
        }
        let numerator = try number(cells[3], "tu_so")
        let denominator = try number(cells[4], "mau_so")
        if numerator > denominator { throw RowError("tử số \(numerator) lớn hơn mẫu số \(denominator)") }
        if part.measure == .rank, numerator == 0 { throw RowError("thứ hạng phải từ 1 trở lên") }
        return IndicatorValue(
            unit: unit.id, indicator: cells[1], period: try period(cells[2]), numerator: numerator,
            denominator: denominator, receivedOn: date)
    }

    private func period(_ text: String) throws(RowError) -> String {
        let cutOff = profile.reports?.cutOffDay
        guard !text.hasPrefix("previous"), let period = ReportPeriod(text, asOf: date, cutOffDay: cutOff) else {
            throw RowError("kỳ “\(text.prefix(64))” không hợp lệ, ví dụ \(ReportPeriod.examples)")
        }
        if period.start > date { throw RowError("kỳ \(text) chưa bắt đầu vào ngày \(date.form)") }
        return period.name
    }

    private func number(_ text: String, _ column: String) throws(RowError) -> Int {
        guard !text.isEmpty, text.allSatisfy(\.isASCIIDigit), let number = Int(text), number <= Self.most else {
            throw RowError("\(column) “\(text.prefix(32))” không phải số nguyên từ 0; chỉ ghi chữ số")
        }
        return number
    }
}
