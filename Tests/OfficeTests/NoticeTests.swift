import Foundation
import Testing

@testable import Office

/// What a notice that did not go becomes, and what sweeps have asked for.
@Suite struct NoticeTests {
    private func digest(_ date: String, _ code: String, due: String) -> ReminderDigest {
        let item = ReminderDigest.Item(
            code: code, title: "Việc \(code)", due: Example.day(due),
            daysLeft: Example.day(due).number - Example.day(date).number, isTask: true)
        return ReminderDigest(
            recipient: "noi-vu", date: Example.day(date),
            sections: [ReminderDigest.Section(kind: .soon, items: [item], count: 1)])
    }

    @Test("the next digest tells what the last one could not, with the days of its own day, and each thing once")
    func carried() throws {
        let day = Example.day("2024-03-26")
        let missed = digest("2024-03-25", "1.1", due: "2024-03-29")
        var round = ReminderRound(
            digests: [digest("2024-03-26", "1.2", due: "2024-03-29")], withoutMailbox: [], withoutLead: [],
            unknownUnits: [])
        round.carry(
            [missed, digest("2024-03-25", "1.2", due: "2024-03-29")], asOf: day, profile: try Example.profile())
        let carried = try #require(round.digests.first?.sections.last)
        #expect(round.digests.count == 1)
        #expect(carried.kind == .carried)
        #expect(carried.items.map(\.code) == ["1.1"])
        #expect(carried.items.first?.daysLeft == 3)
        #expect(carried.items.first?.note == "thư nhắc ngày 25/3/2024 chưa gửi được")
        // Who has nothing else today is told all the same.
        var empty = ReminderRound(digests: [], withoutMailbox: [], withoutLead: [], unknownUnits: [])
        empty.carry([missed], asOf: day, profile: try Example.profile())
        #expect(empty.digests.map(\.recipient) == ["noi-vu"])
    }

    @Test("a notice that has gone is not told again; one that a later digest tells is not carried twice")
    func kept() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let (first, second) = (
                digest("2024-03-25", "1.1", due: "2024-03-29"), digest("2024-03-25", "1.9", due: "2024-03-29")
            )
            #expect(try register.keep(notice: "n1", first) == .waiting)
            // The first one counts.
            #expect(try register.keep(notice: "n1", second) == .waiting)
            let next = Example.day("2024-03-26")
            #expect(try register.unsentNotices(before: next) == [first])
            #expect(try register.unsentNotices(before: first.date).isEmpty)
            try register.carry(noticesBefore: next, for: ["noi-vu"])
            // A second sweep of that day says the same.
            #expect(try register.unsentNotices(before: next) == [first])
            #expect(try register.unsentNotices(before: Example.day("2024-03-27")).isEmpty)
            #expect(try register.notice("n1")?.toldBy == nil)
            _ = try register.keep(notice: "n2", digest("2024-03-26", "1.2", due: "2024-03-29"))
            try register.note(notice: "n2", .sent)
            #expect(try register.notice("n1")?.toldBy == "n2")
        }
    }

    @Test("a request is new until its job has ended, also to an attempt of the same sweep that comes again")
    func requests() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            #expect(try register.request(["a", "b"], by: "s1") == ["a", "b"])
            #expect(try register.request(["a", "b"], by: "s1") == ["a", "b"])
            #expect(try register.request(["a", "b", "c"], by: "s2") == ["c"])
            try register.endRequest("a")
            #expect(try register.request(["a", "b"], by: "s3") == ["a"])
        }
    }

    @Test("a letter of which nobody knows whether it went is in the list of whoever sees to what has no owner")
    func uncertain() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            for code in ["A-1", "A-2"] {
                _ = try register.issue(key: "apology/\(code)/1", book: "PXL", year: 2024) { _ in
                    IssuedDocument(
                        key: "", kind: "letter", subject: "", dated: Example.day("2024-03-08"), fileName: code,
                        bytes: [1])
                }
            }
            try register.note(
                letter: "apology/A-1/1", .sending, by: "kip", note: "print",
                at: Date(timeIntervalSince1970: Double(Example.day("2024-03-08").number) * 86_400))
            let day = Example.day("2024-03-11")
            // A letter on its way today may be there in a moment.
            #expect(try register.uncertainLetters(before: Example.day("2024-03-08")).isEmpty)
            let round = ReminderRound.round(
                asOf: day, facts: ReminderRound.Facts(uncertain: try register.uncertainLetters(before: day)),
                profile: try Example.profile(), calendar: try Example.calendar())
            let section = try #require(round.digests.first { $0.recipient == "noi-vu" }?.sections.first)
            #expect(section.kind == .uncertainLetter)
            #expect(section.items.map(\.code) == ["A-1"])
            #expect(section.items.first?.note == "đang gửi từ ngày 8/3/2024")
        }
    }
}
