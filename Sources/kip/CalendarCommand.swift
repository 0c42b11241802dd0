import ArgumentParser
import Foundation
import Office

/// Which days are worked, and when a term ends.
struct CalendarCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calendar", abstract: "Working days and terms: check, show, add-days, explain.",
        subcommands: [CalendarCheck.self, CalendarShow.self, CalendarAddDays.self, CalendarExplain.self])
}

struct CalendarCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Warn of years without an official list, and of days that are not certain.",
        discussion: """
            Looks at this year and the next, unless --years says otherwise. Exit code 65 where something is not certain.

              kip calendar check --years 2024..2027
            """)
    @Option(name: .long, help: "Years, as 2024 or 2024..2027.")
    var years: String?
    @Flag(name: .long, help: "Print an object for each day that is not certain.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    private struct Doubt: Encodable {
        var year: Int
        var date: LocalDate?
        var name: String
        var mark: String
        var source: String
    }

    func run() async throws {
        let calendar = try officeOption.calendar()
        let doubts = try wanted().flatMap { Self.doubts(of: $0, calendar) }
        for doubt in doubts {
            if json {
                try Terminal.json(doubt)
            } else {
                let day = doubt.date.map { "\($0.form) " } ?? ""
                let source = doubt.source.isEmpty ? "" : " (\(doubt.source))"
                let mark = DayOff.Mark(rawValue: doubt.mark).map { ": \($0.vietnamese)" } ?? ""
                Terminal.line("\(doubt.year)  \(day)\(doubt.name)\(mark)\(source)")
            }
        }
        if doubts.isEmpty { return }
        throw Failure.data(
            "\(doubts.count == 1 ? "1 thing is" : "\(doubts.count) things are") not certain; the list is days-off.yaml (--days-off, KIP_DAYS_OFF)"
        )
    }

    private func wanted() throws -> ClosedRange<Int> {
        guard let years else {
            let now = Calendar(identifier: .gregorian).component(.year, from: Date())
            return now...now + 1
        }
        let ends = years.components(separatedBy: "..").map { Int($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
            (1_900...2_200).contains(first), (1_900...2_200).contains(last)
        else { throw Failure.usage("--years is “\(years)”, not years such as 2024 or 2024..2027") }
        return first...last
    }

    private static func doubts(of year: Int, _ calendar: WorkingCalendar) -> [Doubt] {
        guard calendar.years.contains(year) else {
            let tet = LunarCalendar.newYear(year).form
            let name =
                WorkingCalendar.computedYears.contains(year)
                ? "chưa có danh sách ngày nghỉ chính thức; tạm tính theo luật, mùng 1 Tết là ngày \(tet)"
                : "chưa có danh sách ngày nghỉ chính thức; chỉ tính thứ Bảy và Chủ nhật"
            return [Doubt(year: year, date: nil, name: name, mark: "missing", source: "")]
        }
        let days = calendar.days(of: year)
        return (days.off + days.worked + days.half).filter { $0.mark != .official }.sorted { $0.date < $1.date }.map {
            Doubt(year: year, date: $0.date, name: $0.name, mark: $0.mark.rawValue, source: $0.source)
        }
    }
}

struct CalendarShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The days off of a year, and the weekend days that are worked.")
    @Argument(help: "The year.")
    var year: Int
    @Flag(name: .long, help: "Print an object for each day.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    private struct Line: Encodable {
        var date: LocalDate
        var standing: String
        var name: String
        var mark: String
        var source: String

        enum CodingKeys: String, CodingKey {
            case date, name, mark, source
            case standing = "is"
        }
    }

    func run() async throws {
        guard (1_900...2_200).contains(year) else { throw Failure.usage("the year must be from 1900 to 2200") }
        let calendar = try officeOption.calendar()
        let days = calendar.days(of: year)
        let lines =
            days.off.map { Self.line($0, $0.mark == .proposed ? "worked" : "off") }
            + days.worked.map { Self.line($0, "worked") }
            + days.half.map { Self.line($0, $0.works == .morning ? "morning" : "afternoon") }
        for line in lines.sorted(by: { $0.date < $1.date }) {
            if json {
                try Terminal.json(line)
            } else {
                let mark = DayOff.Mark(rawValue: line.mark).flatMap { $0 == .official ? nil : " [\($0.vietnamese)]" }
                let source = line.source.isEmpty ? "" : " (\(line.source))"
                let word = Self.words[line.standing] ?? line.standing
                Terminal.line("\(line.date.longVietnamese): \(word), \(line.name)\(mark ?? "")\(source)")
            }
        }
        if !calendar.years.contains(year) {
            Terminal.say("kip: there is no official list for \(year): these days are computed")
        }
    }

    private static let words = [
        "off": "nghỉ", "worked": "làm việc", "morning": "làm việc buổi sáng", "afternoon": "làm việc buổi chiều",
    ]

    private static func line(_ day: DayOff, _ word: String) -> Line {
        Line(date: day.date, standing: word, name: day.name, mark: day.mark.rawValue, source: day.source)
    }
}

