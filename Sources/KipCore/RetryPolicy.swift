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

    /// A policy. Values outside of their ranges (base, cap and delays 0 to 30 days, factor 1 to 100, jitter 0 to 1, at most
    /// 100 delays) are refused when a job with this policy is enqueued.
    public init(
        baseMilliseconds: Int64 = 1_000, factor: Double = 2, capMilliseconds: Int64 = 3_600_000, jitter: Double = 0.2,
        delaysMilliseconds: [Int64] = []
    ) {
        self.baseMilliseconds = baseMilliseconds
        self.factor = factor
        self.capMilliseconds = capMilliseconds
        self.jitter = jitter
        self.delaysMilliseconds = delaysMilliseconds
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
        let spread = wait * (1 + jitter * (2 * unit - 1))
        // A policy on disk may be of a release that did not check it.
        guard spread.isFinite else { return Limits.longestBackoffMilliseconds }
        return Int64(min(max(0, spread), Double(Limits.longestBackoffMilliseconds)))
    }

    private func wait(afterFailures failures: Int) -> Double {
        if !delaysMilliseconds.isEmpty {
            return Double(delaysMilliseconds[min(max(failures, 1), delaysMilliseconds.count) - 1])
        }
        var wait = Double(baseMilliseconds)
        var step = 1
        // The longest policy, by a factor of 1, grows no further; any other reaches its cap in a few steps.
        while step < failures, wait < Double(capMilliseconds), factor > 1 {
            wait *= factor
            step += 1
        }
        return min(wait, Double(capMilliseconds))
    }
}

extension RetryPolicy {
    /// The policy that the wire describes; zeros are the defaults.
    /// - Parameter label: the job, for the error.
    /// - Throws: `Refusal` that names the value that is out of its range.
    init(checking wire: WireBackoff, _ label: some CustomStringConvertible) throws(Refusal) {
        let waits: [(String, Int64)] =
            [("baseMs", wire.baseMs), ("capMs", wire.capMs)] + wire.delaysMs.map { ("delaysMs", $0) }
        for (field, wait) in waits where !(0...Limits.longestBackoffMilliseconds).contains(wait) {
            throw Refusal(
                .invalid,
                "\(label): \(field) of its backoff is \(wait) ms, not from 0 to \(Limits.longestBackoffMilliseconds) (30 days)"
            )
        }
        if wire.delaysMs.count > Limits.backoffDelays {
            throw Refusal(
                .tooLarge,
                "\(label): its backoff has \(wire.delaysMs.count) delays, the limit is \(Limits.backoffDelays)")
        }
        guard wire.factor == 0 || (1...100).contains(wire.factor) else {
            throw Refusal(.invalid, "\(label): the factor of its backoff is \(wire.factor), not from 1 to 100")
        }
        guard (0...1).contains(wire.jitter) else {
            throw Refusal(.invalid, "\(label): the jitter of its backoff is \(wire.jitter), not from 0 to 1")
        }
        self.init(wire: wire)
    }

    /// The policy that the wire describes, without a check; zeros are the defaults.
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
        // 0 means the default there; a list says no wait at all.
        if delaysMilliseconds.isEmpty, baseMilliseconds == 0 || capMilliseconds == 0 { wire.delaysMs = [0] }
        return wire
    }
}
