import CheckedYAML
import Foundation
import KipClient

/// `schedules.yaml`: a list under `schedules`, each with `name`, `kind`, one of `cron` and `rule` and, as wanted,
/// `timezone`, `payload`, `queue`, `priority`, `catchUp`, `jitter` (a duration such as `5m`), `overlap`, `paused`, and
/// what else its jobs ask for (`ScheduleOptions`).
enum ScheduleFile {
    private static let known = Set([
        "name", "cron", "rule", "timezone", "kind", "payload", "queue", "priority", "catchUp", "jitter", "overlap",
        "paused",
    ]).union(ScheduleOptions.known.map(\.rawValue))

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
                throw Failure.data("\(file): schedule \(index + 1) is not a map with name, kind, and cron or rule")
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
            if let reason = ScheduleOptions.refused[key] {
                throw Failure.data("\(place): “\(key)” is not a setting of a schedule: \(reason)")
            }
            throw Failure.data(
                "\(place): “\(key)” is not a setting; they are \(known.sorted().joined(separator: ", "))")
        }
        if map["cron"] == nil, map["rule"] == nil {
            throw Failure.data(
                "\(place): “cron” is missing, such as “30 7 * * MON-FRI”, or “rule”, such as “every working day at 07:30”"
            )
        }
        if map["cron"] != nil, map["rule"] != nil {
            throw Failure.data("\(place): it has “cron” and “rule”; give one of the two")
        }
        return ScheduleRecord(
            name: try value("name", map, place),
            cron: map["cron"] == nil ? "" : try value("cron", map, place),
            timeZone: try value("timezone", map, place, default: "Asia/Ho_Chi_Minh"),
            kind: try value("kind", map, place), payload: try payload(map["payload"], place),
            queue: try value("queue", map, place, default: ""),
            priority: try value("priority", map, place, default: 0),
            catchUp: try value("catchUp", map, place, default: "once"),
            paused: try value("paused", map, place, default: false),
            rule: map["rule"] == nil ? "" : try value("rule", map, place),
            jitterMilliseconds: try jitter(map["jitter"], place),
            overlap: try value("overlap", map, place, default: "allow"),
            options: try ScheduleOptions.parse(map, place))
    }

    private static func jitter(_ value: Any?, _ place: String) throws -> Int64 {
        guard let value else { return 0 }
        guard let text = value as? String ?? (value as? Int).map(String.init),
            let duration = try? TimeText.duration(text, "jitter")
        else {
            throw Failure.data("\(place): “jitter” is “\(value)”, not a duration such as 30s, 5m or 1h")
        }
        guard duration <= .seconds(86_400) else {
            throw Failure.data("\(place): “jitter” is “\(text)”; a day is the most")
        }
        return duration.milliseconds
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
        if let text = value as? String { return try checkPlaceholders(text, place) }
        guard JSONSerialization.isValidJSONObject(value),
            let data = try? JSONSerialization.data(
                withJSONObject: value, options: [.sortedKeys, .withoutEscapingSlashes])
        else { throw Failure.data("\(place): the payload is neither a map nor a text of JSON") }
        return try checkPlaceholders(String(decoding: data, as: UTF8.self), place)
    }

    /// - Returns: the text, where every placeholder in it is one that is known.
    private static func checkPlaceholders(_ text: String, _ place: String) throws -> String {
        for part in text.components(separatedBy: "{{").dropFirst() {
            guard let end = part.range(of: "}}") else { continue }
            let name = part[..<end.lowerBound]
            if name != "date", name != "time" {
                throw Failure.data("\(place): the payload has “{{\(name)}}”; there are {{date}} and {{time}}")
            }
        }
        return text
    }
}
