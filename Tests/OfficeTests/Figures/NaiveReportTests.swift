import Foundation
import OwnThread
import Testing

@testable import Office

/// Every figure of a report against a naive recomputation in another language, over 20 seeded sets of data.
@Suite(.ownThread) struct NaiveReportTests {
    private struct Naive: Decodable {
        struct Section: Decodable {
            var fields: [String: [Int]]
            var apologies: [Int]
        }

        var total: [Int]
        var totalBefore: [Int]
        var fields: [String: [Int]]
        var units: [String: [Int]]
        var sections: [String: Section]
        var apologies: [Int]
        var late: [String]
        var verdicts: [String: Verdict]
        var indicators: [String: IndicatorVerdict]
        var plan: [String: [Int]]

        struct Verdict: Decodable, Equatable {
            var now: [Int]?
            var before: [Int]?
            var points: Int?
            var verdict: String

            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                now = try container.decodeIfPresent([Int].self)
                before = try container.decodeIfPresent([Int].self)
                points = try container.decodeIfPresent(Int.self)
                verdict = try container.decode(String.self)
            }

            init(_ verdict: TargetVerdict) {
                now = verdict.value.map { [$0.numerator, $0.denominator] }
                before = verdict.before.map { [$0.numerator, $0.denominator] }
                points = verdict.value?.change(since: verdict.before)?.hundredths
                self.verdict = verdict.verdict.rawValue
            }
        }

        struct IndicatorVerdict: Decodable, Equatable {
            var now: [Int]?
            var before: [Int]?
            var verdict: String
            var missing: Int

            init(from decoder: any Decoder) throws {
                var container = try decoder.unkeyedContainer()
                now = try container.decodeIfPresent([Int].self)
                before = try container.decodeIfPresent([Int].self)
                verdict = try container.decode(String.self)
                missing = try container.decode(Int.self)
            }

            init(_ verdict: TargetVerdict) {
                now = verdict.value.map { [$0.numerator, $0.denominator] }
                before = verdict.before.map { [$0.numerator, $0.denominator] }
                self.verdict = verdict.verdict.rawValue
                missing = verdict.missing.count
            }
        }
    }

    @Test("every number of a report is what a naive recomputation in Python finds, over 20 seeded sets of data")
    func everyNumber() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("naive-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        var worlds: [(world: ReportWorld, folder: URL)] = []
        for seed in UInt64(1)...20 {
            let world = try ReportWorld(seed: seed)
            let own = folder.appendingPathComponent("\(seed)")
            try world.write(to: own)
            worlds.append((world, own))
        }
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("naive_report.py")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [script.path] + worlds.map(\.folder.path)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        var verdicts: Set<String> = []
        for (world, own) in worlds {
            let bytes = try Data(contentsOf: own.appendingPathComponent("naive.json"))
            let naive = try JSONDecoder().decode(Naive.self, from: bytes)
            try compare(world, naive)
            verdicts.formUnion(naive.verdicts.values.map(\.verdict))
            verdicts.formUnion(naive.indicators.values.map(\.verdict))
        }
        // The data come to everything that there is.
        #expect(verdicts == ["met", "notMet", "nothing", "noData"])
    }

    private func compare(_ world: ReportWorld, _ naive: Naive) throws {
        let data = try world.standing()
        let period = try #require(ReportPeriod(world.period, asOf: world.asOf))
        let figures = try ReportFigures(data, period, asOf: world.asOf)
        #expect(figures.total.received > 30)
        #expect(figures.total.numbers == naive.total)
        #expect(figures.totalBefore?.numbers == naive.totalBefore)
        #expect(table(figures.byField.rows) == table(naive.fields))
        #expect(table(figures.byUnit.rows + figures.byWard.rows) == table(naive.units))
        #expect(numbers(figures.apologies) == naive.apologies)
        #expect(figures.lateFiles.map(\.code).sorted() == naive.late)
        compareSections(figures, naive, data.profile)
        let verdicts = figures.verdicts
        let counted = verdicts.filter { $0.origin != .indicator }
        #expect(
            Dictionary(uniqueKeysWithValues: counted.map { ("\($0.target) \($0.subject)", Naive.Verdict($0)) })
                == naive.verdicts)
        for (name, verdict) in naive.indicators {
            let own = try #require(verdicts.first { $0.part == name })
            #expect(Naive.IndicatorVerdict(own) == verdict, "\(world.period) \(name)")
        }
        let plan = figures.plan.rows.map { ($0.agency, [$0.dated, $0.done, $0.inTime, $0.overdue, $0.dueInPeriod]) }
        #expect(Dictionary(uniqueKeysWithValues: plan) == naive.plan)
        let rows = CaseRow.all(data, period, to: figures.end)
        #expect(rows.count == naive.total[0])
        #expect(rows.count { $0.state == .late || $0.state == .pendingOverdue } == naive.apologies[0])
    }

    private func compareSections(_ figures: ReportFigures, _ naive: Naive, _ profile: OfficeProfile) {
        for section in figures.sections where section.kind != nil {
            let own = naive.sections[section.unit]
            #expect(table(section.table.rows) == table(own?.fields ?? [:]), "\(section.unit)")
            #expect(numbers(section.apologies) == own?.apologies ?? [0, 0, 0, 0])
        }
        let strangers = naive.sections.filter { profile.unit(named: $0.key) == nil }.values
        let sum = strangers.map(\.apologies).reduce([0, 0, 0, 0]) { zip($0, $1).map(+) }
        let own = figures.sections.filter { $0.kind == nil }.map { numbers($0.apologies) }
        #expect(own == (strangers.isEmpty ? [] : [sum]))
    }

    private func table(_ rows: [OnTimeFigures]) -> [String: [Int]] {
        table(Dictionary(uniqueKeysWithValues: rows.map { ($0.name, $0.numbers) }))
    }

    private func table(_ rows: [String: [Int]]) -> [String: [Int]] { rows.filter { $0.value[0] > 0 } }

    private func numbers(_ apologies: ApologyCompliance) -> [Int] {
        [apologies.lateFiles, apologies.inTime, apologies.afterwards, apologies.without]
    }
}
