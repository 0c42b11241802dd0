import Foundation
import KipCore
import Testing

@testable import KipBroker

@Suite struct CronTests {
    private static let saigon = TimeZone(identifier: "Asia/Ho_Chi_Minh") ?? .gmt
    private static let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

    private func moment(_ text: String) throws -> Timestamp {
        let date = try Date.ISO8601FormatStyle.iso8601.parse(text)
        return Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
    }

    @Test(
        "the next time is the right one",
        arguments: [
            ("30 7 * * MON-FRI", "2024-03-29T07:30:00+07:00", "2024-04-01T07:30:00+07:00"),
            ("30 7 * * MON-FRI", "2024-03-29T07:29:59+07:00", "2024-03-29T07:30:00+07:00"),
            ("0 6 1 * *", "2024-01-31T23:00:00+07:00", "2024-02-01T06:00:00+07:00"),
            ("*/15 8-9 * * *", "2024-05-01T09:45:00+07:00", "2024-05-02T08:00:00+07:00"),
            ("0 0 29 2 *", "2024-03-01T00:00:00+07:00", "2028-02-29T00:00:00+07:00"),
            ("0 12 13 * FRI", "2024-09-01T00:00:00+07:00", "2024-09-06T12:00:00+07:00"),
            ("0 0 * * 7", "2024-03-29T00:00:00+07:00", "2024-03-31T00:00:00+07:00"),
            ("@monthly", "2024-12-15T00:00:00+07:00", "2025-01-01T00:00:00+07:00"),
            ("15 30 7 * * MON-FRI", "2024-03-29T07:30:14+07:00", "2024-03-29T07:30:15+07:00"),
            ("15 30 7 * * MON-FRI", "2024-03-29T07:30:15+07:00", "2024-04-01T07:30:15+07:00"),
            ("*/10 * * * * *", "2024-03-29T07:30:15+07:00", "2024-03-29T07:30:20+07:00"),
            ("*/10 * * * * *", "2024-12-31T23:59:50+07:00", "2025-01-01T00:00:00+07:00"),
            ("0 7 L * *", "2024-02-01T00:00:00+07:00", "2024-02-29T07:00:00+07:00"),
            ("0 7 L * *", "2023-02-01T00:00:00+07:00", "2023-02-28T07:00:00+07:00"),
            ("0 7 l * *", "2024-02-29T07:00:00+07:00", "2024-03-31T07:00:00+07:00"),
            ("0 7 L-3 * *", "2024-04-01T00:00:00+07:00", "2024-04-27T07:00:00+07:00"),
            ("0 7 1,L * *", "2024-04-02T00:00:00+07:00", "2024-04-30T07:00:00+07:00"),
            ("0 7 L-30 * *", "2024-02-01T00:00:00+07:00", "2024-03-01T07:00:00+07:00"),
            ("0 7 * * 5L", "2024-03-01T00:00:00+07:00", "2024-03-29T07:00:00+07:00"),
            ("0 7 * * fril", "2024-03-29T07:00:00+07:00", "2024-04-26T07:00:00+07:00"),
            ("0 7 * * 5#3", "2024-03-01T00:00:00+07:00", "2024-03-15T07:00:00+07:00"),
            ("0 7 * * fri#1,FRI#3", "2024-03-01T08:00:00+07:00", "2024-03-15T07:00:00+07:00"),
            ("0 7 * * 7#5", "2024-04-01T00:00:00+07:00", "2024-06-30T07:00:00+07:00"),
            ("0 7 13 * 5#3", "2024-03-01T00:00:00+07:00", "2024-03-13T07:00:00+07:00"),
            ("18 12 */7 JUL 5", "2026-11-30T00:00:00+07:00", "2033-07-01T12:18:00+07:00"),
            ("0 0 29 2 */7", "2004-03-01T00:00:00+07:00", "2032-02-29T00:00:00+07:00"),
            ("0 7 * * 7L", "2024-03-01T00:00:00+07:00", "2024-03-31T07:00:00+07:00"),
            ("0 7 15 * FRIL", "2024-03-20T00:00:00+07:00", "2024-03-29T07:00:00+07:00"),
        ])
    func next(cron: String, after: String, expected: String) throws {
        let found = try CronExpression(cron).next(after: try moment(after), in: Self.saigon)
        #expect(found == (try moment(expected)))
    }

