import Foundation
import KipCore

extension CronExpression {
    /// The first time after a moment, in a time zone.
    ///
    /// A time that a spring change of clocks leaves out falls on the first moment after the gap; a time that an autumn
    /// change repeats is meant once, the first time.
    /// - Returns: nil where none comes within five years, as for 30 February.
    public func next(after moment: Timestamp, in zone: TimeZone) -> Timestamp? {
        let from = moment.milliseconds.floorDivided(by: 1000)
        let local = from + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(from))))
        var day = CivilDay(number: Int(local.floorDivided(by: 86_400)))
        // Earlier times of this day are over, whatever the clocks did.
        var minute = (Int(local) - day.number * 86_400) / 60
        for _ in 0...Self.searchedDays {
            if matches(day), let found = first(on: day, from: minute, after: moment, zone) { return found }
            day = day.next
            minute = 0
        }
        return nil
    }

    /// The next times after a moment, at most `count`.
    public func nextTimes(_ count: Int, after moment: Timestamp, in zone: TimeZone) -> [Timestamp] {
        var times: [Timestamp] = []
        var last = moment
        while times.count < count, let time = next(after: last, in: zone) {
            times.append(time)
            last = time
        }
        return times
    }

    /// The last times after a moment and up to another, oldest first, at most `count`.
    ///
    /// It looks back in growing windows, so that a broker that was down for a year does not count every minute of it.
    func lastTimes(_ count: Int, after start: Timestamp, through end: Timestamp, in zone: TimeZone) -> [Timestamp] {
        for window in Self.windowsInMilliseconds {
            let windowStart = max(start, end.advanced(byMilliseconds: -window))
            let times = times(after: windowStart, through: end, in: zone)
            if windowStart == start || times.count >= count { return times.suffix(count) }
        }
        return times(after: start, through: end, in: zone).suffix(count)
    }

    private func times(after start: Timestamp, through end: Timestamp, in zone: TimeZone) -> [Timestamp] {
        var times: [Timestamp] = []
        var last = start
        while let time = next(after: last, in: zone), time <= end {
            times.append(time)
            last = time
        }
        return times
    }

    /// Days in which a time must come: five years.
    private static let searchedDays = 5 * 366
    /// An hour, a day, about a month, a year.
    private static let windowsInMilliseconds: [Int64] = [1, 24, 24 * 32, 24 * 366].map { $0 * 3_600_000 }

    private func first(on day: CivilDay, from start: Int, after moment: Timestamp, _ zone: TimeZone) -> Timestamp? {
        for hour in hours where hour >= start / 60 {
            for minute in minutes where hour * 60 + minute >= start {
                let local = day.number * 86_400 + hour * 3_600 + minute * 60
                let time = Timestamp(milliseconds: Int64(Self.instant(of: local, zone)) * 1000)
                if time > moment { return time }
            }
        }
        return nil
    }

    /// The moment at which a zone's clocks show a local time, given as if it were UTC.
    private static func instant(of local: Int, _ zone: TimeZone) -> Int {
        func offset(_ instant: Int) -> Int {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant)))
        }
        let before = offset(local - 86_400)
        let after = offset(local + 86_400)
        let candidates = [local - max(before, after), local - min(before, after)]
        for candidate in candidates where candidate + offset(candidate) == local { return candidate }
        // The clocks skip this time: search for the change, the first moment at which they show a later one.
        var (early, late) = (candidates[0], candidates[1])
        while late - early > 1 {
            let middle = early + (late - early) / 2
            if middle + offset(middle) < local { early = middle } else { late = middle }
        }
        return late
    }
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
