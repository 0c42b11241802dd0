/// The milestones that one clause of a deadline phrase means.
struct ClauseMilestones {
    private let text: String
    private let clause: DeadlineClause
    private let year: Int

    /// - Parameters:
    ///   - clause: a part of a phrase, on one line.
    ///   - year: the plan's.
    init(clause text: String, year: Int) {
        self.text = text
        self.year = year
        clause = DeadlineClause(text)
    }

    var all: [Milestone] {
        let isEvent = EventWords.begin(text)
        let found = isEvent ? event : timed
        // An event's own words may look like a time.
        guard let unread = clause.unread, !isEvent || found.count > 1 else { return found }
        return found.map { suspect($0, "“\(Self.trimmed(unread))” was not understood") }
    }

    private func suspect(_ milestone: Milestone, _ reason: String) -> Milestone {
        guard milestone.suspect == nil else { return milestone }
        var milestone = milestone
        milestone.suspect = reason
        if milestone.kind != .by {
            milestone.kind = .by
            milestone.due = nil
        }
        return milestone
    }

    /// A clause that begins with an event. A year is part of the event (“Sau khi công bố Chỉ số CCHC năm 2023”); a finer time may
    /// be the event's or the task's, so the office is asked.
    private var event: [Milestone] {
        let plain = Milestone(kind: .onEvent, what: Self.lowered(text))
        let isDated = clause.times.contains { time in
            switch time {
            case .spans(let spans, _, _): spans.contains { $0.unit != .year }
            case .recurrence(let periods): periods != [12]
            case .daysOfMonth, .lastMonthOfQuarter: true
            case .ongoing, .laterYears: false
            }
        }
        guard isDated else { return [plain] }
        return [plain] + timed.map { suspect($0, "it may be the event's time or the task's") }
    }

    private var timed: [Milestone] {
        let entries = entries
        guard !entries.isEmpty else {
            return [Milestone(kind: .by, what: Self.lowered(text), suspect: "no time was found in it")]
        }
        var found: [Milestone] = []
        let isOngoing = entries.contains { $0.time == .ongoing }
        if isOngoing { found.append(ongoing(entries)) }
        let periods = entries.flatMap { if case .recurrence(let periods) = $0.time { periods } else { [Int]() } }
        let days = spanEntries(entries, absorbsYears: isOngoing || !periods.isEmpty)
        if !periods.isEmpty { found += recurring(periods, entries, days) }
        found += quarterDays(entries)
        if periods.isEmpty { found += loneDays(entries) }
        found += dated(days, periods)
        if entries.contains(where: { $0.time == .laterYears }) {
            found.append(Milestone(kind: .ongoing, from: LocalDate(year: year + 1, month: 1, day: 1)))
        }
        return found
    }

    // MARK: Times with their words

    /// A time with the words that tell what is due then.
    private struct Entry {
        let time: DeadlineClause.Time
        var what: String?
        /// Whether nothing stands between it and the time before that tells of other work.
        var isJoined = false
        /// Whether words of its own stand before it, behind a comma or “và”.
        var isApart = false
    }

    private var entries: [Entry] {
        var entries: [Entry] = []
        // The words before the first time, and those that announce the next one: “…, báo cáo trước 15/3”, “và tổng kết năm”.
        var (head, lead): (String?, String?)
        for (place, piece) in clause.pieces.enumerated() {
            switch piece {
            case .words(let words):
                if entries.isEmpty {
                    head = Self.duty(words)
                } else if place == clause.pieces.count - 1 {
                    entries[entries.count - 1].what = Self.duty(words)
                } else {
                    let (own, next) = Self.parted(words)
                    entries[entries.count - 1].what = Self.duty(own)
                    lead = Self.duty(next)
                }
            case .time(let time):
                let isJoined = entries.last.map { $0.what == nil && lead == nil } ?? false
                add(Entry(time: time, what: lead, isJoined: isJoined, isApart: lead != nil), &entries)
                lead = nil
            }
        }
        // “Báo cáo trước ngày 15/6”: the words stand before; “Quý I, quý II: thực hiện”: behind the last.
        for index in entries.indices where entries[index].what == nil {
            let later = entries[(index + 1)...].prefix { $0.isJoined }.first { $0.what != nil }?.what
            entries[index].what = later ?? head
        }
        return entries
    }

