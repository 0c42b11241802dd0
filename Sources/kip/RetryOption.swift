import KipCore

/// The waits between attempts, as the command line and NDJSON write them.
enum RetryOption {
    /// Reads `10s` (always the same), `1s,5s,1m` (one after the other, the last again and again), or `1s*2..1h` (doubled each
    /// time up to an hour, with jitter).
    /// - Parameter name: of the option or the field that says it.
    /// - Throws: `Failure` that says what would be right.
    static func policy(_ text: String, _ name: String) throws -> RetryPolicy {
        if let star = text.firstIndex(of: "*") { return try growing(text, star, name) }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard !parts.contains(""), parts.count <= Limits.backoffDelays else {
            throw Failure.usage(
                "\(name) is “\(text)”, with a wait that is empty, or more than \(Limits.backoffDelays); write such as "
                    + "1s,5s,1m")
        }
        return .list(try parts.map { try wait(String($0), name) })
    }

    private static func growing(_ text: String, _ star: String.Index, _ name: String) throws -> RetryPolicy {
        let parts = text[text.index(after: star)...].split(separator: "..", omittingEmptySubsequences: false)
        guard parts.count == 2, let factor = Double(parts[0]), (1...100).contains(factor) else {
            throw Failure.usage(
                "\(name) is “\(text)”, not such as 1s*2..1h: the first wait, a factor from 1 to 100, the longest wait")
        }
        let base = try TimeText.span(String(text[..<star]), name)
        let cap = try wait(String(parts[1]), name)
        guard cap >= base else {
            throw Failure.usage("\(name) is “\(text)”: the longest wait is shorter than the first")
        }
        return RetryPolicy(baseMilliseconds: base.milliseconds, factor: factor, capMilliseconds: cap.milliseconds)
    }

    private static func wait(_ text: String, _ name: String) throws -> Duration {
        let wait = try TimeText.duration(text, name)
        guard wait.milliseconds <= Limits.longestBackoffMilliseconds else {
            throw Failure.usage("\(name) has the wait “\(text)”; the longest is 30d")
        }
        return wait
    }
}
