/// A part of a deadline phrase, taken apart: its times, its words, and whether all of it was understood.
struct DeadlineClause {
    /// A time that a clause names.
    enum Time: Equatable {
        /// Spans, and how they bound the work.
        case spans([DeadlineSpan], isRange: Bool, Bound)
        /// Recurrences, by their periods in months.
        case recurrence([Int])
        /// Days of a month that something else names: `ngày 15 (hàng tháng)`.
        case daysOfMonth([Int], Bound)
        /// A day of the last month of each quarter: `trước ngày 15 tháng cuối quý`; nil = its last day.
        case lastMonthOfQuarter(Int?, Bound)
        /// All the time.
        case ongoing
        /// The years after the plan's.
        case laterYears
    }

    /// How a time limits the work.
    enum Bound: Equatable {
        /// The work ends with it.
        case by
        /// The work is done within it.
        case within
        /// The work ends before it.
        case before
        /// The work begins with it.
        case from
        /// “At the beginning of”, “in the middle of”, “about”: no exact day.
        case vague
    }

    /// A time or the words between two of them, as they stand.
    enum Piece: Equatable {
        case time(Time)
        case words(String)
    }

    private(set) var pieces: [Piece] = []
    private let text: String
    private let scanner: SpanScanner

    init(_ text: String) {
        self.text = text
        scanner = SpanScanner(tokens: DeadlineToken.all(in: text))
        read()
    }

    var times: [Time] { pieces.compactMap { if case .time(let time) = $0 { time } else { nil } } }

    /// Words that look like a time and were not read as one; nil = there are none.
    var unread: String? {
        var isAfterTime = false
        for piece in pieces {
            guard case .words(let words) = piece else {
                isAfterTime = true
                continue
            }
            if Self.hasTime(words) || Self.isAside(words) || Self.turnsTime(words, isAfterTime: isAfterTime) {
                return words
            }
            isAfterTime = false
        }
        return nil
    }

    /// Whether words tell of a time that is not the deadline: “sớm nhất …”, “(mọi năm là …)”, “tính từ … kỳ báo cáo”.
    private static func isAside(_ words: String) -> Bool {
        let words = DeadlineToken.all(in: words).compactMap(\.word)
        return [["sớm", "nhất"], ["mọi", "năm"], ["kỳ", "báo", "cáo"]].contains { aside in
            words.indices.contains { words[$0...].starts(with: aside) }
        }
    }

    /// Whether words change the time that they follow, or the one that comes: “tháng 6 sau”, “quý II trước khi …”, “từ tháng 1
    /// đến ngày bầu cử …”, “sau ngày bầu cử 15/3”.
    private static func turnsTime(_ words: String, isAfterTime: Bool) -> Bool {
        guard let first = DeadlineToken.all(in: words).first(where: { $0.sign != ")" && $0.sign != "(" })?.word else {
            return false
        }
        return isAfterTime
            ? ["sau", "trước", "tới", "kế", "đến", "kể"].contains(first)
            : ["sau", "trước", "từ", "đến"].contains(first)
    }

    private mutating func read() {
        var place = 0
        var words: Range<String.Index>?
        func end(_ pieces: inout [Piece]) {
            if let range = words { pieces.append(.words(String(text[range]))) }
            words = nil
        }
        while place < scanner.tokens.count {
            if let (time, next) = time(at: place), next > place {
                end(&pieces)
                pieces.append(.time(time))
                place = next
            } else {
                let range = scanner.tokens[place].range
                words = (words?.lowerBound ?? range.lowerBound)..<range.upperBound
                place += 1
            }
        }
        end(&pieces)
    }

    // MARK: A time

    private func time(at place: Int) -> (Time, next: Int)? {
        laterYears(at: place) ?? ongoing(at: place) ?? lastMonthOfQuarter(at: place) ?? recurrence(at: place)
            ?? bounded(at: place)
    }

