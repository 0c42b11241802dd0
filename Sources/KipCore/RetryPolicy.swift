/// When a failed job is tried again: exponential backoff with jitter, a fixed wait, or a list of waits. A kind that knows
/// better says so in `Job.delay(afterFailure:_:)`.
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
    /// The waits one by one, in milliseconds, instead of base and factor; the last one serves all further failures. Default
    /// none.
    public var delaysMilliseconds: [Int64]

    /// A policy; values outside their range are moved to its nearest end (base, cap and delays 0 to 30 days, factor 1 to
    /// 100, jitter 0 to 1; at the most 100 delays).
    public init(
        baseMilliseconds: Int64 = 1_000, factor: Double = 2, capMilliseconds: Int64 = 3_600_000, jitter: Double = 0.2,
        delaysMilliseconds: [Int64] = []
    ) {
        self.baseMilliseconds = min(max(0, baseMilliseconds), Limits.longestBackoffMilliseconds)
        self.factor = factor.isFinite ? min(max(1, factor), 100) : 2
        self.capMilliseconds = min(max(0, capMilliseconds), Limits.longestBackoffMilliseconds)
        self.jitter = jitter.isFinite ? min(max(0, jitter), 1) : 0.2
        self.delaysMilliseconds = delaysMilliseconds.prefix(Limits.backoffDelays).map {
            min(max(0, $0), Limits.longestBackoffMilliseconds)
        }
    }

    /// The default policy.
    public static let standard = RetryPolicy()

    /// The same wait after each failure, without jitter.
    public static func fixed(_ wait: Duration) -> RetryPolicy {
        RetryPolicy(jitter: 0, delaysMilliseconds: [wait.milliseconds])
    }

    /// One wait after the other, the last one again and again.
    /// - Parameter jitter: the share by which each is spread. Default none.
    public static func list(_ waits: [Duration], jitter: Double = 0) -> RetryPolicy {
        RetryPolicy(jitter: jitter, delaysMilliseconds: waits.map(\.milliseconds))
    }

    /// The wait after a failure, in milliseconds.
    /// - Parameters:
    ///   - failures: how many failures there have been, the last one included: 1 or more.
    ///   - random: any number; it decides the jitter, so that a simulation can repeat itself.
    public func delay(afterFailures failures: Int, random: UInt64) -> Int64 {
        let wait = wait(afterFailures: failures)
        let unit = Double(random >> 11) / Double(1 << 53)
        return Int64(wait * (1 + jitter * (2 * unit - 1)))
    }

    private func wait(afterFailures failures: Int) -> Double {
        if !delaysMilliseconds.isEmpty {
            return Double(delaysMilliseconds[min(max(failures, 1), delaysMilliseconds.count) - 1])
        }
        var wait = Double(baseMilliseconds)
        var step = 1
        while step < failures, wait < Double(capMilliseconds) {
            wait *= factor
            step += 1
        }
        return min(wait, Double(capMilliseconds))
    }
}

extension RetryPolicy {
    /// The policy that the wire describes; zeros are the defaults.
    public init(wire: WireBackoff) {
        self.init(
            baseMilliseconds: wire.baseMs == 0 ? 1_000 : wire.baseMs, factor: wire.factor == 0 ? 2 : wire.factor,
            capMilliseconds: wire.capMs == 0 ? 3_600_000 : wire.capMs,
            jitter: wire.exact ? 0 : wire.jitter == 0 ? 0.2 : wire.jitter, delaysMilliseconds: wire.delaysMs)
    }

    /// The policy on the wire.
    public var wire: WireBackoff {
        var wire = WireBackoff()
        wire.baseMs = baseMilliseconds
        wire.factor = factor
        wire.capMs = capMilliseconds
        wire.jitter = jitter
        wire.exact = jitter == 0
        wire.delaysMs = delaysMilliseconds
        return wire
    }
}
