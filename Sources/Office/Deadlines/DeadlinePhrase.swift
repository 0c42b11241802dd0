import Foundation

/// A deadline in the plan's words, and the dates that it means. A month, quarter, half-year or year means its last day; “before”
/// a day means the day before it; what waits for an event has no date. What is not wholly understood becomes a milestone with
/// `suspect`, which the office is asked about: it is never dropped or rounded.
struct DeadlinePhrase {
    private let clauses: [String]
    private let task: String
    private let year: Int

    init(_ text: String, task: String, year: Int) {
        self.task = task
        self.year = year
        clauses = Self.clauses(text)
    }

    /// The longest clause that is read, in UTF-8 bytes: reading takes time by the square of a clause's words.
    private static let maxClauseBytes = 4_096

    /// The parts of a phrase: on lines of their own, or set off by a dash, a semicolon or a full stop.
    private static func clauses(_ text: String) -> [String] {
        var text = text.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\\-", with: "-")
        text = text.replacingOccurrences(of: ":\n", with: ": ")
        // A wrapped line goes on in small letters or numbers.
        text = text.replacingOccurrences(of: #"\n(?=[\p{Ll}(])"#, with: " ", options: .regularExpression)
        text = text.replacingOccurrences(
            of: #"(?<=[\p{Ll}/,])\n(?=\d)"#, with: " ", options: .regularExpression)
        // “Quý I - Quý IV” is a range and no list with dashes; “trước 10/3; 10/6” is one list.
        text = text.replacingOccurrences(
            of: #"(?<=[Qq]uý (?:IV|I{1,3}|[1-4])(?:/[0-9]{4})?) ?[-–] ?(?=[Qq]uý (?:IV|I{1,3}|[1-4]))"#, with: " đến ",
            options: .regularExpression)
        text = text.replacingOccurrences(of: #"; ?(?=\d)"#, with: ", ", options: .regularExpression)
        text = text.replacingOccurrences(
            of: #"([.;]|^|\n| )[-+•] ?(?=\p{Lu})"#, with: "\n", options: .regularExpression)
        // “kế hoạch- Quý II”, “phát sinhĐịnh kỳ”: line ends that another program lost.
        text = text.replacingOccurrences(
            of: #"(?<=[\p{L}\d])[-+•] (?=\p{Lu})|(?<=\p{Ll})(?=\p{Lu}\p{Ll})"#, with: "\n", options: .regularExpression)
        text = text.replacingOccurrences(of: #"(^|\n)[-+•] ?"#, with: "\n", options: .regularExpression)
        text = text.replacingOccurrences(of: #"; ?| ?\. (?=\p{Lu})"#, with: "\n", options: .regularExpression)
        text = text.replacingOccurrences(of: #" (?=Định kỳ)"#, with: "\n", options: .regularExpression)
        return text.split(separator: "\n").map {
            PlanCell.sentence(String($0)).trimmingCharacters(in: CharacterSet(charactersIn: " .;,"))
        }.filter { $0.contains { $0.isLetter || $0.isNumber } }
    }

    /// The milestones that the phrase means; without a word, one that is suspect.
    var milestones: [Milestone] {
        var found = clauses.flatMap { clause in
            clause.utf8.count <= Self.maxClauseBytes
                ? ClauseMilestones(clause: clause, year: year).all
                : [Milestone(kind: .by, suspect: "its text is too long for a time")]
        }
        // A duty of each quarter that stands in the task's own text.
        if let duty = task.range(of: #"hàng quý gửi ít nhất \d+ [^.]*?sản phẩm"#, options: .regularExpression) {
            let what = task[duty].replacingOccurrences(of: "hàng quý ", with: "")
            found += ClauseMilestones(clause: "hàng quý", year: year).all.map { milestone in
                var milestone = milestone
                milestone.what = milestone.what.map { "\(what) \($0.replacingOccurrences(of: "định kỳ ", with: ""))" }
                return milestone
            }
        }
        if found.isEmpty { found = [Milestone(kind: .by, suspect: "the plan gives no time")] }
        return found
    }
}
