import Foundation
import KipCore
import Testing

@testable import KipBroker

@Suite("Any cron expression")
struct CronPropertyTests {
    private func calendar(_ zone: String) throws -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: zone))
        return calendar
    }

    /// A moment of the years 2000 to 2060.
    private func moment(seed: UInt64) -> Int64 {
        var generator = SeededGenerator(seed: ~seed)
        return Int64.random(in: 946_684_800...2_840_140_800, using: &generator)
    }

    @Test("the next time is the one that a walk through the calendar finds", arguments: UInt64(0)..<300)
    func sameAsWalking(seed: UInt64) throws {
        let calendar = try calendar("Asia/Ho_Chi_Minh")
        let random = RandomCron(seed: seed)
        let start = moment(seed: seed)
        let next = try CronExpression(random.text).next(
            after: Timestamp(milliseconds: start * 1000), in: calendar.timeZone)
        let walked = random.bruteNext(after: Date(timeIntervalSince1970: Double(start)), calendar, days: 5 * 366)
        #expect(next?.milliseconds == walked.map { Int64($0.timeIntervalSince1970) * 1000 }, "\(random.text)")
    }

    @Test(
        "times only grow, and where no clock changed they match the fields",
        arguments: UInt64(0)..<60, ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "Asia/Kathmandu"])
    func grows(seed: UInt64, zone: String) throws {
        let calendar = try calendar(zone)
        let random = RandomCron(seed: seed)
        let start = Timestamp(milliseconds: moment(seed: seed) * 1000)
        var last = start
        for time in try CronExpression(random.text).nextTimes(50, after: start, in: calendar.timeZone) {
            #expect(time > last, "\(random.text)")
            last = time
            let date = Date(timeIntervalSince1970: Double(time.milliseconds / 1000))
            let zone = calendar.timeZone
            guard zone.secondsFromGMT(for: date - 1) == zone.secondsFromGMT(for: date) else { continue }
            let parts = calendar.dateComponents([.minute, .hour, .day, .month, .weekday], from: date)
            #expect(random.matches(parts), "\(random.text) at \(date)")
        }
    }

    @Test("the last times are the end of all times", arguments: UInt64(0)..<60)
    func lastTimes(seed: UInt64) throws {
        let zone = try #require(TimeZone(identifier: "Asia/Ho_Chi_Minh"))
        let cron = try CronExpression(RandomCron(seed: seed).text).occurrences(in: zone)
        let start = Timestamp(milliseconds: moment(seed: seed) * 1000)
        let all = cron.nextTimes(40, after: start)
        let end = try #require(all.last)
        #expect(cron.lastTimes(7, after: start, through: end) == all.suffix(7))
        #expect(cron.lastTimes(100, after: start, through: end) == all)
    }

    @Test("a zone that skipped a whole day fires at its first moment after it")
    func skippedDay() throws {
        // Samoa left out 30 December 2011: after the 29th came, at 2011-12-30T10:00:00Z, the 31st.
        let apia = try #require(TimeZone(identifier: "Pacific/Apia"))
        let startOfThe29th = Timestamp(milliseconds: 1_325_152_800_000)
        let next = try CronExpression("0 12 30 12 *").next(after: startOfThe29th, in: apia)
        #expect(next == Timestamp(milliseconds: 1_325_239_200_000))
    }

    @Test("the clocks of Asia/Ho_Chi_Minh do not change")
    func noChange() throws {
        let zone = try #require(TimeZone(identifier: "Asia/Ho_Chi_Minh"))
        let times = try CronExpression("30 7 * * *").nextTimes(
            3_000, after: Timestamp(milliseconds: 1_700_000_000_000), in: zone)
        for (earlier, later) in zip(times, times.dropFirst()) {
            #expect(later.milliseconds - earlier.milliseconds == 86_400_000)
        }
    }

    @Test("29 February comes in leap years, which 2100 is not")
    func leapDays() throws {
        let cron = try CronExpression("0 0 29 2 *")
        let times = cron.nextTimes(3, after: Timestamp(milliseconds: 1_704_067_200_000), in: .gmt)
        #expect(times.map(\.milliseconds) == [1_709_164_800_000, 1_835_395_200_000, 1_961_625_600_000])
        // After 2096 the next one is 2104.
        let after2096 = cron.next(after: Timestamp(milliseconds: 3_981_312_000_000), in: .gmt)
        #expect(after2096 == Timestamp(milliseconds: 4_233_686_400_000))
    }

    @Test("days from the end of the month are those that the calendar counts", arguments: 0...30)
    func fromTheEnd(distance: Int) throws {
        let calendar = try calendar("Asia/Ho_Chi_Minh")
        let text = distance == 0 ? "0 0 L * *" : "0 0 L-\(distance) * *"
        let start = Timestamp(milliseconds: 1_640_970_000_000)
        let times = try CronExpression(text).nextTimes(48, after: start, in: calendar.timeZone)
        for time in times {
            let date = Date(timeIntervalSince1970: Double(time.milliseconds / 1000))
            let length = try #require(calendar.range(of: .day, in: .month, for: date)).count
            #expect(calendar.component(.day, from: date) == length - distance)
        }
        // A day that a month does not have is left out, no month is doubled.
        let months = times.map {
            calendar.dateComponents([.year, .month], from: Date(timeIntervalSince1970: Double($0.milliseconds / 1000)))
        }
        #expect(Set(months).count == 48)
    }

    @Test("a minute with seconds has each of them, also over days", arguments: UInt64(0)..<40)
    func seconds(seed: UInt64) throws {
        let zone = try #require(TimeZone(identifier: "Asia/Ho_Chi_Minh"))
        let random = RandomCron(seed: seed)
        let start = Timestamp(milliseconds: moment(seed: seed) * 1000)
        let minutes = try CronExpression(random.text).nextTimes(10, after: start, in: zone)
        let found = try CronExpression("5,40-41 " + random.text).nextTimes(28, after: start, in: zone)
        let wanted = minutes.flatMap { minute in [5, 40, 41].map { minute.advanced(byMilliseconds: $0 * 1000) } }
        // What remains of the minute in which it starts comes first.
        #expect(Array(found.drop { $0 < wanted[0] }.prefix(20)) == Array(wanted.prefix(20)), "\(random.text)")
    }

    @Test("a week may end on Sunday", arguments: ["0 0 * * FRI-SUN", "0 0 * * 5-7", "0 0 ? * fri,sat,0"])
    func sunday(text: String) throws {
        // From Thursday 2024-02-29.
        let times = try CronExpression(text).nextTimes(4, after: Timestamp(milliseconds: 1_709_164_800_000), in: .gmt)
        #expect(times.map { ($0.milliseconds - 1_709_164_800_000) / 86_400_000 } == [1, 2, 3, 8])
    }

    @Test(
        "an error names the field, its text and what would be right",
        arguments: [
            ("60 * * * *", "minute", "60"), ("* +5 * * *", "hour", "+5"), ("* * 32 * *", "day of month", "1 to 31"),
            ("* * * FOO *", "month", "JAN"), ("* * * * 8", "day of week", "MON"), ("*/99 * * * *", "minute", "1 to 59"),
            ("? * * * *", "minute", "?"), ("* * * *", "4 fields", "30 7 * * MON-FRI"), ("@often", "1 fields", "five"),
            ("60 * * * * *", "second", "0 to 59"), ("* * * * * * *", "7 fields", "seconds"),
            ("0 0 L-0 * *", "day of month", "L-3"), ("0 0 L-31 * *", "day of month", "L-3"),
            ("0 0 L/2 * *", "day of month", "L-3"), ("0 0 LW * *", "day of month", "L-3"),
            ("0 0 1-L * *", "day of month", "L-3"), ("0 0 * * L", "day of week", "FRIL"),
            ("0 0 * * 8L", "day of week", "FRIL"), ("0 0 * * 5#6", "day of week", "FRI#3"),
            ("0 0 * * #3", "day of week", "FRI#3"), ("0 0 * * 5#", "day of week", "FRI#3"),
            ("0 0 * * 8#1", "day of week", "FRI#3"), ("0 0 * * 1-5#2", "day of week", "FRI#3"),
            ("0 0 5#3 * *", "day of month", "L-3"),
            ("0 0 * * MON-FRIL", "day of week", "FRIL"),
            ("0 L * * *", "hour", "L"), ("first working day of the month at 07:30", "8 fields", "rule"),
        ])
    func errors(text: String, first: String, second: String) throws {
        let error = try #require(throws: CronError.self) { try CronExpression(text) }
        #expect(error.description.contains(first))
        #expect(error.description.contains(second))
    }

    @Test("an expression is its text in JSON")
    func json() throws {
        let cron = try CronExpression("30 7 * * MON-FRI")
        let data = try JSONEncoder().encode([cron])
        #expect(String(decoding: data, as: UTF8.self) == #"["30 7 * * MON-FRI"]"#)
        #expect(try JSONDecoder().decode([CronExpression].self, from: data) == [cron])
    }
}
