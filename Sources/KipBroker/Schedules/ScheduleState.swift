import Foundation
import KipCore
import KipStore

/// A schedule and where it stands: pure, so that its rules can be tested without a clock.
public struct ScheduleState: Sendable, Equatable {
    /// What it says.
    public let definition: ScheduleDefinition
    let expression: CronExpression
    let zone: TimeZone
    /// When it fires next; nil = never.
    public var next: Timestamp?
    /// The nominal time that it fired for last.
    public var lastNominal: Timestamp?

    /// At the most so many missed times are made up for.
    static let mostMissed = 1_000
    /// A firing that is later than this is a missed one.
    static let punctualMilliseconds: Int64 = 60_000

    /// A schedule that fires from a moment on.
    /// - Throws: `Refusal` that names the schedule and what is wrong with it.
    public init(_ definition: ScheduleDefinition, after now: Timestamp) throws(Refusal) {
        self.definition = definition
        do {
            expression = try CronExpression(definition.cron)
        } catch {
            throw Refusal(.invalid, "schedule “\(definition.name)”: \(error)")
        }
        guard let zone = TimeZone(identifier: definition.timeZone) else {
            throw Refusal(
                .invalid,
                "schedule “\(definition.name)”: “\(definition.timeZone)” is no time zone; give a name such as "
                    + "Asia/Ho_Chi_Minh")
        }
        self.zone = zone
        next = definition.paused ? nil : expression.next(after: now, in: zone)
        if next == nil, !definition.paused {
            throw Refusal(.invalid, "schedule “\(definition.name)”: “\(definition.cron)” names a time that never comes")
        }
    }

    /// A schedule as the store keeps it; nil where its text is not one.
    public init?(stored: StoredSchedule) {
        guard
            let definition = try? JSONDecoder().decode(ScheduleDefinition.self, from: Data(stored.definition.utf8)),
            let state = try? ScheduleState(definition, after: Timestamp(milliseconds: 0))
        else { return nil }
        self = state
        next = stored.next
        lastNominal = stored.lastNominal
    }

    /// The schedule as the store keeps it.
    var stored: StoredSchedule {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let definition = (try? encoder.encode(definition)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return StoredSchedule(name: self.definition.name, definition: definition, next: next, lastNominal: lastNominal)
    }

    /// The nominal times to fire for, by the catch-up rule, and the next time after them.
    func due(at now: Timestamp) -> (fire: [Timestamp], next: Timestamp?) {
        guard let first = next, first <= now else { return ([], next) }
        let wanted = definition.catchUp == .all ? Self.mostMissed : 1
        let before = first.advanced(byMilliseconds: -1)
        let found = expression.lastTimes(wanted, after: before, through: now, in: zone)
        // A time that was promised fires, also where a newer time zone database no longer has it.
        let passed = found.isEmpty ? [first] : found
        let following = expression.next(after: now, in: zone)
        switch definition.catchUp {
        case .all, .once: return (passed, following)
        case .skip:
            let punctual = passed.filter { now.milliseconds - $0.milliseconds <= Self.punctualMilliseconds }
            return (punctual, following)
        }
    }

    /// The job of a nominal time. Its unique key holds also where the same time is fired for again.
    func draft(nominal: Timestamp, id: JobID, at now: Timestamp, manually: Bool = false) -> JobDraft {
        JobDraft(
            id: id, kind: definition.kind, queue: definition.queue, priority: definition.priority, runAt: now,
            uniqueKey: manually ? nil : "schedule/\(definition.name)/\(nominal.milliseconds)",
            payload: Array(definition.payload(at: nominal, in: zone).utf8))
    }

    /// The schedule on the wire.
    var wire: WireSchedule {
        var wire = WireSchedule()
        wire.name = definition.name
        wire.cron = definition.cron
        wire.timeZone = definition.timeZone
        wire.kind = definition.kind
        wire.payload = definition.payload
        wire.queue = definition.queue
        wire.priority = Int32(clamping: definition.priority)
        wire.catchUp = definition.catchUp.rawValue
        wire.paused = definition.paused
        wire.nextAtMs = next?.milliseconds ?? 0
        wire.lastNominalMs = lastNominal?.milliseconds ?? 0
        return wire
    }
}