    /// “và các năm tiếp theo”.
    private func laterYears(at place: Int) -> (Time, next: Int)? {
        let start = scanner.word(place) == "và" ? place + 1 : place
        for words in [["các", "năm", "tiếp", "theo"], ["những", "năm", "tiếp", "theo"], ["các", "năm", "sau"]]
        where scanner.has(words, at: start) {
            return (.laterYears, start + words.count)
        }
        return nil
    }

    private func ongoing(at place: Int) -> (Time, next: Int)? {
        for words in Self.always where scanner.has(words, at: place) { return (.ongoing, place + words.count) }
        return nil
    }

    private static let always = [
        ["thường", "xuyên", "liên", "tục"], ["thường", "xuyên"], ["liên", "tục"], ["tiếp", "tục", "thực", "hiện"],
        ["tiếp", "tục", "triển", "khai"], ["tiếp", "tục", "duy", "trì"], ["duy", "trì"], ["hàng", "ngày"],
        ["hàng", "tuần"],
    ]

    /// Words before a day or span that say how it bounds the work.
    private struct Before {
        var bound = Bound.by
        /// `từ`: a range may follow.
        var isStart = false
        var next: Int
    }

    private func before(_ place: Int) -> Before {
        var found = Before(next: place)
        while let word = scanner.word(found.next) {
            switch word {
            case "trước": found.bound = .before
            case "từ": (found.bound, found.isStart) = (.from, true)
            case "sau": found.bound = .from
            case "đầu", "giữa", "khoảng": found.bound = .vague
            case "dự" where scanner.word(found.next + 1) == "kiến":
                found.bound = .vague
                found.next += 1
            case "chậm",
                "không" where scanner.has(["nhất"], at: found.next + 1) || scanner.has(["quá"], at: found.next + 1):
                found.next += 1
            case "không" where scanner.has(["chậm", "hơn"], at: found.next + 1): found.next += 2
            case "thời" where scanner.has(["hạn"], at: found.next + 1) || scanner.has(["gian"], at: found.next + 1):
                found.next += 1
            case "bắt" where scanner.word(found.next + 1) == "đầu":
                found.bound = .from
                found.next += 1
            case "trong", "vào": if found.bound == .by { found.bound = .within }
            case "xong", "hết", "cuối", "đến", "tới", "là", "suốt", "cả", "dịp": break
            default: return found
            }
            found.next += 1
            if scanner.sign(found.next) == ":" { found.next += 1 }
        }
        return found
    }

    private func bounded(at place: Int) -> (Time, next: Int)? {
        let before = before(place)
        if let found = scanner.spans(at: before.next, isRange: before.isStart) {
            let bound: Bound = found.isRange && before.bound == .from ? .by : before.bound
            return (.spans(found.spans, isRange: found.isRange, bound), found.next)
        }
        // “Trong năm”, “cuối năm”, “hết năm”, “cả năm”.
        if before.next > place, scanner.word(before.next) == "năm" {
            return (.spans([DeadlineSpan(unit: .year)], isRange: false, before.bound), before.next + 1)
        }
        if let found = years(at: before.next) ?? bareYear(at: place) ?? dayRange(at: before.next) { return found }
        if let found = halves(at: place) { return found }
        return daysOfMonth(before)
    }

    /// “ngày 10 và ngày 25”, “ngày 10, 25”.
    private func daysOfMonth(_ before: Before) -> (Time, next: Int)? {
        var days: [Int] = []
        var next = before.next
        while let day = day(at: next, isFirst: days.isEmpty) {
            days.append(day.number)
            next = day.next
        }
        return days.isEmpty ? nil : (.daysOfMonth(days, before.bound), next)
    }

    private func day(at start: Int, isFirst: Bool) -> (number: Int, next: Int)? {
        var place = start
        if !isFirst {
            guard scanner.sign(place) == "," || scanner.word(place) == "và" else { return nil }
            place += 1
        }
        // A day with its month is a span of its own.
        guard scanner.span(at: place) == nil else { return nil }
        if scanner.word(place) == "ngày" { place += 1 } else if isFirst { return nil }
        guard let day = scanner.number(place), (1...31).contains(day), scanner.word(place + 1) != "lần" else {
            return nil
        }
        return (day, place + 1)
    }

