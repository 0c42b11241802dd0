import Foundation
import Office
import OfficeDocuments
import Testing

@testable import JobLibrary

extension JobLibraryTests {
    /// The words of the certificate of a quarter.
    private func certificate(_ office: OfficeSetup, asOf date: String) throws -> String {
        let audit = try LetterAudit(
            office.register, from: day("2024-01-01"), to: day("2024-03-31"), asOf: day(date))
        return LetterCertificate(audit, office.profile, period: "quý I năm 2024").document.body.map { block in
            switch block {
            case .paragraph(let runs): runs.map(\.text).joined()
            case .table(let table): table.rows.map { "\($0)" }.joined(separator: "\n")
            default: ""
            }
        }.joined(separator: "\n")
    }

    private func letter(_ code: String, on date: String, _ office: OfficeSetup) throws {
        let key = "apology/\(code)/1"
        let noon = Date(timeIntervalSince1970: Double(day(date).number) * 86_400 + 18_000)
        _ = try office.register.issue(key: key, book: "PXL", year: 2024, at: noon) { _ in
            IssuedDocument(
                key: key, kind: "letter", subject: code, dated: day(date), fileName: "\(code).pdf", bytes: [1])
        }
        try office.register.note(letter: key, .sent, by: "kip", note: "print", at: noon)
    }

    @Test("the certificate says: missing, late, in time, in doubt, and what does not agree with the chain")
    func certificate() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1"), late("A-2")], calendar: office.calendar)
            try letter("A-1", on: "2024-03-21", office)
            #expect(try certificate(office, asOf: "2024-03-29").contains("KHÔNG ĐẠT chỉ tiêu"))
            try letter("A-2", on: "2024-03-25", office)
            let late = try certificate(office, asOf: "2024-03-29")
            #expect(late.contains("nhưng 1 thư gửi sau ngày hẹn trả: CHƯA ĐẠT yêu cầu kịp thời."))
            #expect(late.contains(try #require(try office.register.journal().last?.hash)))
            // Before A-2 was late there was A-1 alone.
            var early = self.late("A-2")
            early.resolvedOn = day("2024-03-22")
            _ = try office.register.importCases([early], calendar: office.calendar)
            #expect(
                try certificate(office, asOf: "2024-03-29").contains(
                    "ĐẠT chỉ tiêu 100% hồ sơ trễ hạn được xin lỗi kịp thời."))
            try office.register.note(letter: "apology/A-1/1", .uncertain, by: "Lan")
            let doubt = try certificate(office, asOf: "2024-03-29")
            #expect(doubt.contains("KHÔNG ĐẠT chỉ tiêu"))
            #expect(doubt.contains("còn 1 thư cần người phụ trách xác nhận đã gửi"))
        }
    }
}
