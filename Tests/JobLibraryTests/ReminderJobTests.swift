import Foundation
import KipCore
import Logging
import Office
import Testing

@testable import JobLibrary

extension JobLibraryTests {
    /// The reminders of a plan, run by hand on a register of their own. One office serves a process, so they stand in the
    /// serialized suite.
    @Suite struct Reminders {
        private static let example: URL = {
            var root = URL(fileURLWithPath: #filePath)
            for _ in 0..<3 { root.deleteLastPathComponent() }
            return root.appendingPathComponent("deploy/example")
        }()

        private func day(_ text: String) -> LocalDate { LocalDate(text)! }

        private func withOffice(_ body: (OfficeSetup, String) async throws -> Void) async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("jobs-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let office = try OfficeSetup(
                directory: folder, profile: Self.example.appendingPathComponent("office.yaml").path,
                daysOff: Self.example.appendingPathComponent("days-off.yaml").path)
            OfficeSetup.install(office)
            let plan = try String(contentsOf: Self.example.appendingPathComponent("plan.yaml"), encoding: .utf8)
            try office.register.importPlan(Plan.parse(yaml: plan))
            try await body(office, folder)
        }

        private func context<J: Job>(_ kind: J.Type) -> JobContext {
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            return JobContext(kind: J.kind, logger: logger)
        }

        /// - Parameter office: where the notices go out by the way; nil = they wait.
        private func sweep(_ date: String, in office: OfficeSetup? = nil) async throws -> JobContext {
            let context = context(ReminderSweep.self)
            _ = try await ReminderSweep(asOf: day(date)).run(in: context)
            for child in context.enqueued {
                let key = RegisterIdentity.parts(of: child.wire.uniqueKey).key
                try office?.register.note(notice: key, .sent)
            }
            return context
        }

        /// The unique keys of a sweep's jobs, without the register.
        private func keys(_ sweep: JobContext) -> [String] {
            sweep.enqueued.map { RegisterIdentity.parts(of: $0.wire.uniqueKey).key }
        }

        private func done(_ task: String, _ unit: String?, on date: String, due: String) -> MilestoneRecord {
            MilestoneRecord(
                plan: "04/KH-UBND", milestone: task, unit: unit, state: .done, on: day(date), by: "Lan", due: day(due))
        }

        @Test("a sweep that runs twice says the same bytes; one of the next day says what was missed, once")
        func sweeps() async throws {
            try await withOffice { office, _ in
                let first = try await sweep("2024-03-21").enqueued.map(\.payload)
                #expect(try await sweep("2024-03-21", in: office).enqueued.map(\.payload) == first)
                // Friday the 22nd, seven days before the quarter's last working day, was missed.
                let monday = try await sweep("2024-03-25", in: office)
                #expect(keys(monday).contains("reminder/tu-phap/2024-03-25"))
                let tuesday = try await sweep("2024-03-26", in: office)
                #expect(!keys(tuesday).contains("reminder/tu-phap/2024-03-26"))
                // A day off is not a sweep that counts.
                #expect(try await sweep("2024-03-31").enqueued.isEmpty)
                #expect(try office.register.lastReminderSweep(before: day("2024-12-31")) == day("2024-03-26"))
            }
        }

