/// When a failed job is tried again: exponential backoff with jitter.
///
/// The wait after failure *n* is `base · factor^(n-1)`, at the most `cap`, spread by `jitter` to both sides, so that
/// jobs that failed together do not come back together (M. Brooker, “Exponential Backoff and Jitter”, 2015).
public struct RetryPolicy: Hashable, Sendable, Codable {
    /// The wait after the first failure, in milliseconds. Default 1,000.
    public var baseMilliseconds: Int64
    /// What each further failure multiplies the wait by. Default 2.
    public var factor: Double
    /// The longest wait, in milliseconds. Default one hour.
    public var capMilliseconds: Int64
    /// The share by which a wait is spread: 0.2 means between 80 % and 120 %. Default 0.2.
    public var jitter: Double

    /// A policy; values outside their range are moved to its nearest end (base and cap 0 to 30 days, factor 1 to 100,
    /// jitter 0 to 1).
    public init(
        baseMilliseconds: Int64 = 1_000, factor: Double = 2, capMilliseconds: Int64 = 3_600_000, jitter: Double = 0.2
    ) {
        self.baseMilliseconds = min(max(0, baseMilliseconds), Limits.longestBackoffMilliseconds)
        self.factor = factor.isFinite ? min(max(1, factor), 100) : 2
        self.capMilliseconds = min(max(0, capMilliseconds), Limits.longestBackoffMilliseconds)
        self.jitter = jitter.isFinite ? min(max(0, jitter), 1) : 0.2
    }

    /// The default policy.
    public static let standard = RetryPolicy()

    /// The wait after a failure, in milliseconds.
    /// - Parameters:
    ///   - failures: how many failures there have been, the last one included: 1 or more.
    ///   - random: any number; it decides the jitter, so that a simulation can repeat itself.
    public func delay(afterFailures failures: Int, random: UInt64) -> Int64 {
        var wait = Double(baseMilliseconds)
        var step = 1
        while step < failures, wait < Double(capMilliseconds) {
            wait *= factor
            step += 1
        }
        wait = min(wait, Double(capMilliseconds))
        let unit = Double(random >> 11) / Double(1 << 53)
        return Int64(wait * (1 + jitter * (2 * unit - 1)))
    }
}
