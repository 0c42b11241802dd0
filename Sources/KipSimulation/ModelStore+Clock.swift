import KipCore
import KipStore

/// What was counted from a clock that was ahead, corrected in pages.
extension ModelStore {
    /// How far a correction has come.
    struct ClockCursor: Sendable {
        /// What the clock showed with the last page.
        var at = Timestamp(milliseconds: .min)
        /// 0 = held jobs, 1 = blocked ones, 2 = scheduled ones, 3 = unique keys.
        var step = 0
        var runAt = Int64.min
        var job: JobID?
        var key = ""
    }

    /// - Returns: whether there are no others.
    mutating func correctWaits(at now: Timestamp, limit: Int, _ occasion: CorrectionOccasion) -> Bool {
        var cursor = (occasion == .setBack ? nil : correction).flatMap { $0.at <= now ? $0 : nil } ?? ClockCursor()
        var left = limit
        while left > 0 {
            left -= correctPage(at: now, limit: left, &cursor)
            if left > 0 {
                if cursor.step == 3 {
                    correction = nil
                    correctStarts(at: now)
                    unprovenUntil = unprovenUntil.map { min($0, now) }
                    clock = now
                    return true
                }
                cursor = ClockCursor(step: cursor.step + 1)
            }
        }
        cursor.at = now
        correction = cursor
        return false
    }

    private mutating func correctStarts(at now: Timestamp) {
        let later = begun.filter { $0.at > now }
        begun.removeAll { $0.at > now }
        for starts in later { noteStart(starts.queue, now, starts.jobs, Timestamp(milliseconds: .min)) }
    }

    /// - Returns: how many jobs or keys it has looked at.
    private mutating func correctPage(at now: Timestamp, limit: Int, _ cursor: inout ClockCursor) -> Int {
        if cursor.step == 3 { return correctKeys(at: now, limit: limit, &cursor) }
        let known = cursor
        let state = [JobState.held, .blocked, .scheduled][cursor.step]
        var page = rows.inState(state).sorted { $0.job.id < $1.job.id }
        if state == .scheduled {
            let since = max(cursor.runAt, now.milliseconds)
            page = page.filter { row in
                let isAfter = known.job.map { row.job.id > $0 } ?? true
                return row.runAt.milliseconds > since || (row.runAt.milliseconds == since && isAfter)
            }.sorted { ($0.runAt, $0.job.id) < ($1.runAt, $1.job.id) }
        } else {
            page = page.filter { row in known.job.map { row.job.id > $0 } ?? true }
        }
        page = Array(page.prefix(limit))
        for row in page { correctWait(of: row, at: now) }
        if let last = page.last { (cursor.runAt, cursor.job) = (last.runAt.milliseconds, last.job.id) }
        return page.count
    }

    private mutating func correctWait(of row: Row, at now: Timestamp) {
        guard row.runAt > now else { return }
        let starts = (row.moments + [row.job.createdAt]).filter { $0 <= row.runAt }
        guard let start = starts.max(), start > now else { return }
        rows[row.job.id]?.runAt = now.advanced(byMilliseconds: row.runAt.milliseconds(since: start))
    }

    private mutating func correctKeys(at now: Timestamp, limit: Int, _ cursor: inout ClockCursor) -> Int {
        let known = cursor.key
        let page = keys.keys.filter { $0.utf8.lexicographicallyPrecedes(known.utf8) == false && $0 != known }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.prefix(limit)
        for key in page {
            guard let holder = keys[key], let until = holder.until else { continue }
            var period = Limits.farthestMilliseconds
            if case .period(let own)? = rows[holder.job]?.conditions.uniqueScope { period = own }
            keys[key]?.until = min(until, now.advanced(byMilliseconds: period))
        }
        if let last = page.last { cursor.key = last }
        return page.count
    }
}
