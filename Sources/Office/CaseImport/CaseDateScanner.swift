/// Takes a cell of a date column apart.
struct CaseDateScanner {
    enum Form: Equatable {
        /// Two numbers of one or two digits, and a year.
        case numbers(Int, Int, year: Int)
        case yearFirst(year: Int, month: Int, day: Int)
        /// Days as a spreadsheet counts them.
        case serial(Double)
        /// Milliseconds since 1970-01-01T00:00:00Z, as programs in Java and JavaScript have them.
        case moment(Int64)
    }

    struct Parts: Equatable {
        var form: Form
        /// The time of day; 0 where none is told.
        var seconds = 0
        /// Seconds that the time is before UTC's; nil = the office's own time.
        var offset: Int?
        /// The day of the week that stands before the day, 0 = Sunday; nil = none does.
        var weekday: Int?
    }

    private let bytes: [UInt8]
    private var position = 0
    /// What is wrong, if it is more than that it is no day.
    private(set) var reason: String?

    init(_ text: String) { bytes = Self.plain(text) }

    /// Small ASCII: digits and signs of other widths, all dashes and blanks as one, letters without marks.
    private static func plain(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            bytes = Array(text.utf8)
        } else {
            let folded = text.precomposedStringWithCompatibilityMapping.decomposedStringWithCanonicalMapping
            for scalar in folded.unicodeScalars {
                if scalar.isASCII {
                    bytes.append(UInt8(scalar.value))
                } else if scalar.properties.isDash {
                    bytes.append(UInt8(ascii: "-"))
                } else if scalar.properties.isWhitespace {
                    bytes.append(0x20)
                } else if scalar.properties.generalCategory != .nonspacingMark,
                    scalar.properties.generalCategory != .format
                {
                    bytes.append(0xFF)
                }
            }
        }
        for index in bytes.indices {
            if (0x41...0x5A).contains(bytes[index]) { bytes[index] |= 0x20 }
            if (0x09...0x0D).contains(bytes[index]) { bytes[index] = 0x20 }
        }
        return bytes
    }

    /// The parts of the whole cell; nil = it is no day.
    mutating func parts() -> Parts? {
        if let form = bareNumber() { return Parts(form: form) }
        if let first = bytes.first, (0x61...0x7A).contains(first) {
            for (weekday, end) in CaseDateWords.weekdays(bytes) {
                position = end
                if var parts = dayAndTime() {
                    parts.weekday = weekday
                    return parts
                }
            }
            position = 0
        }
        return dayAndTime()
    }

    /// The parts of what follows.
    private mutating func dayAndTime() -> Parts? {
        var parts = Parts(form: .serial(0))
        let start = position
        if let seconds = time() {
            guard skipBlanks(needed: true), let form = day() else { return nil }
            (parts.form, parts.seconds) = (form, seconds)
        } else {
            position = start
            guard let form = day() else { return nil }
            parts.form = form
            guard timeAfterDay(&parts) else { return nil }
        }
        return position == bytes.count ? parts : nil
    }

    /// `20240329`, a serial number of 1954 to 2173, or milliseconds of 2001 to 2286.
    private mutating func bareNumber() -> Form? {
        let isNumber = bytes.allSatisfy { Self.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
        guard isNumber, let text = String(validating: bytes, as: UTF8.self) else { return nil }
        if bytes.count == 8, bytes.allSatisfy(Self.isDigit), let number = Int(text) {
            return .yearFirst(year: number / 10_000, month: number / 100 % 100, day: number % 100)
        }
        if bytes.count == 13, bytes.allSatisfy(Self.isDigit), let number = Int64(text) { return .moment(number) }
        let point = bytes.firstIndex { !Self.isDigit($0) } ?? bytes.count
        guard point == 5, let serial = Double(text.replacing(",", with: ".")), (20_000..<100_000).contains(serial)
        else { return nil }
        return .serial(serial)
    }

    private mutating func timeAfterDay(_ parts: inout Parts) -> Bool {
        if position == bytes.count { return true }
        let isJoined = at(position) == UInt8(ascii: "t")
        if isJoined {
            position += 1
        } else {
            if at(position) == UInt8(ascii: ",") { position += 1 }
            guard skipBlanks(needed: true) else { return false }
        }
        guard let seconds = time() else { return false }
        parts.seconds = seconds
        let end = position
        _ = skipBlanks(needed: false)
        if let offset = offset() { parts.offset = offset } else { position = end }
        skipZoneName()
        return true
    }

    /// ` (Indochina Time)`, as JavaScript writes it behind a moment.
    private mutating func skipZoneName() {
        let isNamed = at(position) == 0x20 && at(position + 1) == UInt8(ascii: "(") && bytes.last == UInt8(ascii: ")")
        if isNamed, !bytes[position...].contains(where: Self.isDigit) { position = bytes.count }
    }

    private mutating func day() -> Form? {
        skip("ngay ")
        if let month = CaseDateWords.month(bytes, at: position) { return monthBeforeDay(month) }
        guard let first = digits(4) else { return nil }
        if let form = dayInWords(first.value) { return form }
        if let form = monthInWords(first.value) { return form }
        let separator = at(position)
        guard [UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(separator) else { return nil }
        position += 1
        guard let second = digits(2), at(position) == separator else { return nil }
        position += 1
        guard let third = digits(4) else { return nil }
        if first.count == 4, third.count <= 2 {
            return .yearFirst(year: first.value, month: second.value, day: third.value)
        }
        guard first.count <= 2, third.count == 4 else {
            if first.count <= 2, third.count == 2 { reason = Self.shortYear }
            return nil
        }
        return .numbers(first.value, second.value, year: third.value)
    }

    private static let shortYear = "năm phải ghi đủ bốn chữ số, ví dụ 29/03/2024"

    /// `29 tháng 3 năm 2024`, `29 thg 3, 2024`, `29-Thg3-2024`.
    private mutating func dayInWords(_ day: Int) -> Form? {
        let start = position
        skipSeparator()
        guard skip("thang") || skip("thg") else {
            position = start
            return nil
        }
        _ = skipBlanks(needed: false)
        guard let month = digits(2), skip(" nam ") || skipSeparator(), let year = year() else {
            position = start
            return nil
        }
        return .yearFirst(year: year, month: month.value, day: day)
    }

    /// `24-Jan-2024`, `24 January 2024`.
    private mutating func monthInWords(_ day: Int) -> Form? {
        let start = position
        skipSeparator()
        guard let month = CaseDateWords.month(bytes, at: position) else {
            position = start
            return nil
        }
        position = month.end
        guard skipSeparator(), let year = year() else { return nil }
        return .yearFirst(year: year, month: month.value, day: day)
    }

    /// `Jan 24 2024`, `January 24, 2024`.
    private mutating func monthBeforeDay(_ month: (value: Int, end: Int)) -> Form? {
        position = month.end
        guard skipSeparator(), let day = digits(2), skipSeparator(), let year = year() else { return nil }
        return .yearFirst(year: year, month: month.value, day: day.value)
    }

    private mutating func year() -> Int? {
        guard let year = digits(4) else { return nil }
        if year.count == 2 { reason = Self.shortYear }
        return year.count == 4 ? year.value : nil
    }

    /// What stands between a day, a month in words and a year: a blank, a dash, a bar, a point or a comma.
    @discardableResult
    private mutating func skipSeparator() -> Bool {
        let start = position
        while at(position) == 0x20 { position += 1 }
        if "-/.,".utf8.contains(at(position)) { position += 1 }
        while at(position) == 0x20 { position += 1 }
        return position > start
    }

    /// `16:30`, `16:30:05`, `16:30:05.123`, `16h30`, `16 giờ 30`, each with AM, PM, SA or CH after it, in seconds.
    private mutating func time() -> Int? {
        guard let hour = digits(2), hour.value < 24 else { return nil }
        var seconds = hour.value * 3_600
        if at(position) == UInt8(ascii: ":") {
            position += 1
            guard let minute = digits(2), minute.count == 2, minute.value < 60 else { return nil }
            seconds += minute.value * 60
            if at(position) == UInt8(ascii: ":") {
                position += 1
                guard let second = digits(2), second.count == 2, second.value < 60 else { return nil }
                seconds += second.value
                if at(position) == UInt8(ascii: ".") || at(position) == UInt8(ascii: ",") {
                    position += 1
                    guard digits(9) != nil else { return nil }
                }
            }
        } else if skip("h") || skip("g") || skip(" gio") {
            skip(" ")
            if let minute = digits(2) {
                guard minute.value < 60 else { return nil }
                seconds += minute.value * 60
                skip(" phut")
            }
        } else {
            return nil
        }
        return withHalf(seconds, hour.value)
    }

    /// The half of the day: before noon AM and SA (sáng), after it PM and CH (chiều).
    private mutating func withHalf(_ seconds: Int, _ hour: Int) -> Int? {
        let start = position
        skip(" ")
        let isBefore = skip("am") || skip("sa")
        let isAfter = !isBefore && (skip("pm") || skip("ch"))
        guard isBefore || isAfter else {
            position = start
            return seconds
        }
        if isBefore { return hour == 12 ? seconds - 12 * 3_600 : seconds }
        return hour < 12 ? seconds + 12 * 3_600 : seconds
    }

    /// `Z`, `+07:00`, `+0700`, `+07`, `UTC`, `GMT+7`, in seconds.
    private mutating func offset() -> Int? {
        if skip("z") { return 0 }
        let isNamed = skip("utc") || skip("gmt")
        let sign = at(position)
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return isNamed ? 0 : nil }
        position += 1
        guard let hour = pair() ?? (isNamed ? digits(1)?.value : nil), hour <= 14 else { return nil }
        let hasColon = skip(":")
        var seconds = hour * 3_600
        if let minute = pair() {
            guard minute < 60 else { return nil }
            seconds += minute * 60
        } else if hasColon {
            return nil
        }
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    /// Digits, at the most so many; more are none.
    private mutating func digits(_ most: Int) -> (value: Int, count: Int)? {
        var value = 0
        var count = 0
        while Self.isDigit(at(position + count)) {
            guard count < most else { return nil }
            value = value * 10 + Int(at(position + count) - 0x30)
            count += 1
        }
        position += count
        return count == 0 ? nil : (value, count)
    }

    /// Two digits, whatever follows.
    private mutating func pair() -> Int? {
        guard Self.isDigit(at(position)), Self.isDigit(at(position + 1)) else { return nil }
        position += 2
        return Int(at(position - 2) - 0x30) * 10 + Int(at(position - 1) - 0x30)
    }

    private mutating func skipBlanks(needed: Bool) -> Bool {
        let start = position
        while at(position) == 0x20 { position += 1 }
        return !needed || position > start
    }

    @discardableResult
    private mutating func skip(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard position + count <= bytes.count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += count
        return true
    }
}
