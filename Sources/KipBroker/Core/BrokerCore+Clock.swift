import KipCore
import KipStore

/// Corrects times after the wall clock was ahead and is put back (by a person, or by a faulty time server): without it,
/// schedules and retries would wait for years.
extension BrokerCore {
    /// A step back of fewer milliseconds moves nothing that anybody would notice.
    private static let toleratedStepBack: Int64 = 1_000
    /// A step forward of more milliseconds is doubted before anything is deleted because of it, for this long.
    private static let doubtedStepForward: Int64 = 3_600_000
    private static let doubtMilliseconds: Int64 = 600_000
    /// How much later than the last one the clock is written down, in milliseconds.
    private static let noteEvery: Int64 = 60_000

    /// Compares both clocks with what they showed at the event before.
    mutating func readClocks(_ moment: Moment) {
        let step = moment.wall.milliseconds(since: wall)
            .subtractingSaturated(moment.steady.milliseconds(since: steady))
        steady = moment.steady
        wall = moment.wall
        if step < -Self.toleratedStepBack { correctionDue = .setBack }
        if step > Self.doubtedStepForward, let next = nextPrune {
            nextPrune = max(next, steady.advanced(byMilliseconds: Self.doubtMilliseconds))
        }
    }

    /// Corrects the times that were computed while the clock was ahead.
    mutating func correctWaits(at now: Timestamp) {
        guard let occasion = correctionDue, !isCorrectionUnderway, heldBecause == nil,
            settings.broken != .keepsWaitsOfLaterClock
        else { return }
        batch.append(.correctWaits(at: now, limit: settings.correctedAtOnce, occasion))
        promises.continuations.append(.waitsCorrected(at: now, occasion))
        correctionDue = nil
        isCorrectionUnderway = true
    }

    /// A page of waits is counted anew on disk; with the first one it is known what schedules have fired for by the true clock.
    mutating func waitsCorrected(_ outcome: WriteOutcome?, by corrected: Timestamp, at now: Timestamp) {
        isCorrectionUnderway = false
        nextDue = min(nextDue ?? now, now)
        guard case .waitsCorrected(let lastFirings, let isAll) = outcome else { return }
        if isAll { notedClock = corrected } else { correctionDue = correctionDue ?? .nextPage }
        if let lastFirings { correctSchedules(lastFirings, at: now) }
    }

    /// A page could not be written.
    mutating func correctionFailed(_ occasion: CorrectionOccasion) {
        isCorrectionUnderway = false
        // The clock may have been put back once more.
        if correctionDue != .setBack { correctionDue = occasion }
    }

    private mutating func correctSchedules(_ lastFirings: [String: Timestamp], at now: Timestamp) {
        for index in schedules.indices {
            let last = lastFirings[schedules[index].definition.name]
            guard let corrected = schedules[index].corrected(at: now, since: last, by: settings.workingDays) else {
                continue
            }
            note(.scheduleCorrected(from: schedules[index], to: corrected))
            schedules[index] = corrected
            batch.append(.storeSchedule(corrected.stored))
        }
    }

    /// The latest reading of the clock goes to disk with what was counted from it, so that a start knows whether it was ahead.
    mutating func noteClock() {
        // A reading that is earlier is written by the correction alone: until then a start has to know.
        if let notedClock, wall.milliseconds(since: notedClock) < Self.noteEvery { return }
        promises.continuations.append(.clockNoted(before: notedClock))
        notedClock = wall
        // What earlier pages have left was counted from no later reading than this one.
        if correctionDue != .setBack { correctionDue = nil }
        batch.append(.noteClock(wall))
    }
}
