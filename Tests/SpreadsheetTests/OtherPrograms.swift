import Foundation
import Testing

/// Programs that read and write spreadsheets, to hold ours against.
enum OtherPrograms {
    static let python = "/usr/bin/python3"
    static let office = "/usr/bin/soffice"
    static var hasOffice: Bool { FileManager.default.isExecutableFile(atPath: office) }

    /// Runs a script that can use openpyxl.
    /// - Returns: what it wrote.
    static func run(python script: String, _ arguments: [String]) throws -> String {
        try run(python, ["-c", script] + arguments)
    }

    /// Converts a file with LibreOffice.
    /// - Returns: the new file.
    static func convert(_ path: String, to format: String, in folder: String) throws -> String {
        _ = try run(
            office,
            [
                "-env:UserInstallation=file://\(folder)/profile", "--headless", "--convert-to", format, "--outdir",
                folder,
                path,
            ])
        let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        return "\(folder)/\(name).\(format.prefix { $0 != ":" })"
    }

    /// A folder for one test, which is removed after it.
    static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return text
    }
}
