import Foundation
import Office
import OfficeDocuments
import Testing

@testable import JobLibrary

/// The second example office, a ward in 2026: the papers that the demo's day does not make.
extension JobLibraryTests {
    private static let ward = example.deletingLastPathComponent().appendingPathComponent("example-2026")

    private func withWard(_ body: (OfficeSetup, String) async throws -> Void) async throws {
        try await withOffice { _, folder in
            let ward = folder + "/ward"
            try FileManager.default.createDirectory(atPath: ward, withIntermediateDirectories: true)
            for name in ["office.yaml", "targets.yaml"] {
                try FileManager.default.copyItem(
                    atPath: Self.ward.appendingPathComponent(name).path, toPath: "\(ward)/\(name)")
            }
            let profile = try String(contentsOfFile: ward + "/office.yaml", encoding: .utf8)
            let byMail = profile.replacingOccurrences(of: "\n  # delivery: mail\n", with: "\n  delivery: mail\n")
            try #require(byMail != profile)
            try byMail.write(toFile: ward + "/office.yaml", atomically: true, encoding: .utf8)
            try await body(try install(ward + "/office", ward + "/office.yaml", of: Self.ward), ward)
        }
    }

    private func permit(_ code: String, unit: String, email: String = "") -> CaseFile {
        CaseFile(
            code: code, procedure: "Chứng thực hợp đồng, giao dịch", field: "Chứng thực", unit: unit,
            applicant: "Trần Văn Bình", address: "12 Lê Duẩn, phường Sài Gòn, Thành phố Hồ Chí Minh", email: email,
            receivedOn: day("2026-03-02"), promisedOn: day("2026-03-04"), delayReason: "chờ xác minh",
            newPromise: day("2026-03-10"))
    }

    @Test(
        "the ward's letters: the form of now by the law of now, its own desk once among those who get it, and by mail")
    func wardLetters() async throws {
        try await withWard { office, folder in
            var done = permit("W-3", unit: "Văn phòng HĐND và UBND")
            done.resolvedOn = day("2026-03-05")
            done.newPromise = nil
            _ = try office.register.importCases(
                [
                    permit("W-1", unit: "Phòng Kinh tế, Hạ tầng và Đô thị"),
                    permit("W-2", unit: "Trung tâm Phục vụ hành chính công", email: "binh@dan.example"), done,
                ], calendar: office.calendar)
            for code in ["W-1", "W-2", "W-3"] {
                _ = try await ApologyLetter(caseCode: code, asOf: day("2026-03-06")).run(
                    in: context(ApologyLetter.self))
            }
            let letters = try ["W-1", "W-2", "W-3"].map { code in
                try printedText(try #require(try office.register.document(key: "apology/\(code)/1")).bytes)
            }
            let title = "VĂN BẢN XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT"
            let centre = "- Trung tâm Phục vụ hành chính công;"
            for letter in letters {
                #expect(letter.contains("118/2025/NĐ-CP") && letter.contains("03/2025/TT-VPCP"))
                #expect(letter.contains("Sài Gòn, ngày 06 tháng 3 năm 2026"))
                #expect(letter.components(separatedBy: centre).count == 2, "\(letter)")
            }
            #expect(letters[0].contains(title) && letters[1].contains(title))
            #expect(letters[0].contains("hẹn trả kết quả: ngày 10 tháng 3 năm 2026"))
            #expect(letters[2].contains("VĂN BẢN XIN LỖI") && !letters[2].contains("GIA HẠN"))
            // Late twice.
            for code in ["W-1", "W-2"] {
                _ = try await LeaderDossier(caseCode: code, asOf: day("2026-03-12")).run(
                    in: context(LeaderDossier.self))
                _ = try await ApologyLetter(caseCode: code, asOf: day("2026-03-12"), promise: 2).run(
                    in: context(ApologyLetter.self))
            }
            let told =
                #"{"recipient": "kinh-te", "date": "2026-03-12", "sections": [{"kind": "overdue", "count": 1, "items": "#
                + #"[{"code": "1.1", "title": "việc", "isTask": true, "due": "2026-03-10"}]}]}"#
            let digest = try JSONDecoder().decode(ReminderDigest.self, from: Data(told.utf8))
            let recipient = try #require(office.profile.recipient("kinh-te"))
            let paper = try PDFRenderer.render(digest.paper(to: recipient, office.profile))
            try Data(paper).write(to: URL(fileURLWithPath: folder + "/phieu-nhac-viec.pdf"))
            // The texts that an office may change, as it gets them to begin with.
            for (name, text) in zip(LetterTemplates.fileNames, LetterTemplates.texts) {
                try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
            }
            let made = try FileManager.default.subpathsOfDirectory(atPath: folder)
            for name in ["W-1-phieu-trinh.pdf", "W-1-thu-xin-loi-lan-2.pdf", "phieu-nhac-viec.pdf"] {
                #expect(made.contains { $0.hasSuffix(name) }, "\(name)")
            }
            #expect(made.contains { $0.hasPrefix("office/outbox/") && $0.hasSuffix(".eml") })
            let (code, found) = try districtWords(folder)
            #expect(code == 0, "\(found)")
        }
    }

    /// What `Tests/district_words.py` finds in a folder.
    private func districtWords(_ folder: String) throws -> (code: Int32, found: String) {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [tests.appendingPathComponent("district_words.py").path, folder]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
