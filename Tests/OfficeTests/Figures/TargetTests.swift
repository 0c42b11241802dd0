import Foundation
import Testing

@testable import Office

@Suite struct TargetTests {
    private static let yaml: String = {
        (try? String(contentsOf: Example.folder.appendingPathComponent("targets.yaml"), encoding: .utf8)) ?? ""
    }()

    private func parse(_ text: String) throws -> TargetList {
        try TargetList.parse(text, path: "targets.yaml", Example.profile())
    }

    @Test("the plan's targets T1 to T26 stand in the example, in its order")
    func all() throws {
        let list = try Example.targets()
        #expect(list.targets.map(\.id) == (1...26).map { "T\($0)" })
        #expect(list.targets.filter(\.words.isEmpty).isEmpty)
    }

    private static let plan = Example.folder.deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/data/ke-hoach-04-kh-ubnd-2024.md")

    @Test(
        "each target is in words of the plan itself",
        .enabled(if: FileManager.default.fileExists(atPath: plan.path), "the plan is not beside this repository"))
    func words() throws {
        let list = try Example.targets()
        let text = try String(contentsOf: Self.plan, encoding: .utf8)
        // “phần đầu” is a slip of the scan for “phấn đấu”.
        let said = Phrase.normalized(text.replacingOccurrences(of: "hần đầu", with: "hấn đấu"))
        for target in list.targets { #expect(said.contains(Phrase.normalized(target.words)), "\(target.id)") }
    }

    @Test("98 % in the body and 97 % in the appendix: both are shown, the stricter one judges")
    func contradiction() throws {
        let profile = try Example.profile()
        let branch = "Chi nhánh Văn phòng Đăng ký đất đai"
        func verdict(_ late: Int, of all: Int) throws -> TargetVerdict {
            let cases = (0..<all).map { index in
                var file = Example.caseFile("C-\(index)")
                file.unit = branch
                file.field = "Đất đai"
                file.resolvedOn = Example.day(index < late ? "2024-03-11" : "2024-03-08")
                return file
            }
            let data = ReportData(cases: cases, profile: profile, targets: try Example.targets())
            let period = try #require(ReportPeriod("2024-Q1", asOf: Example.day("2024-03-29")))
            let figures = try ReportFigures(data, period, asOf: Example.day("2024-03-29"))
            let land = try #require(figures.verdicts.first { $0.target == "T4" && $0.subject == "Đất đai" })
            // Exactly 98 % on time: 3.3 is met, 3.2 (late under 2 %) is not.
            if late * 50 == all { #expect(land.verdict == .notMet) }
            return try #require(figures.verdicts.first { $0.target == "T5" })
        }
        let exactly = try verdict(2, of: 100)
        #expect(exactly.verdict == .met)
        #expect(exactly.contradicts)
        #expect(exactly.boundText == "≥ 98% (II.3.3, V.2.16); ≥ 97% (phụ lục 3.12)")
        #expect(exactly.judgedBy.source == "II.3.3")
        // The appendix would let it pass.
        #expect(try verdict(5, of: 200).verdict == .notMet)
        #expect(try verdict(5, of: 200).valueText == "97,5%")
    }

    @Test("nothing resolved is no verdict, nothing submitted is another")
    func nothing() throws {
        let data = ReportData(cases: [], profile: try Example.profile(), targets: try Example.targets())
        let period = try #require(ReportPeriod("2024-Q1", asOf: Example.day("2024-03-29")))
        let figures = try ReportFigures(data, period, asOf: Example.day("2024-03-29"))
        for verdict in figures.verdicts {
            #expect(verdict.verdict == (verdict.origin == .indicator ? .noData : .nothing), "\(verdict.part)")
        }
        #expect(figures.byField.rows.count == 12)
        #expect(figures.byUnit.rows.count == 15)
        #expect(figures.byWard.rows.count == 10)
    }

    @Test("a field that the office does not know must be on time in full, as every field that the plan does not name")
    func strangers() throws {
        var file = Example.caseFile()
        file.field = "Tôn giáo"
        file.resolvedOn = Example.day("2024-03-11")
        let data = ReportData(cases: [file], profile: try Example.profile(), targets: try Example.targets())
        let period = try #require(ReportPeriod("2024-Q1", asOf: Example.day("2024-03-29")))
        let verdict = try ReportFigures(data, period, asOf: Example.day("2024-03-29")).verdicts.first {
            $0.subject == "Tôn giáo"
        }
        #expect(verdict?.target == "T1")
        #expect(verdict?.verdict == .notMet)
    }

    @Test("an office without a list of targets is judged by what its profile says")
    func withoutList() throws {
        let profile = try Example.profile()
        let list = try TargetList.load(beside: "/nowhere/office.yaml", profile)
        #expect(list.targets.map(\.id) == ["T1", "T2", "T3", "T4", "T5", "T6"])
        #expect(list.part(ofField: "Đất đai")?.part.strictest.bound == Bound("> 98"))
        #expect(list.targets[4].parts[0].thresholds.map(\.bound) == [Bound(">= 98"), Bound(">= 97")])
    }

    @Test(
        "a list that cannot be right is refused, and says why",
        arguments: [
            (#"bound: ">= 98" }"#, #"bound: "98" }"#, "“98” is not a bound"),
            ("units: [dat-dai]", "units: [dat-day]", "the unit “dat-day”"),
            ("id: T9.2", "id: T9.1", "T9.1 stands twice"),
            ("feedback: T12", "feedback: T99", "“feedback” is T99"),
            (#"II.3.2", bound: "< 2""#, #"II.3.2", bound: "< 1""#, "the field “Đất đai” is judged by T4"),
            (#"II.3.2", bound: "< 2""#, #"II.3.2", bound: "> 2""#, "from above and one from below"),
            ("kinds: [ward]", "kinds: [province]", "the kind “province”"),
            ("from: register", "from: rumour", "“targets.6.parts.1.from” is “rumour”"),
        ])
    func refused(old: String, new: String, reason: String) throws {
        let text = Self.yaml.replacingOccurrences(of: old, with: new)
        try #require(text != Self.yaml)
        let error = #expect(throws: OfficeError.self) { try parse(text) }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
}
