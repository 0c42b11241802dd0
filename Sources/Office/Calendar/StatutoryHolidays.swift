/// The holidays of the Labour Code 2019, article 112, for a year that has no official list yet: a provisional value.
///
/// Which days around Tết and National Day are off is decided anew each year. Here they are what the decisions of 2018 to 2026
/// come to: Tết from two days before the first of the year to its third, or, where the first is a Tuesday, from one day
/// before to its fourth, so that it fills a week; beside 2 September the day before, or the day after where that makes a
/// longer rest (a Monday, a Thursday, a Sunday). Swapped Saturdays are never guessed.
public enum StatutoryHolidays {
    /// The days off of a year beside Saturdays and Sundays, in order.
    public static func of(_ year: Int) -> [DayOff] {
        var days = named(year)
        // Article 111.3: a holiday on a weekly day of rest moves to the next working day.
        var taken = Set(days.map(\.date))
        for day in days where day.date.isWeekend {
            var next = day.date
            repeat { next = next.adding(days: 1) } while next.isWeekend || taken.contains(next)
            taken.insert(next)
            days.append(DayOff(date: next, name: "Nghỉ bù \(day.name)", source: law, mark: .computed))
        }
        return days.filter { !$0.date.isWeekend }.sorted { $0.date < $1.date }
    }

    private static let law = "Bộ luật Lao động 2019, Điều 111 và Điều 112"

    private static func named(_ year: Int) -> [DayOff] {
        var days: [DayOff] = []
        func add(_ date: LocalDate?, _ name: String) {
            if let date { days.append(DayOff(date: date, name: name, source: law, mark: .computed)) }
        }
        add(LocalDate(year: year, month: 1, day: 1), "Tết Dương lịch")
        let first = LunarCalendar.newYear(year)
        let range = first.weekday == 2 ? -1...3 : -2...2
        for offset in range { add(first.adding(days: offset), "Tết Âm lịch") }
        add(LunarCalendar.day(10, month: 3, year: year), "Giỗ Tổ Hùng Vương")
        add(LocalDate(year: year, month: 4, day: 30), "Ngày Chiến thắng")
        add(LocalDate(year: year, month: 5, day: 1), "Ngày Quốc tế lao động")
        if let national = LocalDate(year: year, month: 9, day: 2) {
            add(national, "Quốc khánh")
            let isAfter = [0, 1, 4].contains(national.weekday)
            add(national.adding(days: isAfter ? 1 : -1), "Quốc khánh")
        }
        return days
    }
}