    /// Adds a time; days that wait for their month get it: “ngày 10, 20 tháng 6”, “ngày 20 các tháng 3, 6, 9”.
    private func add(_ entry: Entry, _ entries: inout [Entry]) {
        guard case .daysOfMonth(let days, let bound)? = entries.last?.time, entry.isJoined,
            case .spans(let spans, false, _) = entry.time, let first = spans.first
        else { return entries.append(entry) }
        let dated: [DeadlineSpan]
        switch first.unit {
        case .day(_, let month): dated = days.map { Self.day($0, month, first) } + spans
        case .month:
            dated = spans.flatMap { span in
                if case .month(let month) = span.unit {
                    days.map { Self.day($0, month, span) }
                } else {
                    [DeadlineSpan]()
                }
            }
        default: return entries.append(entry)
        }
        entries[entries.count - 1] = Entry(
            time: .spans(dated, isRange: false, bound), what: entries.last?.what ?? entry.what)
    }

    private static func day(_ day: Int, _ month: Int, _ span: DeadlineSpan) -> DeadlineSpan {
        DeadlineSpan(unit: .day(day, month: month), year: span.year, isNextYear: span.isNextYear)
    }

    /// Words between two times: what belongs to the first, and what to the second, behind a comma or “và”.
    private static func parted(_ words: String) -> (own: String, next: String) {
        if DeadlineToken.all(in: words).first(where: { $0.sign == nil })?.word == "và" { return ("", words) }
        guard let comma = words.lastIndex(of: ",") else { return (words, "") }
        return (String(words[..<comma]), String(words[words.index(after: comma)...]))
    }

    /// Words that tell of work; nil if they only join times.
    private static func duty(_ words: String) -> String? {
        let trimmed = trimmed(words)
        let tokens = DeadlineToken.all(in: trimmed).compactMap(\.word)
        guard tokens.contains(where: { !joining.contains($0) }) else { return nil }
        return trimmed
    }

    private static let joining: Set<String> = [
        "và", "hoặc", "các", "của", "hoàn", "thành", "xong", "phải", "gửi", "là", "thời", "gian", "hạn", "thực", "hiện",
        "từ",
        "trong", "đến", "cụ", "thể", "như", "sau", "nộp", "trước", "chậm", "nhất",
    ]

    private static func trimmed(_ words: String) -> String {
        var words = Substring(words)
        while let first = words.first, !first.isLetter, !first.isNumber, first != "“" { words.removeFirst() }
        if words.lowercased().hasPrefix("và ") { words = words.dropFirst(3) }
        while let last = words.last, !last.isLetter, !last.isNumber, !"”)%".contains(last) { words.removeLast() }
        if words.last == ")", !words.contains("(") { words.removeLast() }
        return String(words)
    }

    private static func lowered(_ text: String) -> String { text.prefix(1).lowercased() + text.dropFirst() }

    // MARK: All the time

    private func ongoing(_ entries: [Entry]) -> Milestone {
        var milestone = Milestone(kind: .ongoing, from: date(1, 1), to: date(12, 31))
        if entries.contains(where: { $0.what != nil }) { milestone.what = Self.lowered(text) }
        var years: [Int] = []
        for entry in entries {
            guard case .spans(let spans, let isRange, let bound) = entry.time else { continue }
            years += spans.filter { $0.unit == .year }.map { $0.year(in: year) }
            guard let days = spans.first?.days(in: year), let last = spans.last?.days(in: year) else { continue }
            if bound == .from || isRange { milestone.from = max(milestone.from ?? days.first, days.first) }
            if isRange { milestone.to = max(milestone.to ?? last.last, last.last) }
        }
        if let last = years.max(), last < year { return suspect(milestone, slip) }
        return milestone
    }

    private var slip: String { "the plan is for \(year): probably a slip for \(year)" }

    // MARK: Days, months, quarters, years

    private func spanEntries(_ entries: [Entry], absorbsYears: Bool) -> [Entry] {
        entries.indices.filter { index in
            guard case .spans(let spans, let isRange, let bound) = entries[index].time else { return false }
            guard absorbsYears else { return true }
            // “Hoàn thành trong giai đoạn 2026 - 2027 và vận hành thường xuyên”: two things.
            if index + 1 < entries.count, entries[index + 1].time == .ongoing, entries[index + 1].isApart {
                return true
            }
            let isSummed = bound == .by && spans.contains { $0.year == nil }
            return (spans.contains { $0.unit != .year } || isSummed) && bound != .from && !isRange
        }.map { entries[$0] }
    }

