import Foundation
import KipCore

/// The moments at which a schedule is due: the times of some local days in a time zone.
///
/// A time that a spring change of clocks leaves out falls on the first moment after the gap; a time that an autumn
/// change repeats is meant once, the first time.
struct Occurrences {
    let times: TimesOfDay
    let zone: TimeZone
    /// Days in which a time must come; if none does, there is none. Default five years.
    var searchedDays = Self.fiveYears
    /// The first day, from a day on, that has times; nil = none comes within `searchedDays`.
    let day: (_ from: CivilDay) -> CivilDay?

    static let fiveYears = 5 * 366
    /// A minute, an hour, a day, about a month, a year.
    private static let windowsInMilliseconds: [Int64] = [1, 60, 60 * 24, 60 * 24 * 32, 60 * 24 * 366].map {
        $0 * 60_000
    }

    /// The first moment after another.
    /// - Returns: nil if none comes within `searchedDays`.
    func next(after moment: Timestamp) -> Timestamp? {
        let from = moment.milliseconds.floorDivided(by: 1000)
        let local = from + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(from))))
        let today = CivilDay(number: Int(local.floorDivided(by: 86_400)))
        // Earlier times of this day are over, whatever the clocks did.
        let secondOfToday = Int(local) - today.number * 86_400
        var start = today
        while start.number - today.number <= searchedDays, let found = day(start) {
            if let time = first(on: found, from: found == today ? secondOfToday : 0, after: moment) { return time }
            start = found.next
        }
        return nil
    }

    /// The next moments after another, at most `count`.
    func nextTimes(_ count: Int, after moment: Timestamp) -> [Timestamp] {
        var times: [Timestamp] = []
        var last = moment
        while times.count < count, let time = next(after: last) {
            times.append(time)
            last = time
        }
        return times
    }

    /// The last moments after one and up to another, oldest first, at most `count`.
    ///
    /// It looks back in growing windows, so that a broker that was down for a year does not count every minute of it.
    func lastTimes(_ count: Int, after start: Timestamp, through end: Timestamp) -> [Timestamp] {
        for window in Self.windowsInMilliseconds {
            let windowStart = max(start, end.advanced(byMilliseconds: -window))
            let times = times(after: windowStart, through: end)
            if windowStart == start || times.count >= count { return times.suffix(count) }
        }
        return times(after: start, through: end).suffix(count)
    }

    private func times(after start: Timestamp, through end: Timestamp) -> [Timestamp] {
        var times: [Timestamp] = []
        var last = start
        while let time = next(after: last), time <= end {
            times.append(time)
            last = time
        }
        return times
    }

    private func first(on day: CivilDay, from start: Int, after moment: Timestamp) -> Timestamp? {
        times.first(from: start) { second in
            let time = Timestamp(milliseconds: Int64(instant(of: day.number * 86_400 + second)) * 1000)
            return time > moment ? time : nil
        }
    }

    /// The moment at which the zone's clocks show a local time, given as if it were UTC.
    private func instant(of local: Int) -> Int {
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
