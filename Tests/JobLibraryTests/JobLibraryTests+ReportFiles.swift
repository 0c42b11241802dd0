import Foundation
import Office
import Spreadsheet
import Testing
import ZipArchive

@testable import JobLibrary

/// The files of a report: the same figures in each.
extension JobLibraryTests {
    private func sample() async throws -> OfficeReport {
        var made: OfficeReport?
        try await withOffice { office, _ in
            let cases = try CaseSample.make(
                count: 1_500, seed: 9, asOf: day("2024-04-10"), profile: office.profile, calendar: office.calendar)
            _ = try office.register.importCases(cases, calendar: office.calendar)
            let period = try #require(ReportPeriod("2024-Q1", asOf: day("2024-04-10")))
            made = try OfficeReport(office, period, asOf: day("2024-04-10"))
        }
        return try #require(made)
    }

    private static func rows(_ workbook: [UInt8], _ sheet: String) throws -> [[String]] {
        let reader = try XLSXReader(workbook)
        return try reader.rows(of: sheet).map(\.cells)
    }

    private static func part(_ archive: [UInt8], _ name: String) throws -> String {
        let reader = try ZipReader(archive)
        return String(decoding: try reader.read(name, limit: 16 << 20) ?? [], as: UTF8.self)
    }

    @Test("the spreadsheet has the form's figures in all their columns, and the case files that make them")
    func spreadsheet() async throws {
        let report = try await sample()
        let workbook = try report.file(.xlsx)
        let figures = report.figures
        try compare(figures.byField, try Self.rows(workbook, "Lĩnh vực"))
        try compare(figures.byUnit, try Self.rows(workbook, "Đơn vị"))
        try compare(figures.byWard, try Self.rows(workbook, "Phường"))
        let files = try Self.rows(workbook, "Hồ sơ").filter { $0.count == 8 && $0[0].hasPrefix("000.") }
        #expect(files.count == figures.total.received)
        #expect(files.count { $0[7] == "Trước hạn" } == figures.total.early)
        #expect(files.count { $0[7] == "Quá hạn" } == figures.total.late)
        #expect(files.count { $0[7] == "Đang giải quyết, quá hạn" } == figures.total.pendingOverdue)
        let late = try Self.rows(workbook, "Hồ sơ trễ hạn").filter { $0[0].hasPrefix("000.") }
        #expect(late.count == figures.apologies.lateFiles)
    }

    private func compare(_ table: OnTimeTable, _ cells: [[String]]) throws {
        for row in table.rows + [table.total] {
            let own = cells.first { $0.count > 12 && $0[1] == row.name } ?? []
            #expect(own.dropFirst(2).prefix(11).map { Int($0) ?? -1 } == row.numbers, "\(row.name)")
        }
    }

    @Test("PDF and Word say the same figures in words")
    func words() async throws {
        let report = try await sample()
        let total = report.figures.total
        let sentence = "\(FigureText.grouped(total.early)) trước hạn, \(FigureText.grouped(total.onTime)) đúng hạn"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("words-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appendingPathComponent("a.pdf").path
        try Data(try report.file(.pdf)).write(to: URL(fileURLWithPath: path))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/pdftotext")
        process.arguments = [path, folder.appendingPathComponent("a.txt").path]
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOf: folder.appendingPathComponent("a.txt"), encoding: .utf8)
        #expect(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(sentence))
        let xml = try Self.part(try report.file(.docx), "word/document.xml")
        #expect(xml.contains(sentence))
    }

    @Test("a report of nothing is made, too, and says so")
    func nothing() async throws {
        try await withOffice { office, _ in
            let period = try #require(ReportPeriod("2024-9M", asOf: day("2024-10-01")))
            let report = try OfficeReport(office, period, asOf: day("2024-10-01"))
            for format in OfficeReport.Format.allCases { #expect(try !report.file(format).isEmpty, "\(format)") }
            #expect(report.figures.verdicts.allSatisfy { $0.verdict == .nothing || $0.verdict == .noData })
        }
    }
}