    /// A milestone with the stretch of the calendar that it was read from.
    private struct Dated {
        var milestone: Milestone
        var span: ClosedRange<LocalDate>?
        /// Whether other days may lie in it.
        var isStretch = false
    }

    private func dated(_ entries: [Entry], _ periods: [Int]) -> [Milestone] {
        var found: [Dated] = []
        for entry in entries {
            guard case .spans(let spans, let isRange, let bound) = entry.time else { continue }
            let isEach = !periods.isEmpty
            for group in Self.groups(spans, isRange: isRange || isWindow(spans, entry, isEach)) {
                let next = milestone(group, bound, entry, isEach: isEach)
                // “Trong quý I, hoàn thành trước ngày 15/02”: the quarter is the time in which, and no date of its own.
                if entry.isJoined, let outer = found.last, outer.isStretch, let range = outer.span, let own = next.span,
                    range != own, range.contains(own.lowerBound), range.contains(own.upperBound)
                {
                    var inner = next
                    inner.milestone.from = range.lowerBound
                    found[found.count - 1] = inner
                } else {
                    found.append(next)
                }
            }
        }
        return found.map(\.milestone)
    }

    /// “Quý II, III: tổ chức thực hiện” is one stretch of work; “báo cáo quý I, quý II” are two reports.
    private func isWindow(_ spans: [DeadlineSpan], _ entry: Entry, _ isEach: Bool) -> Bool {
        guard !isEach, spans.count > 1, let what = entry.what else { return false }
        let work = DeadlineToken.all(in: what).compactMap(\.word)
        guard !Self.reports.contains(where: { work.starts(with: $0) }) else { return false }
        return zip(spans, spans.dropFirst()).allSatisfy { $0.isFollowed(by: $1) }
    }

    private static let reports = [["báo", "cáo"], ["sơ", "kết"], ["tổng", "kết"], ["gửi"], ["định", "kỳ"], ["họp"]]

    private static func groups(_ spans: [DeadlineSpan], isRange: Bool) -> [[DeadlineSpan]] {
        isRange ? [spans] : spans.map { [$0] }
    }

    private func milestone(
        _ spans: [DeadlineSpan], _ bound: DeadlineClause.Bound, _ entry: Entry, isEach: Bool
    ) -> Dated {
        let what = what(spans, bound, entry, isEach)
        guard let first = spans.first?.days(in: year)?.first, let last = spans.last?.days(in: year)?.last else {
            return Dated(milestone: Milestone(kind: .by, what: what, suspect: "there is no such day"))
        }
        guard first <= last else {
            let reason = "its end is before its beginning"
            return Dated(milestone: Milestone(kind: .by, due: last, what: what, suspect: reason))
        }
        if bound == .from {
            let what = entry.what.map(Self.lowered)
            return Dated(milestone: Milestone(kind: .ongoing, from: first, to: date(12, 31), what: what))
        }
        var milestone = Milestone(kind: .by, due: bound == .before ? first.adding(days: -1) : last, what: what)
        if bound != .before, beginsWith(spans, first, bound, isEach: isEach) { milestone.from = first }
        if bound == .vague { milestone.suspect = "it names no day: the last one that it can mean was taken" }
        let named = spans.last?.year(in: year) ?? year
        if named < year { milestone.suspect = slip }
        let isStretch = bound != .before && spans.first.map { if case .day = $0.unit { false } else { true } } ?? false
        return Dated(milestone: milestone, span: first...last, isStretch: isStretch)
    }

    /// Whether the first day of what is named is the one on which the work begins.
    private func beginsWith(
        _ spans: [DeadlineSpan], _ first: LocalDate, _ bound: DeadlineClause.Bound, isEach: Bool
    ) -> Bool {
        switch spans.first?.unit {
        case .quarter, .months: !isEach
        case .month: bound == .within || spans.count > 1
        case .day: spans.count > 1
        case .year: spans.count > 1 && first.year >= year
        case nil: false
        }
    }

    private func what(
        _ spans: [DeadlineSpan], _ bound: DeadlineClause.Bound, _ entry: Entry, _ isEach: Bool
    ) -> String {
        if isEach, case .quarter(let quarter)? = spans.first?.unit {
            return Self.occurrence(quarter * 3, [3], entry.what)
        }
        if let what = entry.what { return Self.lowered(what) }
        return spans.first?.unit == .year && bound != .before ? "hoàn thành trong năm" : "hoàn thành"
    }

