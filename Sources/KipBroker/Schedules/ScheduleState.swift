import Foundation
import KipCore
import KipStore

/// A schedule and where it stands: pure, so that its rules can be tested without a clock.
public struct ScheduleState: Sendable, Equatable {
    /// What it says.
    public private(set) var definition: ScheduleDefinition
    let recurrence: Recurrence
    let zone: TimeZone
    /// When it fires next; nil = never.
    public var next: Timestamp?
    /// The nominal time that it fired for last.
    public var lastNominal: Timestamp?

    /// At the most so many missed times are made up for.
    static let mostMissed = 1_000
    /// A firing that is so late, or later, is a missed one.
    static let punctualMilliseconds: Int64 = 60_000

    /// A schedule that fires from a moment on.
    /// - Parameter calendar: which days are worked.
    /// - Throws: `Refusal` that names the schedule and what is wrong with it.
    public init(
        _ definition: ScheduleDefinition, after now: Timestamp, by calendar: any WorkingDayCalendar = MondayToFriday()
    ) throws(Refusal) {
        try self.init(definition)
        guard !definition.paused else { return }
        next = nextTime(after: now, by: calendar)
        if next == nil {
            throw Refusal(
                .invalid, "schedule “\(definition.name)”: “\(recurrence.text)” \(recurrence.neverComes)")
        }
    }

    /// A schedule as the store keeps it; nil where its text is not one.
    public init?(stored: StoredSchedule) {
        guard
            let definition = try? JSONDecoder().decode(ScheduleDefinition.self, from: Data(stored.definition.utf8)),
            let state = try? ScheduleState(definition)
        else { return nil }
        self = state
        // A firing that was on its way to the disk behind the pause has written a next time.
        next = definition.paused ? nil : stored.next
        lastNominal = stored.lastNominal
    }

