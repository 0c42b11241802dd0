import Foundation

@testable import Office

/// The example office of the repository, and a register of its own for a test.
enum Example {
    static let folder: URL = {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return root.appendingPathComponent("deploy/example")
    }()

    static func profile() throws -> OfficeProfile {
        try OfficeProfile.load(path: folder.appendingPathComponent("office.yaml").path)
    }

    static func targets() throws -> TargetList {
        try TargetList.load(beside: folder.appendingPathComponent("office.yaml").path, profile())
    }

    static func calendar() throws -> WorkingCalendar {
        try WorkingCalendar.load(path: folder.appendingPathComponent("days-off.yaml").path)
    }

    static func plan() throws -> Plan {
        try Plan.parse(
            yaml: String(contentsOf: folder.appendingPathComponent("plan.yaml"), encoding: .utf8))
    }

    /// A table of an office that writes days before months.
    static func table(_ text: String, columns: [String: String] = [:]) throws -> CaseFileTable {
        var rules = CaseImportRules()
        rules.dateOrder = .dayFirst
        rules.columns = columns
        return try CaseFileTable(Array(text.utf8), rules: rules)
    }

    /// Runs with a register in a folder that goes away afterwards.
    static func withRegister<T>(_ body: (Register, String) throws -> T) throws -> T {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("office-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(try Register(directory: path), path)
    }

    static func caseFile(_ code: String = "000.00.01.H29-240301-0001") -> CaseFile {
        CaseFile(
            code: code, procedure: "Đăng ký khai sinh", field: "Hộ tịch", unit: "UBND Phường Bến Nghé",
            applicant: "Nguyễn Thị Lan", address: "12 Tôn Thất Đạm, Quận 1", receivedOn: day("2024-03-01"),
            promisedOn: day("2024-03-08"))
    }

    static func day(_ text: String) -> LocalDate { LocalDate(text)! }
}
