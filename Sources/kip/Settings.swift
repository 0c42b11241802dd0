import CheckedYAML
import Foundation

/// Where a setting comes from: the flag, then the variable `KIP_…`, then `kip.yaml`.
///
/// swift-configuration 1.4.0 would answer nil for a value of a wrong type, and cannot know a misspelt key: here both are
/// errors that name the file and the key.
struct Settings {
    /// The keys of kip.yaml.
    private static let keys = [
        "bind", "broker", "concurrency", "credentials", "curve", "data", "daysOff", "journal", "keep", "keep-dead",
        "lease", "office", "payloadKeys", "processes", "profile", "queues",
    ]

    private let file: [String: Any]
    private let environment = ProcessInfo.processInfo.environment

    /// Reads `kip.yaml` of this directory, or the file that KIP_CONFIG names.
    static func load() throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        let path = environment["KIP_CONFIG"] ?? "kip.yaml"
        // A file that is there and cannot be read is no file that is not there.
        guard environment["KIP_CONFIG"] != nil || FileManager.default.fileExists(atPath: path) else {
            return Settings(file: [:])
        }
        return Settings(file: try parse(try Input.text(path), path))
    }

    static func parse(_ text: String, _ path: String) throws -> [String: Any] {
        let root: Any?
        do {
            root = try CheckedYAML.load(text)
        } catch {
            throw Failure.data("\(path) is not YAML: \(error)")
        }
        guard let root else { return [:] }
        guard let map = root as? [String: Any] else {
            throw Failure.data("\(path) is not a map of settings such as “data: /var/lib/kip”")
        }
        for (key, value) in map.sorted(by: { $0.key < $1.key }) {
            guard keys.contains(key) else {
                throw Failure.data("\(path): “\(key)” is not a setting; they are \(keys.joined(separator: ", "))")
            }
            let isList = ["bind", "queues"].contains(key) && value is [String]
            guard isList || value is String || value is Int || value is Double else {
                throw Failure.data("\(path): “\(key)” is neither a text nor a number")
            }
        }
        return map
    }

    /// A setting by its names: `KIP_…` and the key in kip.yaml.
    func text(_ flag: String?, _ variable: String, _ key: String) -> String? {
        // A variable that is empty is not set.
        flag ?? environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? (file[key]).map { "\($0)" }
    }

    func list(_ flag: [String], _ variable: String, _ key: String) -> [String] {
        if !flag.isEmpty { return flag.flatMap(Self.split) }
        if let value = environment[variable] { return Self.split(value) }
        if let list = file[key] as? [String] { return list }
        return (file[key] as? String).map(Self.split) ?? []
    }

    func number(_ flag: Int?, _ variable: String, _ key: String) throws -> Int? {
        guard let text = text(flag.map(String.init), variable, key) else { return nil }
        guard let number = Int(text) else {
            throw Failure.usage("\(variable) (or \(key) in kip.yaml) is “\(text)”, not a number")
        }
        return number
    }

    private static func split(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
