import Foundation
import Testing

@testable import Office

/// The targets of plan 04/KH-UBND one by one, by the number that the office's rules give them: each at its threshold, and
/// one step short of it.
@Suite struct PlanTargetTests {
    private let period = ReportPeriod("2024-Q1", asOf: Example.day("2024-03-31"))
    private let asOf = Example.day("2024-03-31")

    /// One of a target's verdicts, of case files some of which were resolved late.
    private func verdict(
        _ target: String, subject: String, late: Int, of all: Int, letters: Int = 0,
        _ change: (inout CaseFile) -> Void = { _ in }
    ) throws -> TargetVerdict.Verdict {
        var words: [String: ReportedLetter] = [:]
        let cases = (0..<all).map { index in
            var file = Example.caseFile("C-\(index)")
            change(&file)
            file.resolvedOn = Example.day(index < late ? "2024-03-11" : "2024-03-08")
            if index < letters { words[file.code] = ReportedLetter(day: file.promisedOn) }
            return file
        }
        let data = ReportData(
            cases: cases, letters: words, profile: try Example.profile(), targets: try Example.targets())
        let figures = try ReportFigures(data, try #require(period), asOf: asOf)
        return try #require(figures.verdicts.first { $0.target == target && $0.subject == subject }).verdict
    }

    @Test("T1: in each field all case files are resolved on time")
    func t1() throws {
        #expect(try verdict("T1", subject: "Hộ tịch", late: 0, of: 1_000) == .met)
        #expect(try verdict("T1", subject: "Hộ tịch", late: 1, of: 1_000) == .notMet)
        // A field that is late spoils no other field.
        #expect(try verdict("T1", subject: "Chứng thực", late: 1, of: 10) == .nothing)
    }

    @Test("T2: of petitions 98 % are handled on time")
    func t2() throws {
        for (late, expected) in [(20, TargetVerdict.Verdict.met), (21, .notMet)] {
            #expect(
                try verdict("T2", subject: "Xử lý đơn", late: late, of: 1_000) { $0.field = "Xử lý đơn" } == expected)
        }
    }

    @Test("T3: of complaints and denunciations 95 % are resolved on time")
    func t3() throws {
        for (late, expected) in [(50, TargetVerdict.Verdict.met), (51, .notMet)] {
            let found = try verdict("T3", subject: "Khiếu nại, tố cáo", late: late, of: 1_000) {
                $0.field = "Khiếu nại, tố cáo"
            }
            #expect(found == expected)
        }
    }

    @Test("T4: less than 2 % are late in the fields of land and of investment", arguments: ["Đất đai", "Đầu tư"])
    func t4(field: String) throws {
        for (late, expected) in [(19, TargetVerdict.Verdict.met), (20, .notMet)] {
            #expect(try verdict("T4", subject: field, late: late, of: 1_000) { $0.field = field } == expected)
        }
    }

    @Test("T5: 98 % of the Land Registration Office branch are on time, although the appendix asks for 97 %")
    func t5() throws {
        let branch = "Chi nhánh Văn phòng Đăng ký đất đai"
        for (late, expected) in [(20, TargetVerdict.Verdict.met), (21, .notMet), (30, .notMet)] {
            let found = try verdict("T5", subject: branch, late: late, of: 1_000) {
                ($0.unit, $0.field) = (branch, "Đất đai")
            }
            #expect(found == expected)
        }
    }

    @Test("T6: every late case file has its apology in good time")
    func t6() throws {
        #expect(try verdict("T6", subject: "Toàn quận", late: 5, of: 50, letters: 5) == .met)
        #expect(try verdict("T6", subject: "Toàn quận", late: 5, of: 50, letters: 4) == .notMet)
        #expect(try verdict("T6", subject: "Toàn quận", late: 0, of: 50) == .nothing)
    }

    /// A target that units report on, and the last figures that pass and the first that do not.
    struct Rule: CustomTestStringConvertible, Sendable {
        let name: String
        let passes: (Int, Int)
        let fails: (Int, Int)

        var testDescription: String { name }
    }

    private static func all(_ names: String...) -> [Rule] {
        names.map { Rule(name: $0, passes: (1_000, 1_000), fails: (999, 1_000)) }
    }

    private static func atLeast(_ percent: Int, _ names: String...) -> [Rule] {
        names.map { Rule(name: $0, passes: (percent * 10, 1_000), fails: (percent * 10 - 1, 1_000)) }
    }

    private static func moreThan(_ percent: Int, _ names: String...) -> [Rule] {
        names.map { Rule(name: $0, passes: (percent * 10 + 1, 1_000), fails: (percent * 10, 1_000)) }
    }

    private static let rules: [Rule] =
        all("T7", "T8") + moreThan(50, "T9.1") + all("T9.2") + atLeast(99, "T10.1", "T10.2", "T11.1")
        + atLeast(95, "T11.2", "T11.3", "T11.4") + all("T12.1", "T12.2", "T12.3", "T12.4")
        + atLeast(60, "T13.1") + atLeast(55, "T13.2") + moreThan(95, "T14") + atLeast(40, "T15.1")
        + atLeast(20, "T15.2") + atLeast(10, "T15.3") + all("T16.1", "T16.2", "T16.3")
        + [Rule(name: "T17", passes: (5, 24), fails: (6, 24))] + moreThan(80, "T18")
        + all("T19", "T20.1", "T20.2", "T21", "T22", "T23.1") + moreThan(80, "T23.2")
        + all("T23.3", "T24", "T25", "T26")

    @Test("T7 to T26, each at its threshold and one step short of it", arguments: rules)
    func indicators(rule: Rule) throws {
        let (profile, targets) = (try Example.profile(), try Example.targets())
        let part = try #require(
            targets.targets.flatMap { target in target.parts.map { ($0.id ?? target.id, $0) } }.first {
                $0.0 == rule.name
            }?.1)
        let units = try #require(part.submitters(profile))
        func verdict(_ figures: (Int, Int)) throws -> TargetVerdict {
            let values = units.map { unit in
                IndicatorValue(
                    unit: unit.id, indicator: rule.name, period: "2024-Q1", numerator: figures.0,
                    denominator: figures.1, receivedOn: Example.day("2024-03-30"))
            }
            let data = ReportData(cases: [], indicators: values, profile: profile, targets: targets)
            let report = try ReportFigures(data, try #require(period), asOf: asOf)
            return try #require(report.verdicts.first { $0.part == rule.name })
        }
        #expect(try verdict(rule.passes).verdict == .met)
        #expect(try verdict(rule.fails).verdict == .notMet)
        #expect(try verdict(rule.passes).missing.isEmpty)
    }

    @Test("every figure of every target is judged by one of these")
    func whole() throws {
        let parts = try Example.targets().targets.flatMap { target in
            target.parts.filter { $0.from == .indicator }.map { $0.id ?? target.id }
        }
        #expect(Self.rules.map(\.name) == parts)
    }
}