struct CalendarAddDays: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add-days", abstract: "So many working days after a day, which itself does not count.",
        discussion: """
              kip calendar add-days 2024-02-06 3

            says 2024-02-16: Tết lies between.
            """)
    @Argument(help: "A day, as 2024-02-06.")
    var date: String
    @Argument(help: "Working days; back where it is negative (after --: kip calendar add-days -- 2024-02-16 -3).")
    var days: Int
    @Flag(name: .long, help: "Print an object.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        guard (-Term.most...Term.most).contains(days) else { throw Failure.usage("at most \(Term.most) days") }
        let day = try OfficeOption.date(date, "the day")
        let end = try officeOption.calendar().adding(workingDays: days, to: day).description
        if json { return try Terminal.json(["date": end]) }
        Terminal.line(end)
    }
}

struct CalendarExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "When a term ends, and how that comes about, step by step.",
        discussion: """
              kip calendar explain 2024-02-06T15:30 --working-days 3
              kip calendar explain 2024-02-06T15:30 --hours 8
              kip calendar explain 2024-01-31T09:00 --months 1
            """)
    @Argument(help: "When it was received, as 2024-02-06T15:30.")
    var received: String
    @Option(name: .long, help: "A term in working days.")
    var workingDays: Int?
    @Option(name: .long, help: "A term in hours of the office.")
    var hours: Int?
    @Option(name: .customLong("calendar-days"), help: "A term in days of the calendar.")
    var calendarDays: Int?
    @Option(name: .long, help: "A term in months.")
    var months: Int?
    @Flag(name: .long, help: "Print an object.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    private struct Explained: Encodable {
        var due: String
        var steps: [String]
    }

    func run() async throws {
        guard let moment = LocalMoment(received) else {
            throw Failure.usage("“\(received)” is not a moment such as 2024-02-06T15:30")
        }
        let due = try term().due(
            receivedAt: moment, calendar: try officeOption.calendar(), hours: try officeOption.workingHours())
        if json { return try Terminal.json(Explained(due: due.at.description, steps: due.steps)) }
        for step in due.steps { Terminal.line(step) }
    }

    private func term() throws -> Term {
        let said: [(count: Int?, of: (Int) -> Term)] = [
            (workingDays, Term.workingDays), (hours, Term.workingHours), (calendarDays, Term.days),
            (months, Term.months),
        ]
        let given = said.filter { $0.count != nil }
        guard given.count == 1, let count = given[0].count else {
            throw Failure.usage("give one of --working-days, --hours, --calendar-days and --months")
        }
        guard (1...Term.most).contains(count) else { throw Failure.usage("a term is from 1 to \(Term.most)") }
        return given[0].of(count)
    }
}

extension DayOff.Mark {
    /// As the office reads it.
    fileprivate var vietnamese: String {
        switch self {
        case .official: "chính thức"
        case .indirect: "chưa thấy văn bản"
        case .computed: "tính theo luật"
        case .proposed: "mới đề xuất, vẫn làm việc"
        }
    }
}

extension OfficeOption {
    /// The office's days off.
    func calendar() throws -> WorkingCalendar { try WorkingCalendar.load(path: paths().daysOff) }

    /// The office's hours: those of its profile, where there is one.
    func workingHours() throws -> WorkingHours { try profileIfThere()?.hours ?? .standard }

    /// What the office calls the columns of case files.
    /// How the office's tables of case files are read.
    func caseImportRules(_ calendar: WorkingCalendar) throws -> CaseImportRules {
        CaseImportRules(try profileIfThere(), calendar)
    }

    func profileIfThere() throws -> OfficeProfile? {
        let path = try paths().profile
        return FileManager.default.fileExists(atPath: path) ? try OfficeProfile.load(path: path) : nil
    }
}
