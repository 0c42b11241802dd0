import KipClient
import KipCore

/// What operators have said, in words.
enum ControlWords {
    /// nil = nothing that is not always so.
    static func of(_ control: ControlRecord) -> String? {
        guard let standing = Control(control).standing else { return nil }
        let by = control.changedBy.map { " (\($0), \(LocalTime.text(control.changedAt)))" } ?? ""
        return standing + by
    }

    static func say(_ control: ControlRecord) {
        Terminal.say("kip: the \(control.scope) “\(control.name)”: \(of(control) ?? "no pause, no limits")")
    }
}

extension Control {
    /// The control that a client was told of.
    fileprivate init(_ record: ControlRecord) {
        self.init(record.scope == "kind" ? .kind : .queue, record.name)
        isPaused = record.paused
        holds = record.hold ?? false
        weight = record.weight ?? 1
        concurrency = record.concurrency ?? 0
        rate = record.rate ?? 0
        ratePeriodMilliseconds = record.ratePeriod ?? 60_000
        mostWaiting = record.mostWaiting ?? 0
    }
}
