import Foundation
import Testing

/// Runs a program to its end.
enum Program {
    static func run(_ path: String, _ arguments: [String], input: [UInt8] = []) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        let (give, take, errors) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (give, take, errors)
        try process.run()
        try give.fileHandleForWriting.write(contentsOf: Data(input))
        try give.fileHandleForWriting.close()
        let output = take.fileHandleForReading.readDataToEndOfFile()
        let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(path): \(words)")
        return output
    }
}
