import Foundation
import KipCore
import Logging
import Office
import Testing

@testable import JobLibrary

/// What an outage of mail leaves behind, and what sweeps say of the jobs that they made.
extension JobLibraryTests {
    private func context<J: Job>(_ kind: J.Type, failures: Int) -> JobContext {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return JobContext(kind: J.kind, failures: failures, logger: logger)
    }

    /// Nobody listens at port 1.
    private static let noServer = "\nmail: { server: 127.0.0.1, port: 1, security: none, connectTimeout: 1 }\n"

    private func printed(_ folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/print")) ?? []).filter { $0 != ".put" }
            .sorted()
    }

    @Test("mail is tried for a day at least, whatever the jitter, and once more after it")
    func aDay() throws {
        for options in [ApologyLetter.options, ReminderNotice.options] {
            // The last attempt that fails ends the job.
            let waits = (1..<options.maxAttempts).map { options.retry.delay(afterFailures: $0, random: 0) }
            #expect(waits.dropLast().reduce(0, +) >= Int64(MailRetry.patience * 1_000))
            // A short outage costs little.
            #expect(waits[0] < 5_000)
        }
    }

    @Test("a letter that mail did not take for a day goes on paper; before that it is drafted and tried again")
    func letterOnPaper() async throws {
        try await withOffice(profile: { example, _ in Self.byMail(example) + Self.noServer }) { office, folder in
            let key = "apology/A-1/1"
            var file = late("A-1")
            file.email = "binh@dan.example"
            _ = try office.register.importCases([file], calendar: office.calendar)
            let letter = ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29"))
            await #expect(throws: (any Error).self) { try await letter.run(in: context(ApologyLetter.self)) }
            #expect(try office.register.letterSteps(of: key).map(\.state) == [.drafted, .sending, .drafted])
            #expect(printed(folder).isEmpty)
        }
        try await withOffice(profile: { example, _ in Self.byMail(example) + Self.noServer }) { office, folder in
            let key = "apology/A-1/1"
            var file = late("A-1")
            file.email = "binh@dan.example"
            _ = try office.register.importCases([file], calendar: office.calendar)
            _ = try office.register.issue(key: key, book: "PXL", year: 2024) { _ in
                IssuedDocument(
                    key: key, kind: "letter", subject: "", dated: day("2024-03-29"),
                    fileName: "A-1-phieu-xin-loi.pdf", bytes: [1])
            }
            // Mail was first tried a day ago.
            try office.register.note(
                letter: key, .sending, by: "kip", note: "mail", at: Date(timeIntervalSinceNow: -MailRetry.patience))
            try office.register.note(letter: key, .drafted, by: "kip", note: "mail: nobody answers")
            let letter = ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29"))
            _ = try await letter.run(in: context(ApologyLetter.self))
            #expect(printed(folder) == ["A-1-phieu-xin-loi.pdf"])
            #expect(try office.register.letterSteps(of: key).last?.note == "print")
            #expect(try office.register.letterSteps(of: key).last?.state == .sent)
        }
    }

