/// Days of the week and months in words, Vietnamese and English, in small ASCII letters without marks.
enum CaseDateWords {
    /// The days of the week that a text may begin with (0 = Sunday), and where the day follows. “thu 4” may be Vietnamese or
    /// English.
    static func weekdays(_ bytes: [UInt8]) -> [(weekday: Int, end: Int)] {
        names.compactMap { name, weekday in
            guard bytes.starts(with: name.utf8) else { return nil }
            var end = name.utf8.count
            let start = end
            while end < bytes.count, bytes[end] == UInt8(ascii: ",") || bytes[end] == 0x20 { end += 1 }
            return end > start ? (weekday, end) : nil
        }
    }

    /// An English month that stands in a text, and its end; nil = none does.
    static func month(_ bytes: [UInt8], at start: Int) -> (value: Int, end: Int)? {
        guard start < bytes.count, (0x61...0x7A).contains(bytes[start]) else { return nil }
        let word = bytes[start...].prefix { (0x61...0x7A).contains($0) }
        for (index, month) in months.enumerated() {
            let isShort = word.count == 3 || index == 8 && word.count == 4
            if word.elementsEqual(month.utf8) || isShort && month.utf8.starts(with: word) {
                return (index + 1, word.endIndex)
            }
        }
        return nil
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    private static let names: [(name: String, weekday: Int)] = {
        let english = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
        let vietnamese = ["hai", "ba", "tu", "nam", "sau", "bay"]
        var names = english.enumerated().flatMap { index, name in
            [(name, index), (String(name.prefix(3)), index), (String(name.prefix(3)) + ".", index)]
        }
        names += [("chu nhat", 0), ("cn", 0)]
        for (index, name) in vietnamese.enumerated() {
            names += [("thu " + name, index + 1), ("thu \(index + 2)", index + 1), ("t\(index + 2)", index + 1)]
        }
        return names
    }()
}
