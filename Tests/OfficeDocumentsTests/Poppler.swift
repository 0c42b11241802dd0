import Foundation
import Testing

/// What poppler's tools say of a PDF: a reader that is not ours.
enum Poppler {
    static func text(_ bytes: [UInt8]) throws -> String { try run("pdftotext", ["-layout", "%", "-"], bytes) }

    /// Text in single spaces, so that a line break of the layout does not matter.
    static func words(_ bytes: [UInt8]) throws -> String {
        try text(bytes).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    static func pages(_ bytes: [UInt8]) throws -> Int {
        let line = try run("pdfinfo", ["%"], bytes).split(separator: "\n").first { $0.hasPrefix("Pages:") }
        return try #require(line.flatMap { Int($0.dropFirst(6).trimmingCharacters(in: .whitespaces)) })
    }

    /// Rows of `pdffonts` without its head.
    static func fonts(_ bytes: [UInt8]) throws -> [String] {
        try run("pdffonts", ["%"], bytes).split(separator: "\n").dropFirst(2).map(String.init)
    }

    /// Family names, without the subset's mark and the style.
    static func families(_ bytes: [UInt8]) throws -> Set<String> {
        Set(
            try fonts(bytes).compactMap { row in
                row.split(separator: " ").first?.split(separator: "+").last?.split(separator: "-").first.map(
                    String.init)
            })
    }

    static func run(_ tool: String, _ arguments: [String], _ bytes: [UInt8]) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).pdf")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments.map { $0 == "%" ? file.path : $0 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(tool) failed; scripts/setup installs poppler-utils")
        return String(decoding: data, as: UTF8.self)
    }
}
