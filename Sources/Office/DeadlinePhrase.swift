import Foundation

/// A deadline in the plan's words, and the dates that it means. A quarter means its last day, a month its last day, a
/// year 31 December; what waits for an event has no date.
struct DeadlinePhrase {
    private let clauses: [String]
    private let task: String
    private let year: Int

    init(_ text: String, task: String, year: Int) {
        self.task = task
        self.year = year
        clauses = Self.clauses(text)
    }

    /// The parts of a phrase: on lines of their own, or set off by a dash, a semicolon or a full stop.
    private static func clauses(_ text: String) -> [String] {
        var text = text.replacingOccurrences(of: ":\n", with: ": ")
        // A wrapped line goes on in small letters.
        text = text.replacingOccurrences(of: #"\n(?=\p{Ll})"#, with: " ", options: .regularExpression)
        text = text.replacingOccurrences(of: #"([.;]|^|\n| )- ?(?=\p{Lu})"#, with: "\n", options: .regularExpression)
        text = text.replacingOccurrences(of: #"[.;] (?=\p{Lu})"#, with: "\n", options: .regularExpression)
        text = text.replacingOccurrences(of: #" (?=Định kỳ)"#, with: "\n", options: .regularExpression)
        return text.split(separator: "\n").map {
            PlanCell.sentence(String($0)).trimmingCharacters(in: CharacterSet(charactersIn: " .;"))
        }.filter { !$0.isEmpty }
    }

    var milestones: [Milestone] {
        var found = clauses.flatMap(milestones)
        // A duty of each quarter that stands in the task's own text.
        if let duty = task.range(of: #"hàng quý gửi ít nhất \d+ [^.]*?sản phẩm"#, options: .regularExpression) {
            let what = task[duty].replacingOccurrences(of: "hàng quý ", with: "")
            found += (1...4).map { quarter($0, "\(what) quý \(Self.roman[$0 - 1])") }
        }
        return found
    }

    private static let roman = ["I", "II", "III", "IV"]

    private func milestones(of clause: String) -> [Milestone] {
        let small = clause.lowercased()
        if small.hasPrefix("khi ") || small.hasPrefix("sau khi ") || small.hasPrefix("theo hướng dẫn") {
            return [Milestone(kind: .onEvent, what: clause.prefix(1).lowercased() + clause.dropFirst())]
        }
        if small.hasPrefix("định kỳ hàng quý") {
            return (1...4).map { quarter($0, "định kỳ quý \(Self.roman[$0 - 1])") }
        }
        if small.hasPrefix("theo từng quý") {
            var dates = quarters(in: clause).map { quarter($0, "báo cáo quý \(Self.roman[$0 - 1])") }
            if small.contains("tổng kết năm") { dates.append(quarter(4, "tổng kết năm")) }
            return dates
        }
        if small.contains("thường xuyên") || small.contains("tiếp tục thực hiện") {
            let what = small.hasPrefix("kiểm tra") ? "kiểm tra thường xuyên" : nil
            return [Milestone(kind: .ongoing, from: date(1, 1), to: date(12, 31), what: what)]
        }
        return dated(clause, small)
    }

    private func dated(_ clause: String, _ small: String) -> [Milestone] {
        let named = quarters(in: clause)
        if let first = named.first, let last = named.last {
            var milestone = quarter(last, what(after: clause) ?? "hoàn thành")
            milestone.from = date(first * 3 - 2, 1)
            return [milestone]
        }
        if let month = number(after: "tháng ", in: small), (1...12).contains(month) {
            return [
                Milestone(
                    // “Hoàn thành tháng 10” is a day, “trong tháng 10” a time to do it in.
                    kind: .by, due: lastDay(month), from: small.contains("trong tháng") ? date(month, 1) : nil,
                    what: what(after: clause) ?? (small.hasPrefix("báo cáo") ? "báo cáo" : "hoàn thành"))
            ]
        }
        guard let named = number(after: "năm ", in: small), let due = LocalDate(year: named, month: 12, day: 31) else {
            return [Milestone(kind: .onEvent, what: clause)]
        }
        if small.contains("các năm tiếp theo") {
            return [
                Milestone(kind: .by, due: due, what: "phần việc của năm \(named)"),
                Milestone(kind: .ongoing, from: due.adding(days: 1)),
            ]
        }
        if named < year {
            let doubt = "the plan is for \(year): probably a slip for \(year)"
            return [Milestone(kind: .by, due: due, what: "hoàn thành", suspect: doubt)]
        }
        return [Milestone(kind: .by, due: due, what: "hoàn thành trong năm")]
    }

    /// The quarters that a clause names before its colon: “Quý II và quý III”, “Quý II, III”.
    private func quarters(in clause: String) -> [Int] {
        let head = clause.split(separator: ":").first.map(String.init) ?? clause
        guard let start = head.range(of: "quý", options: .caseInsensitive) else { return [] }
        return head[start.lowerBound...].split(whereSeparator: { " ,()".contains($0) })
            .compactMap { Self.roman.firstIndex(of: String($0)) }.map { $0 + 1 }
    }

    private func what(after clause: String) -> String? {
        let parts = clause.split(separator: ":", maxSplits: 1)
        if parts.count == 2 {
            let text = parts[1].trimmingCharacters(in: .whitespaces)
            return text.prefix(1).lowercased() + text.dropFirst()
        }
        // “Quý II và quý III năm 2024 tiến hành kiểm tra …”
        guard let year = clause.range(of: #"năm \d{4} "#, options: .regularExpression) else { return nil }
        let rest = clause[year.upperBound...]
        return rest.isEmpty ? nil : String(rest)
    }

    private func number(after word: String, in text: String) -> Int? {
        guard let place = text.range(of: word + #"\d+"#, options: .regularExpression) else { return nil }
        return Int(text[place].dropFirst(word.count))
    }

    private func quarter(_ number: Int, _ what: String) -> Milestone {
        Milestone(kind: .by, due: lastDay(number * 3), what: what)
    }

    private func lastDay(_ month: Int) -> LocalDate? {
        month == 12 ? date(12, 31) : date(month + 1, 1)?.adding(days: -1)
    }

    private func date(_ month: Int, _ day: Int) -> LocalDate? { LocalDate(year: year, month: month, day: day) }
}