    /// “2026”, “2026 - 2027”, “2025 và các năm tiếp theo”: a cell that holds years alone.
    private func bareYear(at place: Int) -> (Time, next: Int)? {
        guard place == 0, let year = scanner.yearNumber(at: 0) else { return nil }
        let first = DeadlineSpan(unit: .year, year: year)
        if scanner.sign(1) == "-", let last = scanner.yearNumber(at: 2) {
            return (.spans([first, DeadlineSpan(unit: .year, year: last)], isRange: true, .by), 3)
        }
        guard scanner.tokens.count == 1 || laterYears(at: 1) != nil else { return nil }
        return (.spans([first], isRange: false, .by), 1)
    }

    /// “ngày 23 - 26/7”: the month stands once.
    private func dayRange(at place: Int) -> (Time, next: Int)? {
        guard scanner.word(place) == "ngày", let day = scanner.number(place + 1), scanner.sign(place + 2) == "-",
            let (last, next) = scanner.span(at: place + 3), case .day(_, let month) = last.unit
        else { return nil }
        let first = DeadlineSpan(unit: .day(day, month: month), year: last.year, isNextYear: last.isNextYear)
        return (.spans([first, last], isRange: true, .by), next)
    }

    /// “giai đoạn 2021 - 2025”: until the end of the last year.
    private func years(at place: Int) -> (Time, next: Int)? {
        guard scanner.has(["giai", "đoạn"], at: place), let first = scanner.yearNumber(at: place + 2) else {
            return nil
        }
        let connector = place + 3
        guard scanner.sign(connector) == "-" || scanner.word(connector) == "đến",
            let last = scanner.yearNumber(at: connector + 1)
        else { return nil }
        let spans = [first, last].map { DeadlineSpan(unit: .year, year: $0) }
        return (.spans(spans, isRange: true, .by), connector + 2)
    }

    /// “Sơ kết 6 tháng, tổng kết năm”, “báo cáo 6 tháng, 9 tháng, năm”: the turns of the year by which something is summed up.
    private func halves(at place: Int) -> (Time, next: Int)? {
        guard let before = scanner.word(place - 1), ["kết", "cáo"].contains(before),
            let first = scanner.turn(at: place)
        else { return nil }
        let found = scanner.list(from: first)
        return (.spans(found.spans, isRange: false, .by), found.next)
    }

    // MARK: What comes round

    /// `(trước) ngày 15 (của) tháng cuối (mỗi, hàng) quý`.
    private func lastMonthOfQuarter(at place: Int) -> (Time, next: Int)? {
        let before = before(place)
        var next = before.next
        var day: Int?
        if scanner.word(next) == "ngày", let number = scanner.number(next + 1), (1...31).contains(number) {
            day = number
            next += 2
            if scanner.word(next) == "của" { next += 1 }
        }
        // `before` passes over “cuối”, which here may stand before “quý”.
        guard scanner.has(["tháng", "cuối"], at: next) else { return nil }
        next += 2
        while let word = scanner.word(next), ["của", "mỗi", "hàng", "từng", "các"].contains(word) { next += 1 }
        guard scanner.word(next) == "quý", scanner.quarterNumber(at: next + 1) == nil, scanner.word(next + 1) != "sau"
        else { return nil }
        return (.lastMonthOfQuarter(day, before.bound), next + 1)
    }

    /// `hàng quý`, `định kỳ hàng tháng, 6 tháng và năm`, `mỗi quý 01 lần`, `6 tháng/lần`, `01 lần/quý`.
    private func recurrence(at place: Int) -> (Time, next: Int)? {
        if let found = times(at: place) { return found }
        var next = place
        while let length = recurrenceWord(at: next) { next += length }
        guard next > place, let (period, after) = period(at: next) else { return nil }
        let (periods, end) = further([period], after)
        return (.recurrence(periods), end)
    }

