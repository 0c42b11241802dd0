import Foundation
import KipCore
import Logging

/// Writes log lines to stderr, as text or as JSON. What comes from outside (names, errors) cannot break a line.
struct LogWriter: LogHandler {
    let label: String
    let form: Log.Form
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(label: String, form: Log.Form) {
        self.label = label
        self.form = form
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let all = event.metadata.map { metadata.merging($0) { _, new in new } } ?? metadata
        let line = Self.line(
            form, at: Timestamp.now(), event.level, label, message: "\(event.message)",
            all.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") })
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// A line of the log.
    static func line(
        _ form: Log.Form, at now: Timestamp, _ level: Logger.Level, _ label: String, message: String,
        _ metadata: [(key: String, value: String)]
    ) -> String {
        switch form {
        case .text:
            let words = metadata.map { " \($0.key)=\($0.value)" }.joined()
            return TerminalText.printable("\(time(now)) \(level.rawValue) \(label):\(words) \(message)")
        case .json:
            var fields = ["time": time(now), "level": level.rawValue, "logger": label, "message": message]
            for (key, value) in metadata { fields[fields[key] == nil ? key : "metadata.\(key)"] = value }
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let data = (try? encoder.encode(fields)) ?? Data()
            return TerminalText.printableJSON(String(decoding: data, as: UTF8.self))
        }
    }

    /// `2024-03-29T00:30:00.123Z`.
    private static func time(_ moment: Timestamp) -> String {
        var seconds = Int(moment.milliseconds / 1_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return String(
            format: "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
            parts.tm_hour, parts.tm_min, parts.tm_sec, Int(moment.milliseconds % 1_000))
    }
}
