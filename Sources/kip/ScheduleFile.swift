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
            root = try CheckedYAML.load(text)
        } catch {
            throw Failure.data("\(file) is not YAML: \(error)")
        }
        guard let list = (root as? [String: Any])?["schedules"] as? [Any] else {
            throw Failure.data("\(file) has no list “schedules:”")
        }
        var schedules: [ScheduleRecord] = []
        for (index, item) in list.enumerated() {
            guard let map = item as? [String: Any] else {
                throw Failure.data("\(file): schedule \(index + 1) is not a map with name, cron and kind")
            }
            let name = (map["name"] as? String).map { "“\($0)”" } ?? "\(index + 1)"
            let schedule = try schedule(map, "\(file): schedule \(name)")
            if schedules.contains(where: { $0.name == schedule.name }) {
                throw Failure.data("\(file): schedule \(name) stands twice")
            }
            schedules.append(schedule)
        }
        return schedules
    }

    private static func schedule(_ map: [String: Any], _ place: String) throws -> ScheduleRecord {
        for key in map.keys.sorted() where !known.contains(key) {
            throw Failure.data(
                "\(place): “\(key)” is not a setting; they are \(known.sorted().joined(separator: ", "))")
        }
        return ScheduleRecord(
            name: try value("name", map, place), cron: try value("cron", map, place),
            timeZone: try value("timezone", map, place, default: "Asia/Ho_Chi_Minh"),
            kind: try value("kind", map, place), payload: try payload(map["payload"], place),
            queue: try value("queue", map, place, default: "default"),
            priority: try value("priority", map, place, default: 0),
            catchUp: try value("catchUp", map, place, default: "once"),
            paused: try value("paused", map, place, default: false))
    }

    /// A setting of its type; a wrong type is said, not replaced by the default.
    private static func value<T>(
        _ key: String, _ map: [String: Any], _ place: String, default standard: T? = nil
    ) throws -> T {
        guard let value = map[key] else {
            if let standard { return standard }
            throw Failure.data("\(place): “\(key)” is missing")
        }
        if let value = value as? T, (value as? String) != "" { return value }
        let wanted = T.self == String.self ? "text" : T.self == Int.self ? "a whole number" : "true or false"
        throw Failure.data("\(place): “\(key)” is “\(value)”, not \(wanted)")
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
