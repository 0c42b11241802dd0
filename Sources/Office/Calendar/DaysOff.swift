import CheckedYAML
import Foundation

extension WorkingCalendar {
    private struct Year: Decodable {
        var off: [DayOff]
        var work: [DayOff]?
        var half: [DayOff]?
    }

    /// Reads the lists of days off, one map a year with `off` and, as wanted, `work` (weekend days that are worked) and
    /// `half` (days that are worked by halves).
    /// - Throws: `OfficeError.profile` that names the file, and the day where one stands under another year, or twice.
    public static func load(path: String) throws(OfficeError) -> WorkingCalendar {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw .profile(
                "\(path) cannot be read; it lists the days off of each year: name it with --days-off or KIP_DAYS_OFF")
        }
        let years: [String: Year]
        do {
            years = try CheckedYAML.decode([String: Year].self, from: text)
        } catch let error as DecodingError {
            throw .profile("\(path) is not a list of days off: \(CheckedYAML.words(for: error, in: text))")
        } catch {
            throw .profile("\(path) is not a list of days off: \(error)")
        }
        for (name, year) in years.sorted(by: { $0.key < $1.key }) {
            do throws(OfficeError) { try check(year, of: name) } catch { throw .profile("\(path): \(error)") }
        }
        return WorkingCalendar(
            off: years.values.flatMap(\.off), worked: years.values.flatMap { $0.work ?? [] },
            half: years.values.flatMap { $0.half ?? [] }, years: Set(years.keys.compactMap(Int.init)))
    }

    private static func check(_ year: Year, of name: String) throws(OfficeError) {
        guard let number = Int(name), (1_900...2_200).contains(number) else {
            throw .profile("“\(name)” is not a year such as 2024")
        }
        var known: Set<LocalDate> = []
        for day in year.off + (year.work ?? []) + (year.half ?? []) {
            if day.date.year != number { throw .profile("\(day.date) stands under \(name)") }
            if !known.insert(day.date).inserted { throw .profile("\(day.date) stands twice under \(name)") }
        }
        for day in year.half ?? [] where day.works == nil {
            throw .profile("\(day.date) is worked by halves: say which one (works: morning or afternoon)")
        }
    }
}