        @Test("a milestone that is done is in no digest; the chairman's list and letters come when it is long overdue")
        func ladder() async throws {
            try await withOffice { office, _ in
                func keys(_ date: String) async throws -> [String: [UInt8]] {
                    let made = try await sweep(date, in: office)
                    return Dictionary(uniqueKeysWithValues: zip(self.keys(made), made.enqueued.map(\.payload)))
                }
                func owing(_ payload: [UInt8]?) throws -> Int {
                    let notice = try JSONDecoder().decode(ReminderNotice.self, from: Data(try #require(payload)))
                    let overdue = notice.digest.sections.first { $0.kind == .overdue }
                    return overdue?.items.count { $0.note != nil } ?? 0
                }
                let first = try await keys("2024-04-01")
                #expect(first["reminder/tu-phap/2024-04-01"] != nil && first["reminder/tu-phap.head/2024-04-01"] != nil)
                // He leads a task himself; there is nothing long overdue yet.
                #expect(try owing(first["reminder/thuong-truc/2024-04-01"]) == 0)
                let week = try await keys("2024-04-08")
                #expect(try owing(week["reminder/thuong-truc/2024-04-08"]) > 10)
                #expect(week["dunning/tu-phap/2024-04-08"] != nil)
                let owed = PlanStanding.rows(
                    asOf: day("2024-04-09"), plans: try office.register.plans(), records: [], profile: office.profile,
                    calendar: office.calendar
                ).filter { $0.standing == .overdue && $0.openLeads.contains("tu-phap") }
                #expect(owed.count > 3)
                try office.register.record(
                    owed.map { done($0.milestone, "tu-phap", on: "2024-04-09", due: "\($0.due ?? day("2024-01-01"))") })
                let next = try await keys("2024-04-15").keys
                #expect(!next.contains { $0.contains("/tu-phap") })
                #expect(next.contains("dunning/noi-vu/2024-04-15"))
            }
        }

        @Test("a notice has text, HTML and a calendar file, and names the recipient, not a citizen")
        func notice() async throws {
            try await withOffice { office, folder in
                let sweep = try await sweep("2024-03-22")
                let child = try #require(
                    zip(keys(sweep), sweep.enqueued).first { $0.0 == "reminder/tu-phap/2024-03-22" }?.1)
                let notice = try JSONDecoder().decode(ReminderNotice.self, from: Data(child.payload))
                guard case .succeeded = try await notice.run(in: context(ReminderNotice.self)) else {
                    Issue.record("it was not sent")
                    return
                }
                let mail = try String(contentsOfFile: folder + "/outbox/2024-03-22-tu-phap.eml", encoding: .utf8)
                for type in ["text/plain", "text/html", "text/calendar", "method=PUBLISH"] {
                    #expect(mail.contains(type))
                }
                let recipient = try #require(office.profile.recipient("tu-phap"))
                let message = notice.digest.message(to: recipient, "a@quan1.example", office.profile, key: "k")
                let calendar = String(decoding: try #require(message.attachments.first).bytes, as: UTF8.self)
                #expect(calendar.contains("UID:han-2024-03-31-tu-phap@quan1.example\r\n"))
                #expect(calendar.contains("DTSTART;VALUE=DATE:20240329\r\n"))
                #expect(message.text.contains("Hạn 31/3/2024, ngày làm việc cuối cùng 29/3/2024 – còn 9 ngày"))
                #expect(message.html.contains("Sắp đến hạn ("))
            }
        }

        @Test("an event keeps its identity from digest to digest, and the later word has the higher sequence")
        func events() async throws {
            try await withOffice { office, _ in
                var seen: [(uid: String, sequence: Int)] = []
                for date in ["2024-11-29", "2024-12-24"] {
                    let made = try await sweep(date, in: office)
                    let child = try #require(
                        zip(keys(made), made.enqueued).first { $0.0 == "reminder/noi-vu/\(date)" }?.1)
                    let notice = try JSONDecoder().decode(ReminderNotice.self, from: Data(child.payload))
                    let recipient = try #require(office.profile.recipient("noi-vu"))
                    let message = notice.digest.message(to: recipient, "a@quan1.example", office.profile, key: "k")
                    let text = String(decoding: try #require(message.attachments.first).bytes, as: UTF8.self)
                    let lines = text.components(separatedBy: "\r\n")
                    let uid = try #require(lines.first { $0.hasPrefix("UID:han-2024-12-31") })
                    let sequence = try #require(
                        lines.first { $0.hasPrefix("SEQUENCE:") }.flatMap { Int($0.dropFirst(9)) })
                    seen.append((uid, sequence))
                }
                #expect(seen[0].uid == seen[1].uid)
                #expect(seen[0].sequence < seen[1].sequence)
            }
        }

        @Test("a dunning letter: once for a unit and a week, numbered in its own book, on paper in the tray")
        func dunning() async throws {
            try await withOffice { office, folder in
                for (unit, date) in [
                    ("tu-phap", "2024-04-09"), ("tu-phap", "2024-04-12"), ("noi-vu", "2024-04-09"),
                    ("tu-phap", "2024-04-16"),
                ] {
                    _ = try await DunningLetter(unit: unit, asOf: day(date)).run(in: context(DunningLetter.self))
                }
                let letters = try office.register.documents(kind: "dunning")
                #expect(
                    letters.map(\.key) == [
                        "dunning/tu-phap/2024-04-08", "dunning/noi-vu/2024-04-08", "dunning/tu-phap/2024-04-15",
                    ])
                #expect(letters.map(\.number) == [1, 2, 3])
                #expect(try office.register.journal().count == 3)
                let tray = try FileManager.default.contentsOfDirectory(atPath: folder + "/print").filter {
                    $0 != ".put"
                }
                #expect(Set(tray) == Set(letters.map(\.fileName)))
                let letter = try #require(try office.register.document(key: "dunning/tu-phap/2024-04-08"))
                #expect(letter.bytes.starts(with: Array("%PDF".utf8)))
                guard case .done = try await DunningLetter.look("print/dunning/tu-phap/2024-04-08"),
                    case .undone = try await DunningLetter.look("print/dunning/tu-phap/2024-04-22")
                else {
                    Issue.record("the reconciler looks elsewhere")
                    return
                }
            }
        }