    @Test("a digest that did not go is told by the next one, and on paper after a day; one that is told so does not go")
    func digests() async throws {
        try await withOffice(profile: { example, _ in example + Self.noServer }) { office, folder in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            func sweep(_ date: String) async throws -> [ReminderNotice] {
                let context = context(ReminderSweep.self)
                _ = try await ReminderSweep(asOf: day(date)).run(in: context)
                return try context.enqueued.filter { $0.wire.kind == ReminderNotice.kind }.map {
                    try JSONDecoder().decode(ReminderNotice.self, from: Data($0.payload))
                }
            }
            let friday = try #require(try await sweep("2024-03-29").first)
            await #expect(throws: (any Error).self) { try await friday.run(in: context(ReminderNotice.self)) }
            #expect(try office.register.notice("reminder/quan-ly-do-thi/2024-03-29")?.state == .waiting)
            // It is resolved meanwhile, so that today has nothing to tell of itself.
            var resolved = late("A-1")
            resolved.resolvedOn = day("2024-03-29")
            _ = try office.register.importCases([resolved], calendar: office.calendar)
            let monday = try #require(
                try await sweep("2024-04-01").first { $0.digest.recipient == friday.digest.recipient })
            let carried = monday.digest.sections.filter { $0.kind == .carried }.flatMap(\.items)
            #expect(carried.map(\.code) == ["A-1"])
            #expect(carried.first?.note?.contains("thư nhắc ngày 29/3/2024 chưa gửi được") == true)
            // Its day is over: it goes on paper, once.
            try office.register.noteTried(notice: "reminder/x/2024-03-29")
            let second = "reminder/quan-ly-do-thi/2024-04-01"
            try office.register.noteTried(notice: second, at: Date(timeIntervalSinceNow: -MailRetry.patience))
            for isNew in [true, false] {
                let outcome = try result(try await monday.run(in: context(ReminderNotice.self)))
                #expect(outcome["isNew"] as? Bool == isNew)
            }
            #expect(printed(folder) == ["2024-04-01-quan-ly-do-thi-phieu-nhac-viec.pdf"])
            #expect(try office.register.notice(second)?.state == .printed)
            guard
                case .done = try await ReminderNotice.look(
                    office.register.identity.owned("print/\(second)/paper"))
            else {
                Issue.record("the reconciler looks elsewhere")
                return
            }
            // The later one has gone after all: the earlier one has nothing to say any more.
            try office.register.note(notice: second, .sent)
            let outcome = try result(try await friday.run(in: context(ReminderNotice.self)))
            #expect(outcome["note"] as? String == "\(second) has told it")
        }
    }

    @Test(
        "a sweep says what it made: jobs that were made before and have not ended wait, and a dead letter is made anew that day"
    )
    func saysWhatItMade() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1"), late("A-2")], calendar: office.calendar)
            func sweep() async throws -> (JobContext, [String: Any]) {
                let context = context(LateCaseSweep.self)
                return (
                    context, try result(try await LateCaseSweep(asOf: day("2024-03-29")).run(in: context))
                )
            }
            let (first, made) = try await sweep()
            #expect(made["enqueued"] as? Int == 2 && made["waiting"] as? Int == 0)
            // One attempt of a sweep that died has asked for the same.
            let again = try result(try await LateCaseSweep(asOf: day("2024-03-29")).run(in: first))
            #expect(again["enqueued"] as? Int == 2)
            #expect(try await sweep().1["enqueued"] as? Int == 0)
            #expect(try await sweep().1["waiting"] as? Int == 2)
            // The last attempt fails: the job is a dead letter.
            try "".write(toFile: folder + "/print", atomically: true, encoding: .utf8)
            let letter = ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29"))
            await #expect(throws: (any Error).self) {
                try await letter.run(in: context(ApologyLetter.self, failures: ApologyLetter.options.maxAttempts - 2))
            }
            #expect(try await sweep().1["enqueued"] as? Int == 0)
            await #expect(throws: (any Error).self) {
                try await letter.run(in: context(ApologyLetter.self, failures: ApologyLetter.options.maxAttempts - 1))
            }
            let (sameDay, report) = try await sweep()
            #expect(report["enqueued"] as? Int == 1 && report["waiting"] as? Int == 1)
            // Its key is free again when the job has ended.
            #expect(sameDay.enqueued.allSatisfy { $0.wire.conditions.uniqueScope == .untilDone })
            #expect(sameDay.enqueued.map(\.wire.uniqueKey).contains(office.register.identity.owned("apology/A-1/1")))
        }
    }

    @Test("a sweep of reminders says what it made, and makes no second notice of one that has gone")
    func remindersMade() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            func sweep() async throws -> (JobContext, [String: Any]) {
                let context = context(ReminderSweep.self)
                return (context, try result(try await ReminderSweep(asOf: day("2024-03-29")).run(in: context)))
            }
            let (first, made) = try await sweep()
            #expect(made["digests"] as? Int == 2 && made["toldBefore"] as? Int == 0)
            let notice = try JSONDecoder().decode(ReminderNotice.self, from: Data(first.enqueued[0].payload))
            _ = try await notice.run(in: context(ReminderNotice.self))
            let (second, report) = try await sweep()
            #expect(report["digests"] as? Int == 0 && report["toldBefore"] as? Int == 2)
            #expect(second.enqueued.map(\.wire.uniqueKey) == [first.enqueued[1].wire.uniqueKey])
        }
    }

    @Test("more late files than one handler may make jobs for are all reached, by a sweep that goes on")
    func many() async throws {
        try await withOffice { office, _ in
            let codes = (0..<10_050).map { "H29-\($0)" }
            _ = try office.register.importCases(codes.map { late($0) }, calendar: office.calendar)
            var keys: [String] = []
            var sweep: LateCaseSweep? = LateCaseSweep(asOf: day("2024-03-29"))
            var sweeps = 0
            while let next = sweep {
                let context = context(LateCaseSweep.self)
                _ = try await next.run(in: context)
                #expect(context.enqueued.count <= Limits.jobsPerMessage)
                keys += context.enqueued.filter { $0.wire.kind == ApologyLetter.kind }.map(\.wire.uniqueKey)
                let rest = context.enqueued.filter { $0.wire.kind == LateCaseSweep.kind }
                sweep = try rest.first.map { try JSONDecoder().decode(LateCaseSweep.self, from: Data($0.payload)) }
                sweeps += 1
            }
            #expect(sweeps == 2)
            #expect(keys.count == codes.count)
            #expect(Set(keys) == Set(codes.map { office.register.identity.owned("apology/\($0)/1") }))
        }
    }
}
