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
        for _ in 0...(5 * 366) {
            if matches(day), let found = first(on: day, after: moment, zone) { return found }
            day = day.next
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

    private func first(on day: CivilDay, after moment: Timestamp, _ zone: TimeZone) -> Timestamp? {
        for hour in hours {
            for minute in minutes {
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
        // The clocks skip this time: the change itself is the first moment after the gap.
        let start = Date(timeIntervalSince1970: Double(local - 86_400))
        let change = zone.nextDaylightSavingTimeTransition(after: start)
        return change.map { Int($0.timeIntervalSince1970) } ?? candidates[1]
    }
}

extension Int64 {
    func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