        @Test("nothing that is long overdue, or no such unit: no letter and no number")
        func noDunning() async throws {
            try await withOffice { office, _ in
                _ = try await DunningLetter(unit: "tu-phap", asOf: day("2024-04-05")).run(
                    in: context(DunningLetter.self))
                let nobody = try await DunningLetter(unit: "x", asOf: day("2024-04-09")).run(
                    in: context(DunningLetter.self))
                guard case .discard = nobody else {
                    Issue.record("\(nobody)")
                    return
                }
                #expect(try office.register.documents(kind: "dunning").isEmpty)
            }
        }

        @Test("while it is fresh, mail waits until the office opens; a day that is replayed does not")
        func hours() throws {
            let calendar = try WorkingCalendar.load(path: Self.example.appendingPathComponent("days-off.yaml").path)
            let hours = OfficeHours(hours: .standard, calendar: calendar)
            func wait(_ date: String, _ now: String) throws -> Int? {
                let formatter = ISO8601DateFormatter()
                return hours.wait(for: day(date), at: try #require(formatter.date(from: now)).timeIntervalSince1970)
            }
            #expect(try wait("2024-03-29", "2024-03-29T07:30:00+07:00") == nil)
            #expect(try wait("2024-03-29", "2024-03-29T07:29:30+07:00") == 30)
            #expect(try wait("2024-03-29", "2024-03-29T11:30:00+07:00") == 5_400)
            #expect(try wait("2024-03-29", "2024-03-29T16:59:59+07:00") == nil)
            // Friday evening to Monday morning.
            #expect(try wait("2024-03-29", "2024-03-29T17:00:00+07:00") == 62 * 3_600 + 1_800)
            // 26 April, Friday evening: the next working day is Thursday 2 May.
            #expect(try wait("2024-04-26", "2024-04-26T19:30:00+07:00") == 5 * 86_400 + 12 * 3_600)
            #expect(try wait("2024-03-29", "2024-04-06T03:00:00+07:00") == nil)
            #expect(try wait("2024-04-08", "2024-04-06T03:00:00+07:00") == nil)
        }
    }
}
