/// The days of the month that a cron expression names, from its beginning or, with `L`, from its end.
struct CronMonthDays: Equatable, Sendable {
    let numbered: Set<Int>
    /// 0 = the last day of the month, 3 = three days before it (`L-3`).
    let fromEnd: Set<Int>
    /// It says nothing: the days of the week alone count.
    let isAny: Bool

    /// Reads the field.
    /// - Throws: `CronError` that names the part that is wrong.
    init(_ text: String) throws(CronError) {
        var numbered: Set<Int> = []
        var fromEnd: Set<Int> = []
        for part in CronField.parts(of: text) {
            if let distance = try Self.distance(part, text) {
                fromEnd.insert(distance)
            } else {
                numbered.formUnion(try CronField.dayOfMonth.parse(part: part, of: text))
            }
        }
        self.numbered = numbered
        self.fromEnd = fromEnd
        isAny = text.first == "*" || text == "?"
    }

    func contains(_ day: CivilDay) -> Bool {
        if numbered.contains(day.day) { return true }
        return !fromEnd.isEmpty && fromEnd.contains(day.lengthOfMonth - day.day)
    }

    /// How far from the end of the month; nil where the part does not begin with `L`.
    private static func distance(_ part: String, _ text: String) throws(CronError) -> Int? {
        guard part.first == "L" || part.first == "l" else { return nil }
        if part.count == 1 { return 0 }
        let rest = part.dropFirst()
        guard rest.first == "-", let days = CronField.number(String(rest.dropFirst())), (1...30).contains(days) else {
            throw CronField.dayOfMonth.wrong(part, text)
        }
        return days
    }
}

/// The days of the week that a cron expression names: each week's, with `L` the last of the month, with `#` the nth.
struct CronWeekDays: Equatable, Sendable {
    /// 0 = Sunday.
    let weekly: Set<Int>
    /// Those that count only in the last seven days of a month.
    let lastOfMonth: Set<Int>
    /// Those that count only once in a month: 5 in `FRI#3` is the weekday, 3 its ordinal.
    let ordinals: Set<Ordinal>
    /// It says nothing: the days of the month alone count.
    let isAny: Bool

    /// The nth of a weekday in a month.
    struct Ordinal: Hashable, Sendable {
        /// 0 = Sunday.
        let weekday: Int
        /// 1 to 5; a month without a fifth is left out.
        let number: Int
    }

    /// Reads the field.
    /// - Throws: `CronError` that names the part that is wrong.
    init(_ text: String) throws(CronError) {
        var weekly: Set<Int> = []
        var lastOfMonth: Set<Int> = []
        var ordinals: Set<Ordinal> = []
        for part in CronField.parts(of: text) {
            if part.last == "L" || part.last == "l" {
                guard let day = CronField.dayOfWeek.value(String(part.dropLast())) else {
                    throw CronField.dayOfWeek.wrong(part, text)
                }
                lastOfMonth.insert(day % 7)
            } else if part.contains("#") {
                ordinals.insert(try Self.ordinal(part, text))
            } else {
                weekly.formUnion(try CronField.dayOfWeek.parse(part: part, of: text).map { $0 % 7 })
            }
        }
        self.weekly = weekly
        self.lastOfMonth = lastOfMonth
        self.ordinals = ordinals
        isAny = text.first == "*" || text == "?"
    }

    func contains(_ day: CivilDay) -> Bool {
        if weekly.contains(day.weekday) { return true }
        if !ordinals.isEmpty, ordinals.contains(Ordinal(weekday: day.weekday, number: (day.day + 6) / 7)) {
            return true
        }
        return lastOfMonth.contains(day.weekday) && day.day + 7 > day.lengthOfMonth
    }

    private static func ordinal(_ part: String, _ text: String) throws(CronError) -> Ordinal {
        let pieces = part.split(separator: "#", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count == 2, let day = CronField.dayOfWeek.value(pieces[0]),
            let number = CronField.number(pieces[1]), (1...5).contains(number)
        else { throw CronField.dayOfWeek.wrong(part, text) }
        return Ordinal(weekday: day % 7, number: number)
    }
}
