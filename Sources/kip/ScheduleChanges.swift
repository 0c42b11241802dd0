import KipClient

/// What becomes other where a file of schedules is applied.
struct ScheduleChanges: Encodable, Equatable {
    /// A schedule that stays, and what of it is other, by the names of the file.
    struct Change: Encodable, Equatable {
        let name: String
        let fields: [String]
    }

    let added: [String]
    let changed: [Change]
    let removed: [String]

    init(from before: [ScheduleRecord], to after: [ScheduleRecord]) {
        let old = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let names = Set(after.map(\.name))
        added = after.filter { old[$0.name] == nil }.map(\.name).sorted()
        removed = old.keys.filter { !names.contains($0) }.sorted()
        changed = after.compactMap { schedule -> Change? in
            let fields = old[schedule.name].map { Self.differences($0, schedule) } ?? []
            return fields.isEmpty ? nil : Change(name: schedule.name, fields: fields)
        }.sorted { $0.name < $1.name }
    }

    private static func differences(_ old: ScheduleRecord, _ new: ScheduleRecord) -> [String] {
        let fields: [(name: String, isSame: Bool)] = [
            ("cron", old.cron == new.cron), ("rule", old.rule == new.rule),
            ("timezone", old.timeZone == new.timeZone), ("kind", old.kind == new.kind),
            ("payload", old.payload == new.payload), ("queue", queue(old) == queue(new)),
            ("priority", old.priority == new.priority), ("catchUp", old.catchUp == new.catchUp),
            ("jitter", old.jitterMilliseconds == new.jitterMilliseconds), ("overlap", old.overlap == new.overlap),
            ("paused", old.paused == new.paused),
        ]
        let options = old.options == new.options ? [] : ["options"]
        return fields.filter { !$0.isSame }.map { $0.name } + options
    }

    /// Earlier releases wrote the default out.
    private static func queue(_ schedule: ScheduleRecord) -> String {
        schedule.queue.isEmpty ? "default" : schedule.queue
    }

    /// A line for each sort of change, or one that says that there is none.
    /// - Parameter isPlanned: nothing was done yet.
    func words(isPlanned: Bool) -> [String] {
        let lines = [
            ("added", added), ("changed", changed.map { "\($0.name) (\($0.fields.joined(separator: ", ")))" }),
            ("removed", removed),
        ].filter { !$0.1.isEmpty }
        if lines.isEmpty { return [isPlanned ? "nothing would change" : "nothing changed"] }
        return lines.map { "\(isPlanned ? "would be " : "")\($0.0): \($0.1.joined(separator: ", "))" }
    }
}
