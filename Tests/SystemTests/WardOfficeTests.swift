import Foundation
import OwnThread
import Testing

/// The second example office, a ward in 2026, with the real programs.
@Suite(.serialized, .ownThread) struct WardOfficeTests {
    private struct MadeFile: Decodable {
        var path: String
        var kind: String
        var found: [String]
        var laws: Int
    }

    /// What a reader sees in each file of a folder.
    private func read(_ folder: String, _ house: House) throws -> [MadeFile] {
        let script = House.root.appendingPathComponent("Tests/district_words.py").path
        let result = try house.run("/usr/bin/python3", [script, folder])
        try #require(result.error.isEmpty, "\(result.error)")
        return try result.lines.map { try JSONDecoder().decode(MadeFile.self, from: Data($0.utf8)) }
    }

    private func demo(_ arguments: String..., in house: House) throws -> House.Result {
        let script = House.root.appendingPathComponent("scripts/demo").path
        return try house.run("env", ["KIP_BINARY=\(House.kip.path)", "bash", script] + arguments)
    }

    @Test(
        "the ward's day leaves no word of a district in any file, and its letters name the law of now",
        .timeLimit(.minutes(15)))
    func day() throws {
        let house = try House()
        let data = house.folder.appendingPathComponent("ward").path
        let made = try demo("--office", "2026", "--data", data, in: house)
        #expect(made.code == 0, "\(made.error)")
        try (made.out + made.error).write(toFile: data + "/said", atomically: false, encoding: .utf8)
        let files = try read(data, house)
        for file in files { #expect(file.found == [], "\(file.path)") }
        let letters = files.filter { $0.path.hasPrefix("out/thu-xin-loi/") }
        #expect(letters.count > 10)
        for letter in letters { #expect(letter.laws > 0, "\(letter.path)") }
        for (folder, kind) in [
            ("cong-van-don-doc", "pdf"), ("nhac-viec", "eml"), ("bao-cao", "pdf"), ("bao-cao", "docx"),
            ("bao-cao", "xlsx"),
        ] {
            #expect(files.contains { $0.path.hasPrefix("out/\(folder)/") && $0.kind == kind }, "\(folder), \(kind)")
        }
        // Each unit of the plan, and each owner of it, is known.
        #expect(files.contains { $0.path == "out/bien-ban-xin-loi.pdf" })
        #expect(try String(contentsOfFile: data + "/log/plan-import", encoding: .utf8).isEmpty)
        // The same words are found where there are some: in the other office's case files.
        let district = house.folder.appendingPathComponent("district")
        try FileManager.default.createDirectory(at: district, withIntermediateDirectories: true)
        let cases = try house.kip("cases", "sample", "--count", "40")
        try cases.out.write(to: district.appendingPathComponent("cases.csv"), atomically: true, encoding: .utf8)
        #expect(try read(district.path, house).allSatisfy { !$0.found.isEmpty })
        // One folder is of one office.
        let other = try demo("--data", data, in: house)
        #expect(other.code == 73)
        #expect(other.error.contains("is of the demo of 2026"))
        #expect(try demo("--office", "2025", in: house).code == 64)
    }

    @Test("the calendar says of 24 November 2026 that it is proposed, and worked")
    func cultureDay() throws {
        let house = try House()
        let days = House.root.appendingPathComponent("deploy/example-2026/days-off.yaml").path
        let shown = try house.kip("calendar", "show", "2026", "--days-off", days)
        #expect(
            shown.lines.contains {
                $0.hasPrefix("thứ Ba, ngày 24/11/2026: làm việc, Ngày Văn hóa Việt Nam [mới đề xuất, vẫn làm việc]")
            }, "\(shown.out)")
        #expect(try house.kip("calendar", "add-days", "2026-11-23", "1", "--days-off", days).lines == ["2026-11-24"])
    }
}
