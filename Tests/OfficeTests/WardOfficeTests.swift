import Foundation
import Testing

@testable import Office

/// The second example office, a ward in 2026 (`deploy/example-2026`), and what both offices' profiles say instead of the code.
@Suite struct WardOfficeTests {
    private static let folder = Example.folder.deletingLastPathComponent().appendingPathComponent("example-2026")

    private func path(_ name: String) -> String { Self.folder.appendingPathComponent(name).path }

    private func profile() throws -> OfficeProfile { try OfficeProfile.load(path: path("office.yaml")) }

    private func calendar() throws -> WorkingCalendar { try WorkingCalendar.load(path: path("days-off.yaml")) }

    private func day(_ text: String) -> LocalDate { Example.day(text) }

    @Test("its plan, targets and indicators agree with its profile: each owner is known, each unit and field is there")
    func agreement() throws {
        let profile = try profile()
        let plan = try Plan.parse(yaml: String(contentsOfFile: path("plan.yaml"), encoding: .utf8))
        #expect((12...20).contains(plan.tasks.count))
        let directory = Directory(profile)
        for phrase in plan.tasks.flatMap({ $0.leads + $0.coordinators }) {
            let found = directory.resolve(phrase)
            #expect(found.unresolved.isEmpty && !found.recipients.isEmpty, "“\(phrase)”: \(found.unresolved)")
        }
        // A name that holds a comma is one unit.
        #expect(
            directory.resolve("Trưởng Phòng Kinh tế, Hạ tầng và Đô thị").recipients.map(\.id) == ["kinh-te"])
        let targets = try TargetList.load(beside: path("office.yaml"), profile)
        #expect(targets.plan == plan.plan)
        let indicators = try IndicatorCSV(
            Array(Data(contentsOf: Self.folder.appendingPathComponent("indicators.csv"))), profile: profile,
            targets: targets, receivedOn: day("2026-03-31"))
        #expect(indicators.rejects.isEmpty && !indicators.values.isEmpty)
        #expect(Set(indicators.values.map(\.indicator)) == Set(targets.indicators.keys))
    }

    @Test(
        "24 November 2026 is proposed, so it is worked: a letter about the 25th falls due on the 24th, not on the 23rd")
    func cultureDay() throws {
        for calendar in [try calendar(), try Example.calendar()] {
            #expect(calendar.days(of: 2026).off.first { $0.date == day("2026-11-24") }?.mark == .proposed)
            #expect(calendar.isWorkingDay(day("2026-11-24")))
            #expect(calendar.adding(workingDays: 1, to: day("2026-11-23")) == day("2026-11-24"))
            var file = Example.caseFile()
            file.receivedOn = day("2026-11-18")
            file.promisedOn = day("2026-11-25")
            func isOwed(_ date: String) -> Bool {
                file.owesApology(asOf: day(date), calendar: calendar, leadWorkingDays: 1)
            }
            #expect(!isOwed("2026-11-23"))
            #expect(isOwed("2026-11-24"))
        }
    }

    @Test(
        "the law and the form of a file are those of the day on which it came in, title and words of the new day with them"
    )
    func law() throws {
        let apology = try profile().apology
        #expect(apology.legalBasis(for: day("2026-03-02")).contains("118/2025/NĐ-CP"))
        #expect(apology.form(for: day("2026-03-02")).title == "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT")
        // A ward with files of before.
        var both = try Example.profile().apology
        both.legalBases = [
            .init(from: day("2025-07-01"), text: apology.legalBasis, form: apology.form)
        ]
        #expect(both.form(for: day("2025-06-30")) == .slip)
        #expect(both.legalBasis(for: day("2025-06-30")).contains("61/2018"))
        #expect(both.form(for: day("2025-07-01")) == apology.form)
        // Without either, as in an older office.yaml.
        both.form = nil
        both.legalBases = nil
        #expect(both.form(for: day("2026-03-02")) == .slip)
    }

    @Test(
        "the case files that are made up for 2024 are byte for byte those of before procedures stood in office.yaml",
        arguments: [
            (seed: UInt64(1), bytes: 843_677, hash: UInt64(0x4f35_593a_42f1_862b)),
            (seed: UInt64(7), bytes: 844_188, hash: UInt64(0x851e_137f_70b2_8952)),
        ])
    func sampleOf2024(seed: UInt64, bytes: Int, hash: UInt64) throws {
        let files = try CaseSample.make(
            count: 3_000, seed: seed, asOf: day("2024-03-29"), profile: Example.profile(),
            calendar: Example.calendar())
        let text = CaseFileTable.write(files).utf8
        // FNV-1a, 64 bits.
        let sum = text.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        #expect(text.count == bytes)
        #expect(sum == hash)
    }

    @Test("the case files of the ward are its own procedures, units, streets and codes, and are read back as they are")
    func sampleOfWard() throws {
        let profile = try profile()
        let files = try CaseSample.make(
            count: 2_000, seed: 1, asOf: day("2026-03-31"), profile: profile, calendar: calendar())
        let procedures = try #require(profile.sample?.procedures)
        #expect(Set(files.map(\.procedure)) == Set(procedures.map(\.name)))
        #expect(Set(files.map(\.unit)) == Set(profile.units.map(\.name)))
        #expect(files.allSatisfy { $0.address.hasSuffix(", phường Sài Gòn, Thành phố Hồ Chí Minh") })
        #expect(files.allSatisfy { $0.code.hasPrefix("H29.126.0") })
        #expect(Set(files.map(\.code)).count == files.count)
        let applicants = files.filter { $0.field == "Văn hóa" }.map(\.applicant)
        #expect(!applicants.isEmpty && applicants.allSatisfy { $0.hasPrefix("Công ty ") })
        #expect(try CaseFileTable(Array(CaseFileTable.write(files).utf8)).cases == files)
    }

    @Test(
        "without “sample”, case files are made of the office's own fields and units; with nothing to make them of, an error"
    )
    func sampleWithoutRules() throws {
        var profile = try profile()
        profile.sample = nil
        func make() throws -> [CaseFile] {
            try CaseSample.make(
                count: 300, seed: 1, asOf: day("2026-03-31"), profile: profile, calendar: calendar())
        }
        let files = try make()
        #expect(Set(files.map(\.field)) == Set(profile.fields.map(\.name)))
        #expect(Set(files.map(\.unit)) == Set(profile.units.map(\.name)))
        #expect(files.allSatisfy { $0.address.hasSuffix(", phường Sài Gòn") })
        var district = try Example.profile()
        district.sample = nil
        let others = try CaseSample.make(
            count: 300, seed: 1, asOf: day("2024-03-29"), profile: district, calendar: Example.calendar())
        #expect(others.allSatisfy { $0.address.contains(", Phường ") && $0.address.hasSuffix(", Quận 1") })
        profile.fields = []
        let error = #expect(throws: OfficeError.self) { try make() }
        #expect(error?.description.contains("no fields") == true)
    }

    @Test(
        "a slip in “sample” or a form is named: a field or unit that there is not, a term that is none, a ward where there is none",
        arguments: [
            ("field: \"Văn hóa\", name", "field: \"Văn hoá\", name", "the field “Văn hoá”, which is none of “fields”"),
            ("unit: hanh-chinh-cong }", "unit: mot-cua }", "the unit “mot-cua”, which is none of “units”"),
            ("days: 30", "days: 0", "a term of 0 working days"),
            ("days: 30, unit: van-phong", "days: 30", "means any ward, and “units” has none"),
            ("title: VĂN BẢN XIN LỖI VÀ", "title: ' ' # VĂN BẢN XIN LỖI VÀ", "“apology.form” has an empty text"),
            ("  streets: [", "  streets: []\n  street: [", "sample.street"),
        ])
    func slips(old: String, new: String, reason: String) throws {
        let text = try String(contentsOfFile: path("office.yaml"), encoding: .utf8)
        let wrong = text.replacingOccurrences(of: old, with: new)
        try #require(wrong != text)
        let error = #expect(throws: OfficeError.self) { try OfficeProfile.parse(wrong, path: "office.yaml") }
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }

    @Test(
        "a report calls all of the office what its profile calls it, and an office without wards has no table of them")
    func report() throws {
        func figures(_ profile: OfficeProfile, _ targets: TargetList, _ asOf: String, _ period: String) throws
            -> ReportFigures
        {
            try ReportFigures(
                ReportData(cases: [], profile: profile, targets: targets),
                #require(ReportPeriod(period, asOf: day(asOf))), asOf: day(asOf))
        }
        let profile = try profile()
        let ward = try figures(
            profile, TargetList.load(beside: path("office.yaml"), profile), "2026-03-31", "2026-Q1")
        #expect(!ward.hasWards)
        #expect(ward.verdicts.first { $0.target == "T6" }?.subject == "Toàn phường")
        var district = try Example.profile()
        let before = try figures(district, Example.targets(), "2024-03-29", "2024-Q1")
        #expect(before.hasWards)
        #expect(before.verdicts.first { $0.target == "T6" }?.subject == "Toàn quận")
        district.wholeOffice = nil
        let nameless = try figures(district, Example.targets(), "2024-03-29", "2024-Q1")
        #expect(nameless.verdicts.first { $0.target == "T6" }?.subject == "Toàn địa bàn")
    }
}
