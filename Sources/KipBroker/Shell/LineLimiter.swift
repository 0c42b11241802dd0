import KipCore

/// Bounds how many log lines are written in each window of time, and counts those that were left out.
struct LineLimiter: Sendable {
    private let lines: Int
    private let window: Int64
    private var begin: SteadyTime?
    private var written = 0
    private var omitted = 0

    /// - Parameters:
    ///   - lines: in each window.
    ///   - window: in milliseconds, from the first line on.
    init(lines: Int, every window: Int64) {
        (self.lines, self.window) = (lines, window)
    }

    /// Asks for a line.
    /// - Returns: how many lines were left out since the last one; nil = leave this one out, too.
    mutating func admit(at now: SteadyTime) -> Int? {
        if begin.map({ now.milliseconds(since: $0) >= window }) ?? true { (begin, written) = (now, 0) }
        guard written < lines else {
            omitted += 1
            return nil
        }
        written += 1
        defer { omitted = 0 }
        return omitted
    }
}
