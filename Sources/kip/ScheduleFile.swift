import Foundation
import KipClient
import Yams

/// `schedules.yaml`: a list under `schedules`, each with `name`, `cron`, `kind` and, as wanted, `timezone`, `payload`,
/// `queue`, `priority`, `catchUp`, `paused`.
enum ScheduleFile {
    private static let known: Set<String> = [
        "name", "cron", "timezone", "kind", "payload", "queue", "priority", "catchUp", "paused",
    ]

    static func parse(_ text: String, name file: String) throws -> [ScheduleRecord] {
        let root: Any?
        do {
            root = try Yams.load(yaml: text)
        } catch {
            throw Failure.data("\(file) is not YAML: \(error)")
        }
        guard let list = (root as? [String: Any])?["schedules"] as? [[String: Any]] else {
            throw Failure.data("\(file) has no list “schedules:”")
        }
        return try list.enumerated().map { try schedule($1, "\(file): schedule \($0 + 1)") }
    }

    private static func schedule(_ map: [String: Any], _ place: String) throws -> ScheduleRecord {
        for key in map.keys.sorted() where !known.contains(key) {
            throw Failure.data(
                "\(place): “\(key)” is not a setting; they are \(known.sorted().joined(separator: ", "))")
        }
        func text(_ key: String) throws -> String {
            guard let value = map[key] as? String, !value.isEmpty else {
                throw Failure.data("\(place): “\(key)” is missing or not text")
            }
            return value
        }
        return ScheduleRecord(
            name: try text("name"), cron: try text("cron"),
            timeZone: map["timezone"] as? String ?? "Asia/Ho_Chi_Minh", kind: try text("kind"),
            payload: try payload(map["payload"], place), queue: map["queue"] as? String ?? "default",
            priority: map["priority"] as? Int ?? 0, catchUp: map["catchUp"] as? String ?? "once",
            paused: map["paused"] as? Bool ?? false)
    }

    private static func payload(_ value: Any?, _ place: String) throws -> String {
        guard let value else { return "{}" }
        if let text = value as? String { return text }
        guard JSONSerialization.isValidJSONObject(value),
            let data = try? JSONSerialization.data(
                withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        else { throw Failure.data("\(place): the payload is neither a map nor a text of JSON") }
        return String(decoding: data, as: UTF8.self)
    }
}
