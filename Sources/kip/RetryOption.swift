import KipCore

/// The waits between attempts, as the command line and NDJSON write them.
enum RetryOption {
    /// Reads `10s` (always the same), `1s,5s,1m` (one after the other, the last again and again), or `1s*2..1h` (doubled each
    /// time up to an hour, with jitter).
    /// - Throws: `Failure` that says what would be right.
    static func policy(_ text: String) throws -> RetryPolicy {
        if let star = text.firstIndex(of: "*") {
            let parts = text[text.index(after: star)...].components(separatedBy: "..")
            guard parts.count == 2, let factor = Double(parts[0]), (1...100).contains(factor) else {
                throw Failure.usage(
                    "retry “\(text)” is not such as 1s*2..1h: the first wait, a factor, the longest wait")
            }
            return RetryPolicy(
                baseMilliseconds: try EnqueueLine.duration(String(text[..<star]), "retry").milliseconds,
                factor: factor, capMilliseconds: try EnqueueLine.duration(parts[1], "retry").milliseconds)
        }
        let waits = try text.split(separator: ",").map { try EnqueueLine.duration(String($0), "retry") }
        guard !waits.isEmpty, waits.count <= Limits.backoffDelays else {
            throw Failure.usage("retry “\(text)” names no wait, or more than \(Limits.backoffDelays)")
        }
        return .list(waits)
    }
}