    // MARK: What comes round

    private func recurring(_ periods: [Int], _ entries: [Entry], _ days: [Entry]) -> [Milestone] {
        let named = days.reduce(0) { count, entry in
            if case .spans(let spans, _, _) = entry.time { count + spans.count } else { count }
        }
        let shortest = periods.min() ?? 12
        // “Thường xuyên, hằng năm” has no date.
        if periods == [12], entries.contains(where: { $0.time == .ongoing }) { return [] }
        let inQuarter = entries.contains { if case .lastMonthOfQuarter = $0.time { true } else { false } }
        // “Định kỳ 6 tháng (trước ngày 15/6), năm (trước ngày 15/12)”: the days are named.
        if named >= 12 / shortest || (named > 0 && periods == [12]) || inQuarter && shortest == 3 { return [] }
        if named > 0, shortest == 3, Self.areQuarters(days) { return [] }
        let what = entries.lazy.compactMap(\.what).first
        let window = window(entries)
        let days = entries.lazy.compactMap {
            if case .daysOfMonth(let days, let bound) = $0.time { (days, bound) } else { nil }
        }
        .first
        let months = (1...12).filter { month in periods.contains { month.isMultiple(of: $0) } }
        return months.flatMap { month -> [Milestone] in
            guard let last = DeadlineSpan(unit: .month(month)).days(in: year)?.last else { return [] }
            let plain = Milestone(kind: .by, due: last, what: Self.occurrence(month, periods, what))
            guard let (days, bound) = days else { return [plain] }
            return days.map { day in
                var milestone = plain
                // The 31st of a month of thirty days is its last one.
                milestone.due = LocalDate(year: year, month: month, day: day) ?? last
                if bound == .before { milestone.due = milestone.due?.adding(days: -1) }
                if shortest > 1 { milestone.suspect = "it does not say of which month; the last one was taken" }
                return milestone
            }
        }.filter { milestone in milestone.due.flatMap { due in window.map { $0.contains(due) } } ?? true }
    }

    private static func areQuarters(_ entries: [Entry]) -> Bool {
        entries.allSatisfy { entry in
            guard case .spans(let spans, _, _) = entry.time else { return false }
            return spans.allSatisfy { if case .quarter = $0.unit { true } else { $0.unit == .year } }
        }
    }

    /// The days between which something comes round: the year, or from and to what the clause says.
    private func window(_ entries: [Entry]) -> ClosedRange<LocalDate>? {
        var (first, last) = (date(1, 1), date(12, 31))
        for entry in entries {
            guard case .spans(let spans, let isRange, let bound) = entry.time, isRange || bound == .from else {
                continue
            }
            first = spans.first?.days(in: year)?.first ?? first
            if isRange { last = spans.last?.days(in: year)?.last ?? last }
        }
        guard let first, let last, first <= last else { return nil }
        return first...last
    }

    private static func occurrence(_ month: Int, _ periods: [Int], _ what: String?) -> String {
        let longest = periods.filter { month.isMultiple(of: $0) }.max() ?? 1
        let name = PeriodName.of(endingIn: month, months: longest)
        return "\(what.map(lowered) ?? "định kỳ") \(name)"
    }

    private func quarterDays(_ entries: [Entry]) -> [Milestone] {
        entries.flatMap { entry -> [Milestone] in
            guard case .lastMonthOfQuarter(let day, let bound) = entry.time else { return [] }
            return (1...4).compactMap { quarter in
                guard let last = DeadlineSpan(unit: .quarter(quarter)).days(in: year)?.last else { return nil }
                var due = day.flatMap { LocalDate(year: year, month: quarter * 3, day: $0) } ?? last
                if bound == .before, day != nil { due = due.adding(days: -1) }
                return Milestone(kind: .by, due: due, what: Self.occurrence(quarter * 3, [3], entry.what))
            }
        }
    }

    /// Days whose month nothing names.
    private func loneDays(_ entries: [Entry]) -> [Milestone] {
        entries.compactMap { entry in
            guard case .daysOfMonth = entry.time else { return nil }
            return Milestone(kind: .by, what: entry.what.map(Self.lowered), suspect: "it names a day and no month")
        }
    }

    private func date(_ month: Int, _ day: Int) -> LocalDate? { LocalDate(year: year, month: month, day: day) }
}
