/// Reads spans of the calendar out of the tokens of a deadline phrase.
struct SpanScanner {
    let tokens: [DeadlineToken]

    func word(_ place: Int) -> String? { tokens.indices.contains(place) ? tokens[place].word : nil }
    func number(_ place: Int) -> Int? { tokens.indices.contains(place) ? tokens[place].number : nil }
    func sign(_ place: Int) -> Character? { tokens.indices.contains(place) ? tokens[place].sign : nil }

    /// Whether these words stand at a place.
    func has(_ words: [String], at place: Int) -> Bool {
        words.indices.allSatisfy { word(place + $0) == words[$0] }
    }

    /// Spans that belong together, such as `quý II, III năm 2024` or `25 tháng 6 và 25 tháng 11`.
    struct Found {
        var spans: [DeadlineSpan]
        /// From the first one to the last one, not each by itself.
        var isRange = false
        /// Where reading goes on.
        var next: Int

        /// “Quý II, III năm 2024”: the year stands once, with the last.
        mutating func shareYear() {
            guard let year = spans.last?.year else { return }
            for index in spans.indices where spans[index].year == nil { spans[index].year = year }
        }
    }

    /// The spans at a place: one, a list, or a range.
    /// - Parameter isRange: whether `từ` stands before them, so that a range is meant.
    func spans(at place: Int, isRange: Bool = false) -> Found? {
        guard let first = span(at: place) else { return nil }
        guard let last = rangeEnd(after: first.next, of: first.span, isRange) else { return list(from: first) }
        var found = Found(spans: [first.span, last.span], isRange: true, next: last.next)
        found.shareYear()
        return found
    }

    /// A span and its siblings.
    func list(from first: (span: DeadlineSpan, next: Int)) -> Found {
        var found = Found(spans: [first.span], next: first.next)
        while let (span, next) = sibling(after: found.next, of: found.spans[found.spans.count - 1]) {
            found.spans.append(span)
            found.next = next
        }
        found.shareYear()
        return found
    }

    /// `6 tháng`, `9 tháng`, `năm`, `cả năm` without a number: from the year's beginning.
    func turn(at place: Int) -> (span: DeadlineSpan, next: Int)? {
        if let count = number(place) ?? (word(place) == "sáu" ? 6 : nil), [3, 6, 9].contains(count),
            word(place + 1) == "tháng", number(place + 2) == nil
        {
            return (DeadlineSpan(unit: .months(1, count)), place + 2)
        }
        let year = word(place) == "cả" ? place + 1 : place
        return word(year) == "năm" && yearNumber(at: year + 1) == nil ? (DeadlineSpan(unit: .year), year + 1) : nil
    }

    private func rangeEnd(
        after place: Int, of first: DeadlineSpan, _ isRange: Bool
    ) -> (span: DeadlineSpan, next: Int)? {
        if sign(place) == "-" {
            guard let found = span(at: place + 1) ?? bare(at: place + 1, like: first) else { return nil }
            // “15/6 - 30/6”; dashes between others part what does not belong together.
            return Self.isAlike(found.span, first) ? found : nil
        }
        guard let connector = word(place), connector == "đến" || connector == "tới" else { return nil }
        var next = place + 1
        while let word = word(next), ["hết", "cuối", "trước", "ngày"].contains(word), isRange || word != "trước" {
            if word == "ngày", span(at: next) != nil { break }
            next += 1
        }
        return span(at: next) ?? bare(at: next, like: first)
    }

    private static func isAlike(_ one: DeadlineSpan, _ other: DeadlineSpan) -> Bool {
        switch (one.unit, other.unit) {
        case (.day, .day), (.month, .month), (.quarter, .quarter), (.year, .year): true
        default: false
        }
    }

