import Foundation
import Testing

@testable import Office

@Suite struct OwnerTests {
    private func ids(_ phrase: String) throws -> [String] {
        try Directory(Example.profile()).resolve(phrase).recipients.map(\.id)
    }

    @Test(
        "one unit, however its name is written",
        arguments: [
            (
                "noi-vu",
                ["Trưởng Phòng Nội vụ", "Trưởng phòng Nội vụ", "TRƯỞNG PHÒNG NỘI VỤ QUẬN", "Phòng Nội vụ Quận 1"]
            ),
            (
                "van-phong",
                ["Chánh Văn phòng UBND quận", "Phó Chánh Văn phòng Ủy ban nhân dân Quận 1", "Văn phòng UBND"]
            ),
            ("tai-chinh", ["Trưởng phòng Tài chính – Kế hoạch", "Phòng Tài chính - Kế hoạch (tổng hợp)"]),
            ("cntt", ["Trung tâm Công nghệ Thông tin quận", "Giám đốc Trung tâm CNTT Quận 1", "Trung tâm CNTT"]),
            (
                "van-hoa-thong-tin",
                ["Trưởng phòng Văn hóa và Thông tin Quận 1", "Phó Trưởng Phòng Văn hóa và Thông tin"]
            ),
            ("van-phong", ["Thủ trưởng các cơ quan: Văn phòng UBND Quận 1"]),
            ("thuong-truc", ["Chủ tịch UBND Quận 1", "Chủ tịch Ủy ban nhân dân Quận 1"]),
            ("mat-tran", ["Mặt trận Tổ quốc Việt Nam cùng giám sát"]),
        ])
    func names(unit: String, phrases: [String]) throws {
        for phrase in phrases { #expect(try ids(phrase) == [unit], "\(phrase)") }
    }

    @Test("a list names each of its members, and a name that holds a comma or an “and” is one")
    func lists() throws {
        #expect(
            try ids("Trưởng Phòng Nội vụ, Chánh Văn phòng UBND quận; Phòng Y tế") == ["noi-vu", "van-phong", "y-te"])
        #expect(try ids("Phòng Văn hóa và Thông tin và Phòng Tư pháp") == ["tu-phap", "van-hoa-thong-tin"])
        #expect(try ids("Trung tâm Văn hóa, Bản tin Quận 1") == ["trung-tam-van-hoa"])
        let all = try ids("Thủ trưởng các cơ quan, đơn vị có liên quan, Ủy ban nhân dân 10 phường")
        #expect(all == (try Example.profile().units.map(\.id)))
    }

    @Test("groups expand to their units")
    func groups() throws {
        #expect(try ids("Chủ tịch Ủy ban nhân dân (UBND) 10 phường").count == 10)
        #expect(try ids("Thủ trưởng cơ quan, đơn vị").count == 15)
        #expect(try ids("Ban Chỉ đạo và Tổ giúp việc Ban Chỉ đạo CCHC Quận 1") == ["noi-vu"])
    }

    @Test("words that name nobody stay in the answer, beside those that do")
    func unresolved() throws {
        let found = try Directory(Example.profile()).resolve("Trưởng Phòng Nội vụ; Ông Ba; Phòng Y tế")
        #expect(found.recipients.map(\.id) == ["noi-vu", "y-te"])
        #expect(found.unresolved == ["ông ba"])
        for nobody in ["", " ; ", "Trưởng", "quận"] {
            let found = try Directory(Example.profile()).resolve(nobody)
            #expect(found.recipients.isEmpty)
            #expect(!found.unresolved.isEmpty, "“\(nobody)”")
        }
    }

    @Test("without rules, as in an older office.yaml, names, aliases and groups are known")
    func withoutRules() throws {
        var profile = try Example.profile()
        profile.ownerRules = nil
        profile.groups = [.init(phrases: ["Chủ tịch UBND 10 phường"], kinds: ["ward"])]
        let directory = Directory(profile)
        #expect(directory.units(for: "phòng  NỘI VỤ").map(\.id) == ["noi-vu"])
        #expect(directory.units(for: "Chủ tịch UBND 10 phường").count == 10)
        #expect(directory.resolve("Trưởng Phòng Nội vụ").unresolved == ["trưởng phòng nội vụ"])
    }

    @Test("every lead and coordinator of the example plan is known, and those of the city's plan are not reminded")
    func wholePlan() throws {
        let profile = try Example.profile()
        let plan = try Example.plan()
        #expect(plan.tasks.count == 92)
        #expect(Directory(profile).unresolved(in: plan).isEmpty)
        let city = Directory(profile).resolve("Chủ tịch UBND quận, huyện, thành phố Thủ Đức").recipients
        #expect(city.map(\.standing) == [.elsewhere])
        let front = Directory(profile).resolve(
            "Mời Ban Tuyên giáo Quận ủy, Ban Dân vận Quận ủy phối hợp với Mặt trận Tổ quốc Việt Nam và các đoàn thể "
                + "chính trị - xã hội quận tham gia tuyên truyền")
        #expect(front.recipients.map(\.id) == ["tuyen-giao", "dan-van", "mat-tran", "doan-the"])
    }

    @Test("every owner in the words of the original plan is known", .enabled(if: Papers.folder != nil))
    func originalPlan() throws {
        let plan = try Plan.parse(PlanDocument(markdown: Papers.text("ke-hoach-04-kh-ubnd-2024.md")))
        let unresolved = Directory(try Example.profile()).unresolved(in: plan)
        #expect(unresolved.isEmpty, "\(unresolved)")
    }

    @Test(
        "a slip in the ids of office.yaml is named",
        arguments: [
            ("  chairman: thuong-truc", "  chairman: nobody", "“reminders.chairman” is “nobody”"),
            ("    units: [noi-vu]", "    units: [noi-vuu]", "a group names “noi-vuu”"),
            ("- { id: thue,", "- { id: noi-vu,", "the id “noi-vu” stands twice"),
            ("- { id: thue,", "- { id: \"thuế/1\",", "the id “thuế/1” has something other"),
            ("planLeadDays: [30, 7, 1]", "planLeadDays: [-1]", "“reminders” has a lead time"),
            ("  book: CV-DD", "  afterWorkingDays: 1000\n  book: CV-DD", "“dunning.afterWorkingDays”"),
        ])
    func slips(line: String, wrong: String, reason: String) throws {
        let text = try String(contentsOf: Example.folder.appendingPathComponent("office.yaml"), encoding: .utf8)
        try #require(text.contains(line))
        let error = #expect(throws: OfficeError.self) {
            try OfficeProfile.parse(text.replacingOccurrences(of: line, with: wrong), path: "office.yaml")
        }
        #expect(error?.description.contains("office.yaml: \(reason)") == true, "\(String(describing: error))")
    }
}
