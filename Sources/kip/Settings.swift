import Foundation
import Yams

/// Where a setting comes from: the flag, then the variable `KIP_…`, then `kip.yaml`.
struct Settings {
    private let file: [String: Any]
    private let environment = ProcessInfo.processInfo.environment

    /// Reads `kip.yaml` of this directory, or the file that KIP_CONFIG names.
    static func load() throws -> Settings {
        let environment = ProcessInfo.processInfo.environment
        let path = environment["KIP_CONFIG"] ?? "kip.yaml"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            if environment["KIP_CONFIG"] != nil { throw Failure.noInput("\(path) (KIP_CONFIG) cannot be read") }
            return Settings(file: [:])
        }
        do {
            return Settings(file: try Yams.load(yaml: text) as? [String: Any] ?? [:])
        } catch {
            throw Failure.data("\(path) is not YAML: \(error)")
        }
    }

    /// A setting by its names: `KIP_…` and the key in kip.yaml.
    func text(_ flag: String?, _ variable: String, _ key: String) -> String? {
        flag ?? environment[variable] ?? (file[key]).map { "\($0)" }
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