    /// The next of a list: after a comma, “và”, “&” or “hoặc”.
    private func sibling(after place: Int, of last: DeadlineSpan) -> (span: DeadlineSpan, next: Int)? {
        var next = place
        var isList = false
        while true {
            if sign(next) == "," || sign(next) == "&" || sign(next) == "+" || word(next) == "và" {
                isList = true
                next += 1
            } else if isList, let word = word(next), ["trước", "trong", "vào", "đến", "hết"].contains(word) {
                // “Trước 15/6, trước 15/12”: a list as well, but its words are the caller's.
                return nil
            } else {
                break
            }
        }
        guard isList else { return nil }
        if let found = span(at: next), Self.isAlike(found.span, last) || Self.isPeriod(found.span, last) {
            return found
        }
        return bare(at: next, like: last)
    }

    /// “6 tháng đầu năm và 9 tháng”, “6 tháng đầu năm, năm 2024”.
    private static func isPeriod(_ one: DeadlineSpan, _ other: DeadlineSpan) -> Bool {
        func isPeriod(_ span: DeadlineSpan) -> Bool {
            switch span.unit {
            case .months, .year: true
            default: false
            }
        }
        return isPeriod(one) && isPeriod(other)
    }

    /// A number alone that counts what the span before it counts: `III` of “quý II, III”.
    private func bare(at place: Int, like last: DeadlineSpan) -> (span: DeadlineSpan, next: Int)? {
        switch last.unit {
        case .month:
            guard let month = number(place), (1...12).contains(month), isEnd(place + 1) else { return nil }
            return withYear(.month(month), place + 1)
        case .quarter:
            guard let quarter = quarterNumber(at: place) else { return turn(at: place) }
            return withYear(.quarter(quarter), place + 1)
        case .year:
            guard let year = yearNumber(at: place) else { return nil }
            return (DeadlineSpan(unit: .year, year: year), place + 1)
        case .months: return turn(at: place)
        default: return nil
        }
    }

    /// Whether a number does not go on as something else, such as “3 đợt” or “12 hồ sơ”.
    private func isEnd(_ place: Int) -> Bool {
        guard let word = word(place) else { return true }
        return ["năm", "và", "đến", "tới", "hàng", "của"].contains(word)
    }

    // MARK: One span

    func span(at place: Int) -> (span: DeadlineSpan, next: Int)? {
        day(at: place) ?? month(at: place) ?? quarter(at: place) ?? months(at: place) ?? year(at: place)
    }

    /// `ngày 20 tháng 11 năm 2024`, `20/11/2024`, `20-11`, `20.11.2024`, `25 tháng 6`.
    private func day(at start: Int) -> (span: DeadlineSpan, next: Int)? {
        let isNamed = word(start) == "ngày"
        let place = isNamed ? start + 1 : start
        // “Tuần 3 tháng 6” is no third of June.
        guard let day = number(place), isNamed || (1...31).contains(day) && word(start - 1) != "tuần" else {
            return nil
        }
        if word(place + 1) == "tháng", let month = number(place + 2), (1...12).contains(month) {
            return withYear(.day(day, month: month), place + 3)
        }
        guard let sign = sign(place + 1), "/-.".contains(sign), let month = number(place + 2) else { return nil }
        if self.sign(place + 3) == sign, let year = yearNumber(at: place + 4) {
            return (DeadlineSpan(unit: .day(day, month: month), year: year), place + 5)
        }
        // “10-12” may be months, and “6.1” a heading.
        guard sign == "/" || isNamed, (1...12).contains(month) else { return nil }
        return withYear(.day(day, month: month), place + 3)
    }

    /// `tháng 6 năm 2024`, `tháng 6/2024`, `T6/2024`, `6/2024`.
    private func month(at start: Int) -> (span: DeadlineSpan, next: Int)? {
        if word(start) == "tháng", let month = monthNumber(at: start + 1) { return withYear(.month(month), start + 2) }
        if word(start) == "t", let month = number(start + 1), (1...12).contains(month) {
            return withYear(.month(month), start + 2)
        }
        guard let month = number(start), (1...12).contains(month), sign(start + 1) == "/",
            let year = yearNumber(at: start + 2)
        else { return nil }
        return (DeadlineSpan(unit: .month(month), year: year), start + 3)
    }

