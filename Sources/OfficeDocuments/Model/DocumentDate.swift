/// A day as documents write it.
public struct DocumentDate: Sendable, Equatable {
    /// The year.
    public var year: Int
    /// 1 to 12.
    public var month: Int
    /// 1 to 31.
    public var day: Int

    /// A day.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// “ngày 04 tháng 01 năm 2024”: days under 10 and the months 1 and 2 with a leading zero (Decree 30/2020/NĐ-CP).
    public var text: String {
        let day = day < 10 ? "0\(day)" : "\(day)"
        let month = month < 3 ? "0\(month)" : "\(month)"
        return "ngày \(day) tháng \(month) năm \(year)"
    }

    /// `2024-01-04T00:00:00+07:00`: the beginning of the day in Vietnam (ISO 8601), for a file's metadata.
    var timestamp: String {
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return "\(year)-\(padded(month))-\(padded(day))T00:00:00+07:00"
    }
}