    /// A schedule that fires never, as yet.
    private init(_ definition: ScheduleDefinition) throws(Refusal) {
        self.definition = definition
        do {
            recurrence = try Recurrence(cron: definition.cron, rule: definition.rule)
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
    }

    /// The schedule as the store keeps it.
    var stored: StoredSchedule {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let definition = (try? encoder.encode(definition)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return StoredSchedule(
            name: self.definition.name, definition: definition, next: next, lastNominal: lastNominal,
            owner: self.definition.owner)
    }

    /// Whether it is due at the same times as another, and neither of the two starts or ends a pause.
    func isDue(as other: ScheduleState) -> Bool {
        recurrence == other.recurrence && zone == other.zone && definition.paused == other.definition.paused
    }

    /// The schedule in a pause, or out of it: then its next time comes from now on, and times of the pause are not made up
    /// for. One that is so already stays as it is.
    func paused(_ paused: Bool, at now: Timestamp, by calendar: any WorkingDayCalendar) -> ScheduleState {
        guard paused != definition.paused else { return self }
        var state = self
        state.definition.paused = paused
        state.next = paused ? nil : nextTime(after: now, by: calendar)
        return state
    }

    /// The schedule with a next time by the days off that are known now, where it counts working days: they may be others
    /// than when the time was counted. A time that has passed was promised and stays.
    func recounted(at now: Timestamp, by calendar: any WorkingDayCalendar) -> ScheduleState {
        guard recurrence.countsWorkingDays, !definition.paused, next.map({ $0 > now }) ?? true else { return self }
        var state = self
        // A last time that lies ahead was fired for on a clock that was ahead; the ledger of firings knows it.
        let last = lastNominal.flatMap { $0 > now ? nil : $0 }
        state.next = nextTime(after: max(now, last ?? now), by: calendar)
        return state
    }

    /// The schedule with its true next time, if the one that it has is later: that was counted from a clock that was ahead. If
    /// it has fired on that clock, times that have passed since its last true one were missed, and its catch-up rule holds. A
    /// time that it has fired for already does not fire again, as the ledger of firings has it.
    /// - Parameter last: the latest time up to now that it has fired for; nil = none.
    /// - Returns: nil if its next time is right.
    func corrected(at now: Timestamp, since last: Timestamp?, by calendar: any WorkingDayCalendar) -> ScheduleState? {
        let hasFiredAhead = lastNominal.map { $0 > now } ?? false
        let start = hasFiredAhead ? min(last ?? now, now) : now
        guard !definition.paused, let next, next > now, let due = nextTime(after: start, by: calendar), due < next
        else {
            return nil
        }
        var state = self
        state.next = due
        return state
    }

    /// The nominal times to fire for, and the next time after them. Times that are less than a minute late are not missed:
    /// each of them fires. Missed ones follow the catch-up rule.
    /// - Parameter onceIsAll: a rule that is broken on purpose, `Break.onceCatchesUpAll`.
    func due(
        at now: Timestamp, by calendar: any WorkingDayCalendar = MondayToFriday(), onceIsAll: Bool = false
    ) -> (fire: [Timestamp], next: Timestamp?) {
        guard let first = next, first <= now else { return ([], next) }
        let occurrences = recurrence.occurrences(in: zone, by: calendar)
        let before = first.advanced(byMilliseconds: -1)
        let lastMinute = max(before, now.advanced(byMilliseconds: -Self.punctualMilliseconds))
        // A time that was promised fires, also if a newer time zone database no longer has it.
        func orPromised(_ times: [Timestamp]) -> [Timestamp] { times.isEmpty ? [first] : times }
        var fire: [Timestamp]
        switch onceIsAll && definition.catchUp == .once ? .all : definition.catchUp {
        case .all: fire = orPromised(occurrences.lastTimes(Self.mostMissed, after: before, through: now))
        case .once:
            fire = occurrences.lastTimes(Self.mostMissed, after: lastMinute, through: now)
            if fire.isEmpty { fire = orPromised(occurrences.lastTimes(1, after: before, through: now)) }
        case .skip:
            fire = occurrences.lastTimes(Self.mostMissed, after: lastMinute, through: now)
            if fire.isEmpty, first > lastMinute { fire = [first] }
        }
        return (fire, occurrences.next(after: now))
    }

    private func nextTime(after moment: Timestamp, by calendar: any WorkingDayCalendar) -> Timestamp? {
        recurrence.occurrences(in: zone, by: calendar).next(after: moment)
    }

    /// The job of a nominal time. Its unique key holds also where the same time is fired for again. By hand it runs at once,
    /// without jitter and delay.
    /// - Parameter kind: what the workers of its kind say, for what the schedule does not.
    func draft(
        nominal: Timestamp, id: JobID, at now: Timestamp, manually: Bool = false, kind: JobDefaults? = nil
    ) -> JobDraft {
        var options = definition.options
        options.queue = definition.queue.isEmpty ? nil : definition.queue
        options.priority = definition.priority == 0 ? nil : definition.priority
        if options.ignoresKindOptions != true, let kind { options = options.filled(from: kind) }
        if manually { options.delay = nil }
        return JobDraft(
            id: id, kind: definition.kind, options,
            runAt: manually ? now : max(now, definition.runAt(nominal: nominal)),
            uniqueKey: manually ? nil : "schedule/\(definition.name)/\(nominal.milliseconds)",
            payload: definition.payload(at: nominal, in: zone), at: now)
    }

    /// The schedule on the wire.
    var wire: WireSchedule {
        var wire = WireSchedule()
        wire.name = definition.name
        wire.cron = definition.cron
        wire.rule = definition.rule
        wire.timeZone = definition.timeZone
        wire.kind = definition.kind
        wire.payload = definition.payload
        wire.queue = definition.queue
        wire.priority = Int32(clamping: definition.priority)
        wire.catchUp = definition.catchUp.rawValue
        wire.paused = definition.paused
        wire.jitterMs = definition.jitterMilliseconds
        wire.overlap = definition.overlap.rawValue
        let options = definition.options
        if options != JobDefaults() { wire.options = options.wire }
        wire.owner = definition.owner
        wire.nextAtMs = next?.milliseconds ?? 0
        wire.lastNominalMs = lastNominal?.milliseconds ?? 0
        return wire
    }
}
