import Foundation
import KipCore
import KipTesting
import KipWorker
import Logging
import Office
import Testing

@testable import JobLibrary

/// Reports, as jobs: a section for each unit, then the whole.
extension JobLibraryTests {
    private struct Before: JobDesk {
        var results: [ParentResult]

        func parents(from: Int) -> (parents: [ParentResult], more: Bool) { (Array(results.dropFirst(from)), false) }
        func report(fraction: Double?, text: String) {}
        func log(_ line: String) {}
    }

    private func context(after results: [ParentResult]) -> JobContext {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return JobContext(kind: ReportAssembly.kind, logger: logger, desk: Before(results: results))
    }

    private var queue: InlineQueue {
        var registry = JobRegistry()
        OfficeJobs.register(in: &registry)
        return InlineQueue(registry)
    }

    /// The sections of all units, made by hand.
    private func sections(_ office: OfficeSetup, but missing: String? = nil) async throws -> [ParentResult] {
        var results: [ParentResult] = []
        for unit in office.profile.units.map(\.id) + [nil] {
            let section = ReportSection(period: "2024-Q1", asOf: day("2024-03-29"), unit: unit)
            let outcome = try await section.run(in: context(ReportSection.self))
            guard case .succeeded(let bytes) = outcome else { continue }
            results.append(
                unit == missing && unit != nil
                    ? ParentResult(id: JobID(), state: .dead, error: "no more attempts")
                    : ParentResult(id: JobID(), state: .succeeded, result: bytes))
        }
        return results
    }