    @Test("a time that the spring change skips fires at the change, once")
    func gap() throws {
        let cron = try CronExpression("30 2 * * *")
        let first = try #require(cron.next(after: try moment("2024-03-30T12:00:00+01:00"), in: Self.berlin))
        #expect(first == (try moment("2024-03-31T03:00:00+02:00")))
        #expect(cron.next(after: first, in: Self.berlin) == (try moment("2024-04-01T02:30:00+02:00")))
    }

    @Test("a time that the autumn change repeats fires the first time only")
    func fold() throws {
        let cron = try CronExpression("30 2 * * *")
        let first = try #require(cron.next(after: try moment("2024-10-26T12:00:00+02:00"), in: Self.berlin))
        #expect(first == (try moment("2024-10-27T02:30:00+02:00")))
        #expect(cron.next(after: first, in: Self.berlin) == (try moment("2024-10-28T02:30:00+01:00")))
    }

    @Test("seconds in the hour that a spring change skips fall together at the change")
    func secondsInTheGap() throws {
        let cron = try CronExpression("*/20 30 2 * * *")
        let times = cron.nextTimes(4, after: try moment("2024-03-30T12:00:00+01:00"), in: Self.berlin)
        #expect(
            times == [
                try moment("2024-03-31T03:00:00+02:00"), try moment("2024-04-01T02:30:00+02:00"),
                try moment("2024-04-01T02:30:20+02:00"), try moment("2024-04-01T02:30:40+02:00"),
            ])
    }

    @Test("30 February never comes")
    func never() throws {
        #expect(try CronExpression("0 0 30 2 *").next(after: Timestamp(milliseconds: 0), in: .gmt) == nil)
    }

    @Test(
        "what is no cron expression is refused with its field",
        arguments: [
            "", "* * * *", "60 * * * *", "* * 0 * *", "* * * FOO *", "5-1 * * * *", "*/0 * * * *", "1,,2 * * * *",
        ])
    func refuses(text: String) {
        #expect(throws: CronError.self) { try CronExpression(text) }
    }

    @Test("missed times follow the catch-up rule", arguments: ScheduleDefinition.CatchUp.allCases)
    func catchUp(rule: ScheduleDefinition.CatchUp) throws {
        let definition = ScheduleDefinition(
            name: "n", cron: "0 * * * *", timeZone: "Asia/Ho_Chi_Minh", kind: "k",
            payload: #"{"asOf": "{{date}}"}"#, catchUp: rule)
        let state = try ScheduleState(definition, after: try moment("2024-03-29T00:30:00+07:00"))
        let due = state.due(at: try moment("2024-03-29T05:30:00+07:00"))
        let counts: [ScheduleDefinition.CatchUp: Int] = [.once: 1, .all: 5, .skip: 0]
        #expect(due.fire.count == counts[rule])
        #expect(due.next == (try moment("2024-03-29T06:00:00+07:00")))
        let draft = state.draft(nominal: try moment("2024-03-29T00:00:00+07:00"), id: JobID(), at: .now())
        #expect(draft.payload == Array(#"{"asOf": "2024-03-29"}"#.utf8))
    }

    @Test(
        "times that are less than a minute late are not missed: each fires",
        arguments: ScheduleDefinition.CatchUp.allCases)
    func lessThanAMinuteLate(rule: ScheduleDefinition.CatchUp) throws {
        let definition = ScheduleDefinition(
            name: "n", cron: "*/20 * * * * *", timeZone: "Asia/Ho_Chi_Minh", kind: "k", catchUp: rule)
        let state = try ScheduleState(definition, after: try moment("2024-03-29T00:00:01+07:00"))
        let due = state.due(at: try moment("2024-03-29T00:01:05+07:00"))
        #expect(
            due.fire == [
                try moment("2024-03-29T00:00:20+07:00"), try moment("2024-03-29T00:00:40+07:00"),
                try moment("2024-03-29T00:01:00+07:00"),
            ])
        #expect(due.next == (try moment("2024-03-29T00:01:20+07:00")))
        // After an hour the last minute's times fire, and one run makes up for the rest or none does.
        let later = state.due(at: try moment("2024-03-29T01:00:05+07:00")).fire
        #expect(later.suffix(3).first == (try moment("2024-03-29T00:59:20+07:00")))
        #expect(later.count == (rule == .all ? 180 : 3))
    }
}
