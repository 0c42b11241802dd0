/// A day that is off, worked for another, or worked by halves, and how that is known.
public struct DayOff: Sendable, Equatable {
    /// How a day is known.
    public enum Mark: String, Codable, Sendable {
        /// From a published source.
        case official
        /// It is mentioned somewhere; the notice itself was not seen.
        case indirect
        /// By the law alone.
        case computed
        /// It is not decided yet: the day is worked until it is.
        case proposed
    }

    /// Which half of a day is worked.
    public enum Half: String, Codable, Sendable {
        /// Up to noon.
        case morning
        /// From noon on.
        case afternoon
    }

    /// The day.
    public var date: LocalDate
    /// Why, in Vietnamese.
    public var name: String
    /// Where it was read; empty = it is not said.
    public var source: String
    /// How it is known.
    public var mark: Mark
    /// Of a day that is worked by halves, which.
    public var works: Half?

    /// A day.
    public init(date: LocalDate, name: String = "", source: String = "", mark: Mark = .official, works: Half? = nil) {
        self.date = date
        self.name = name
        self.source = source
        self.mark = mark
        self.works = works
    }
}

extension DayOff: Decodable {
    private enum Key: String, CodingKey {
        case date, name, source, mark, works
    }

    /// Reads a day alone (`2024-02-08`), or a map with `date` and, as wanted, `name`, `source`, `mark` and `works`.
    public init(from decoder: any Decoder) throws {
        if (try? decoder.singleValueContainer().decode(String.self)) != nil {
            self.init(date: try LocalDate(from: decoder))
            return
        }
        let map = try decoder.container(keyedBy: Key.self)
        self.init(
            date: try map.decode(LocalDate.self, forKey: .date),
            name: try map.decodeIfPresent(String.self, forKey: .name) ?? "",
            source: try map.decodeIfPresent(String.self, forKey: .source) ?? "",
            mark: try map.decodeIfPresent(Mark.self, forKey: .mark) ?? .official,
            works: try map.decodeIfPresent(Half.self, forKey: .works))
    }
}
