/// How long an office has for a case file.
public enum Term: Sendable, Equatable {
    /// So many working days, of which the day of receipt is none.
    case workingDays(Int)
    /// So many hours of the office, from the moment of receipt on.
    case workingHours(Int)
    /// So many days of the calendar (Civil Code 2015, articles 147 and 148).
    case days(Int)
    /// So many months: up to the day of the same number, or the last of a shorter month (the same articles).
    case months(Int)

    /// The most of each that a term may have.
    public static let most = 3_650
}

/// When a term ends, and how that comes about.
public struct DueDate: Sendable, Equatable {
    /// The last moment in time.
    public let at: LocalMoment
    /// Each step, in Vietnamese.
    public let steps: [String]
}

extension Term {
    /// When the term ends of what was received at a moment.
    ///
    /// Working days are counted one by one, each holiday on the way with its name and source. A term in days or months whose
    /// last day is not worked ends with the next working day (Civil Code 2015, article 148.5).
    public func due(receivedAt moment: LocalMoment, calendar: WorkingCalendar, hours: WorkingHours) -> DueDate {
        var count = TermCount(calendar: calendar, hours: hours)
        let received = count.receive(moment)
        switch self {
        case .workingDays(let days): count.add(workingDays: days, to: received.date)
        case .workingHours(let hours): count.add(workingHours: hours, to: received)
        case .days(let days): count.end(on: received.date.adding(days: days), "\(days) ngày")
        case .months(let months): count.end(on: received.date.adding(months: months), "\(months) tháng")
        }
        return count.dueDate
    }
}

/// A term while it is counted.
private struct TermCount {
    let calendar: WorkingCalendar
    let hours: WorkingHours
    private var steps: [String] = []
    private var at = LocalMoment(LocalDate(number: 0), LocalTime(minutes: 0))

    init(calendar: WorkingCalendar, hours: WorkingHours) {
        self.calendar = calendar
        self.hours = hours
    }

    var dueDate: DueDate {
        DueDate(at: at, steps: steps + ["Hạn cuối: \(at.time), \(at.date.longVietnamese)."])
    }

    /// - Returns: the moment from which the term runs.
    mutating func receive(_ moment: LocalMoment) -> LocalMoment {
        steps.append("Tiếp nhận: \(moment.time), \(moment.date.longVietnamese).")
        guard let cutOff = hours.cutOff, moment.time > cutOff, calendar.isWorkingDay(moment.date) else {
            return moment
        }
        let next = calendar.onOrAfter(moment.date.adding(days: 1))
        steps.append("Sau \(cutOff): tính là tiếp nhận vào ngày làm việc tiếp theo, \(next.longVietnamese).")
        return LocalMoment(next, hours.periods(on: next, calendar).first?.begins ?? LocalTime(minutes: 0))
    }

    mutating func add(workingDays count: Int, to received: LocalDate) {
        steps.append("Thời hạn: \(count) ngày làm việc, không tính ngày tiếp nhận.")
        var date = received
        var counted = 0
        while counted < count {
            date = date.adding(days: 1)
            guard calendar.isWorkingDay(date) else {
                skip(date)
                continue
            }
            counted += 1
            steps.append("Ngày làm việc thứ \(counted): \(date.longVietnamese)\(remark(date)).")
        }
        at = LocalMoment(date, end(of: date))
    }

    mutating func add(workingHours count: Int, to received: LocalMoment) {
        steps.append("Thời hạn: \(count) giờ làm việc kể từ khi tiếp nhận.")
        var left = count * 60
        var date = received.date
        at = received
        while left > 0 {
            let from = date == received.date ? received.time : LocalTime(minutes: 0)
            let periods = hours.periods(on: date, calendar)
            if periods.isEmpty { skip(date) }
            for period in periods where left > 0 && period.ends > from {
                let begins = max(period.begins, from)
                let minutes = min(left, period.ends.minutes - begins.minutes)
                left -= minutes
                let ends = LocalTime(minutes: begins.minutes + minutes)
                at = LocalMoment(date, ends)
                steps.append("\(begins)–\(ends), \(date.longVietnamese)\(remark(date)): \(Self.span(minutes)).")
            }
            date = date.adding(days: 1)
        }
    }

    mutating func end(on last: LocalDate, _ term: String) {
        steps.append("Thời hạn: \(term), không tính ngày tiếp nhận: đến hết \(last.longVietnamese).")
        var date = last
        while !calendar.isWorkingDay(date) {
            skip(date)
            date = date.adding(days: 1)
        }
        if date != last {
            steps.append(
                "Ngày cuối là ngày nghỉ: thời hạn kết thúc vào ngày làm việc tiếp theo (Điều 148 khoản 5 Bộ luật Dân sự 2015)."
            )
        }
        at = LocalMoment(date, end(of: date))
    }

    private func end(of date: LocalDate) -> LocalTime {
        hours.periods(on: date, calendar).last?.ends ?? LocalTime(minutes: 1_440)
    }

    private mutating func skip(_ date: LocalDate) {
        if let holiday = calendar.holiday(date) {
            let source = holiday.source.isEmpty ? "" : " (\(holiday.source))"
            let mark = holiday.mark == .official ? "" : ", tạm tính"
            let name = holiday.name.isEmpty ? "ngày nghỉ" : holiday.name
            steps.append("Không tính \(date.longVietnamese): \(name)\(mark)\(source).")
        } else {
            steps.append("Không tính \(date.longVietnamese): ngày nghỉ hằng tuần.")
        }
    }

    private func remark(_ date: LocalDate) -> String {
        if let worked = calendar.worked(date) {
            return worked.name.isEmpty ? " (làm bù)" : " (\(worked.name.lowercasedFirst))"
        }
        switch calendar.half(date)?.works {
        case .morning: return " (làm việc buổi sáng)"
        case .afternoon: return " (làm việc buổi chiều)"
        case nil: return ""
        }
    }

    private static func span(_ minutes: Int) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60)
        if hours == 0 { return "\(rest) phút" }
        return rest == 0 ? "\(hours) giờ" : "\(hours) giờ \(rest) phút"
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