    /// How many words at a place announce a period: “định kỳ”, “hàng”, “mỗi”, “theo từng”, “cuối mỗi”; nil = none.
    private func recurrenceWord(at place: Int) -> Int? {
        let each: Set<String> = ["hàng", "mỗi", "từng"]
        switch scanner.word(place) {
        case "định" where scanner.word(place + 1) == "kỳ": return 2
        case "theo", "cuối": return each.contains(scanner.word(place + 1) ?? "") ? 1 : nil
        case let word?: return each.contains(word) ? 1 : nil
        case nil: return nil
        }
    }

    /// `01 lần/quý`, `1 lần mỗi tháng`, `6 tháng/lần`, `6 tháng một lần`, `3 tháng 01 lần`.
    private func times(at place: Int) -> (Time, next: Int)? {
        if let count = scanner.number(place), scanner.word(place + 1) == "lần", count > 0 {
            var next = place + 2
            if scanner.sign(next) == "/" || scanner.word(next) == "mỗi" || scanner.word(next) == "trong" { next += 1 }
            guard next > place + 2, let (period, after) = period(at: next) else { return nil }
            guard period.isMultiple(of: count), period > 0 else { return nil }
            return (.recurrence([period / count]), after)
        }
        guard let (period, after) = period(at: place) else { return nil }
        if scanner.sign(after) == "/", scanner.word(after + 1) == "lần" { return (.recurrence([period]), after + 2) }
        let isOnce = scanner.word(after) == "một" || scanner.number(after) == 1
        return isOnce && scanner.word(after + 1) == "lần" ? (.recurrence([period]), after + 2) : nil
    }

    /// The months of a period: `tháng` 1, `quý` 3, `6 tháng` 6, `năm` 12.
    private func period(at place: Int) -> (months: Int, next: Int)? {
        switch scanner.word(place) {
        case "tháng" where scanner.number(place + 1) == nil: return (1, place + 1)
        case "quý" where scanner.quarterNumber(at: place + 1) == nil: return (3, place + 1)
        case "năm" where scanner.yearNumber(at: place + 1) == nil: return (12, place + 1)
        case "sáu" where scanner.word(place + 1) == "tháng": return (6, place + 2)
        default: break
        }
        guard let count = scanner.number(place) else { return nil }
        if scanner.word(place + 1) == "tháng", [1, 2, 3, 4, 6, 9, 12].contains(count), scanner.number(place + 2) == nil
        {
            return (count, place + 2)
        }
        return count == 1 && scanner.word(place + 1) == "năm" ? (12, place + 2) : nil
    }

    /// Further periods of a list: `hàng tháng, quý, 6 tháng, năm`, `hàng tháng/quý/năm`.
    private func further(_ periods: [Int], _ place: Int) -> (periods: [Int], next: Int) {
        var (periods, next) = (periods, place)
        while true {
            var after = next
            while let sign = scanner.sign(after), ",/&;-".contains(sign) { after += 1 }
            if scanner.word(after) == "và" || scanner.word(after) == "hoặc" { after += 1 }
            guard after > next else { break }
            if scanner.word(after) == "hàng" || scanner.word(after) == "cả" { after += 1 }
            guard let (period, end) = period(at: after) else { break }
            periods.append(period)
            next = end
        }
        // “Hàng năm 01 lần”: once in each.
        if let count = scanner.number(next) ?? (scanner.word(next) == "một" ? 1 : nil), count == 1,
            scanner.word(next + 1) == "lần"
        {
            next += 2
        }
        return (periods, next)
    }

    // MARK: What is left

    /// Whether words hold a time that was not read: a month, quarter or day with its number, or numbers with a stroke.
    private static func hasTime(_ text: String) -> Bool {
        let scanner = SpanScanner(tokens: DeadlineToken.all(in: text))
        return scanner.tokens.indices.contains { place in
            switch scanner.word(place) {
            case "tháng", "quý", "tuần": true
            case "ngày": scanner.number(place + 1) != nil || scanner.number(place - 1) != nil
            case "năm": scanner.number(place + 1) != nil || scanner.number(place - 1) != nil
            default: scanner.span(at: place) != nil
            }
        }
    }
}
