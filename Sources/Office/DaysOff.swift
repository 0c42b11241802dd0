import CheckedYAML
import Foundation

extension WorkingCalendar {
    private struct Year: Decodable {
        var off: [LocalDate]
        var work: [LocalDate]?
    }

    /// Reads the lists of days off, one map a year with `off` and `work`.
    /// - Throws: `OfficeError.profile` that names the file.
    public static func load(path: String) throws(OfficeError) -> WorkingCalendar {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw .profile("\(path) cannot be read; it lists the days off of each year")
        }
        do {
            let years = try CheckedYAML.decode([String: Year].self, from: text)
            return WorkingCalendar(
                off: years.values.flatMap(\.off), worked: years.values.flatMap { $0.work ?? [] },
                years: Set(years.keys.compactMap(Int.init)))
        } catch {
            throw .profile("\(path) is not a list of days off: \(error)")
        }
    }
}