    private func quarter(at start: Int) -> (span: DeadlineSpan, next: Int)? {
        guard word(start) == "quý", let quarter = quarterNumber(at: start + 1) else { return nil }
        return withYear(.quarter(quarter), start + 2)
    }

    /// `6 tháng đầu năm 2024`, `06 tháng cuối năm`, `9 tháng đầu năm`, `nửa đầu năm`.
    private func months(at start: Int) -> (span: DeadlineSpan, next: Int)? {
        if word(start) == "nửa", has(["năm"], at: start + 2), let half = half(6, start + 1) {
            return withYear(half, start + 2)
        }
        guard let count = number(start) ?? Self.numerals[word(start) ?? ""], [3, 6, 9].contains(count),
            word(start + 1) == "tháng"
        else { return nil }
        guard let unit = half(count, start + 2), word(start + 3) == "năm" else { return nil }
        return withYear(unit, start + 3)
    }

    private func half(_ count: Int, _ place: Int) -> DeadlineSpan.Unit? {
        switch word(place) {
        case "đầu": .months(1, count)
        case "cuối": .months(13 - count, 12)
        default: nil
        }
    }

    /// `năm 2024`; `2024` after a word that a year follows is the caller's.
    private func year(at start: Int) -> (span: DeadlineSpan, next: Int)? {
        guard word(start) == "năm" else { return nil }
        if let year = yearNumber(at: start + 1) { return (DeadlineSpan(unit: .year, year: year), start + 2) }
        return nil
    }

    // MARK: Numbers

    /// A span with the year that follows it: `/2024`, ` năm 2024`, ` 2024`, `của năm 2024`.
    private func withYear(_ unit: DeadlineSpan.Unit, _ place: Int) -> (span: DeadlineSpan, next: Int) {
        var next = place
        if word(next) == "của" || word(next) == "trong" { next += 1 }
        if let sign = sign(next), "/-.,".contains(sign), let year = yearNumber(at: next + 1) {
            return (DeadlineSpan(unit: unit, year: year), next + 2)
        }
        if sign(next) == ",", word(next + 1) == "năm", yearNumber(at: next + 2) != nil { next += 1 }
        if word(next) == "năm" {
            next += 1
            if word(next) == "sau" || word(next) == "tới" {
                return (DeadlineSpan(unit: unit, isNextYear: true), next + 1)
            }
            if has(["tiếp", "theo"], at: next) { return (DeadlineSpan(unit: unit, isNextYear: true), next + 2) }
        }
        if sign(next) == "(", let year = yearNumber(at: next + 1), sign(next + 2) == ")" {
            return (DeadlineSpan(unit: unit, year: year), next + 3)
        }
        if let year = yearNumber(at: next) { return (DeadlineSpan(unit: unit, year: year), next + 1) }
        // “6 tháng đầu năm” ends with the word.
        if word(place) == "năm", case .months = unit { return (DeadlineSpan(unit: unit), place + 1) }
        return (DeadlineSpan(unit: unit), place)
    }

    func yearNumber(at place: Int) -> Int? { number(place).flatMap { (1990...2100).contains($0) ? $0 : nil } }

    private func monthNumber(at place: Int) -> Int? {
        if let month = number(place) { return (1...12).contains(month) ? month : nil }
        // Eleven and twelve are two words.
        if word(place) == "mười", let unit = word(place + 1), ["một", "hai"].contains(unit) { return nil }
        return word(place).flatMap { Self.numerals[$0] }
    }

    private static let numerals = [
        "hai": 2, "ba": 3, "tư": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
    ]

    func quarterNumber(at place: Int) -> Int? {
        if let number = number(place) { return (1...4).contains(number) ? number : nil }
        return word(place).flatMap { Self.roman[$0] }
    }

    private static let roman = ["i": 1, "ii": 2, "iii": 3, "iv": 4, "một": 1, "hai": 2, "ba": 3, "tư": 4]
}