    @Test(
        "a report is a section for each unit and then the whole, in all its files, issued once for a period and a day")
    func report() async throws {
        try await withOffice { office, _ in
            let cases = try CaseSample.make(
                count: 200, seed: 4, asOf: day("2024-03-29"), profile: office.profile, calendar: office.calendar)
            _ = try office.register.importCases(cases, calendar: office.calendar)
            let queue = queue
            for isNew in [true, false] {
                let job = try await queue.enqueue(ReportCompilation(period: "2024-Q1", asOf: day("2024-03-29")))
                await queue.run()
                #expect(await queue.state(of: job) == .succeeded)
                #expect(try await queue.jobs(ReportSection.self).count == 26, "\(isNew)")
                #expect(try await queue.jobs(ReportAssembly.self).count == 1)
            }
            let documents = try office.register.documents(kind: "report")
            #expect(
                documents.map(\.fileName) == OfficeReport.Format.allCases.map { "bao-cao-2024-Q1-2024-03-29.\($0)" })
            #expect(documents.map(\.key).first == "report/2024-Q1/2024-03-29")
        }
    }

    @Test("a comparison with very few files says so, in the sentence and in the table; one with many does not")
    func fewFiles() async throws {
        func words(_ count: Int) async throws -> String {
            var words = ""
            try await withOffice { office, _ in
                let cases = (0..<count * 2).map { index in
                    var file = late("A-\(index)")
                    let month = index < count ? "02" : "03"
                    (file.receivedOn, file.promisedOn) = (day("2024-\(month)-01"), day("2024-\(month)-08"))
                    file.resolvedOn = day(index % 2 == 0 ? "2024-\(month)-07" : "2024-\(month)-11")
                    return file
                }
                _ = try office.register.importCases(cases, calendar: office.calendar)
                let period = try #require(ReportPeriod("2024-03", asOf: day("2024-04-05")))
                words = try printedText(OfficeReport(office, period, asOf: day("2024-04-05")).file(.pdf))
            }
            return words
        }
        let few = try await words(3)
        let note =
            "kỳ này chỉ có 3 hồ sơ đã giải quyết, kỳ trước chỉ có 3 hồ sơ đã giải quyết nên so sánh chỉ để tham khảo"
        #expect(few.contains(note))
        #expect(few.contains("(*) Kỳ này hoặc kỳ trước có dưới 30 hồ sơ"))
        let many = try await words(60)
        #expect(!many.contains("chỉ để tham khảo."))
        #expect(many.contains("không đổi so với"))
    }

    @Test("the same data and day give the same bytes, whatever came into the register later", .timeLimit(.minutes(15)))
    func sameBytes() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1"), late("A-2")], calendar: office.calendar)
            let period = try #require(ReportPeriod("2024-03", asOf: day("2024-03-29")))
            let first = try OfficeReport(office, period, asOf: day("2024-03-29"))
            var later = late("A-3")
            later.receivedOn = day("2024-04-01")
            later.promisedOn = day("2024-04-05")
            var resolved = late("A-1")
            resolved.resolvedOn = day("2024-04-02")
            _ = try office.register.importCases([later, resolved], calendar: office.calendar)
            _ = try office.register.importIndicators([
                IndicatorValue(
                    unit: "noi-vu", indicator: "T17", period: "2024-03", numerator: 3, denominator: 22,
                    receivedOn: day("2024-04-02"))
            ])
            let second = try OfficeReport(office, period, asOf: day("2024-03-29"))
            #expect(first.figures == second.figures)
            for format in OfficeReport.Format.allCases {
                #expect(try first.file(format) == second.file(format), "\(format)")
            }
        }
    }

    @Test("a unit whose section failed is named in the report, whose place stays free for the whole one")
    func missingSection() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            let assembly = ReportAssembly(period: "2024-Q1", asOf: day("2024-03-29"))
            let partial = context(after: try await sections(office, but: "quan-ly-do-thi"))
            let outcome = try result(try await assembly.run(in: partial))
            #expect(outcome["missing"] as? [String] == ["Phòng Quản lý đô thị"])
            #expect(outcome["key"] as? String == "report/2024-Q1/2024-03-29/incomplete")
            let whole = try result(try await assembly.run(in: context(after: try await sections(office))))
            #expect(whole["key"] as? String == "report/2024-Q1/2024-03-29")
            #expect(whole["isNew"] as? Bool == true)
            let names = try office.register.documents(kind: "report").map(\.fileName)
            #expect(names.contains("bao-cao-2024-Q1-2024-03-29-chua-day-du.pdf"))
            #expect(names.contains("bao-cao-2024-Q1-2024-03-29.pdf"))
        }
    }

    @Test("a section that says something else than the whole issues nothing")
    func wrongSection() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            var results = try await sections(office)
            let index = try #require(
                results.firstIndex { (try? $0.value(as: UnitFigures.self).unit) == "Phòng Quản lý đô thị" })
            var section = try results[index].value(as: UnitFigures.self)
            section.apologies.inTime += 1
            results[index] = ParentResult(
                id: JobID(), state: .succeeded, result: [UInt8](try JSONEncoder().encode(section)))
            let assembly = ReportAssembly(period: "2024-Q1", asOf: day("2024-03-29"))
            guard case .discard(let reason) = try await assembly.run(in: context(after: results)) else {
                Issue.record("not discarded")
                return
            }
            #expect(reason.contains("Phòng Quản lý đô thị"))
            #expect(try office.register.documents(kind: "report").isEmpty)
        }
    }

    @Test("where case files changed between the sections and the whole, the report is begun anew, and not for ever")
    func changedMeanwhile() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            let before = try await sections(office)
            _ = try office.register.importCases([late("A-2")], calendar: office.calendar)
            let first = context(after: before)
            let outcome = try await ReportAssembly(period: "2024-Q1", asOf: day("2024-03-29")).run(in: first)
            #expect(try result(outcome)["begunAnew"] as? Bool == true)
            #expect(first.enqueued.map(\.wire.kind) == ["report-compilation"])
            let last = ReportAssembly(period: "2024-Q1", asOf: day("2024-03-29"), round: ReportAssembly.mostRounds)
            guard case .discard(let reason) = try await last.run(in: context(after: before)) else {
                Issue.record("not discarded")
                return
            }
            #expect(reason.contains("Phòng Quản lý đô thị"))
            #expect(try office.register.documents(kind: "report").isEmpty)
        }
    }

    @Test("no citizen stands in a section or in a report's figures")
    func noCitizens() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            let period = try #require(ReportPeriod("2024-Q1", asOf: day("2024-03-29")))
            let report = try OfficeReport(office, period, asOf: day("2024-03-29"))
            let bytes = try JSONEncoder().encode(report.figures) + JSONEncoder().encode(report.rows)
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(text.contains("A-1"))
            #expect(!text.contains("Trần Văn Bình"))
        }
    }

    @Test("what is no period, or has not begun, is discarded", arguments: ["2024-Q9", "2024-Q2", "next-month"])
    func noPeriod(period: String) async throws {
        try await withOffice { _, _ in
            let wrong = ReportCompilation(period: period, asOf: day("2024-03-29"))
            guard case .discard = try await wrong.run(in: context(ReportCompilation.self)) else {
                Issue.record("not discarded")
                return
            }
        }
    }
}
