import Foundation
import Testing

/// What an earlier version said, from the folder of its revision.
struct Corpus {
    static let first = "0190bc0"

    /// One message of a talk.
    struct Line: Sendable, CustomTestStringConvertible {
        let file: String
        let number: Int
        /// Which peer says it, or hears it.
        let peer: Int
        let isOfBroker: Bool
        /// The name of the header's body.
        let what: String
        let frames: [[UInt8]]
        /// What the header says in protobuf's text format; empty for JSON.
        let meaning: String

        var testDescription: String { "\(file) \(number): \(isOfBroker ? "broker" : "peer") \(peer) \(what)" }
    }

    static func folder(_ revision: String = first) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Corpus/\(revision)")
    }

    static func talk(_ name: String, _ revision: String = first) throws -> [Line] {
        let file = folder(revision).appendingPathComponent(name)
        let lines = try String(contentsOf: file.appendingPathExtension("messages"), encoding: .utf8).split(
            separator: "\n")
        let meanings =
            (try? String(contentsOf: file.appendingPathExtension("meaning"), encoding: .utf8))?
            .components(separatedBy: "---\n") ?? []
        return try lines.enumerated().map { index, line in
            let words = line.split(separator: " ").map(String.init)
            let who = words[0].split(separator: "-")
            return Line(
                file: name, number: index + 1, peer: try #require(Int(who[1])), isOfBroker: who[0] == "broker",
                what: words[1],
                frames: try words[2...].map { $0 == "-" ? [] : Array(try #require(Data(base64Encoded: $0))) },
                meaning: index < meanings.count ? meanings[index] : "")
        }
    }

    static let talks = ["client", "worker", "effects", "children", "scripts"]

    static func all() throws -> [Line] { try talks.flatMap { try talk($0) } }
}
