/// How often jobs waited how long, in buckets that grow with the wait: exact below 4 ms, then four buckets to each
/// doubling, so that what is read is at the most an eighth off. Waits over 18 hours are counted as 17.
///
/// Its memory is taken once, with the first note.
struct WaitHistogram: Sendable {
    /// Buckets of one millisecond each, at the beginning.
    private static let exact = 4
    /// Up to 2^26 ms.
    private static let bucketCount = 100

    private var counts: [UInt32] = []

    mutating func note(milliseconds: Int64) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Self.bucketCount) }
        counts[Self.bucket(of: milliseconds)] &+= 1
    }

    mutating func clear() {
        for bucket in counts.indices { counts[bucket] = 0 }
    }

    mutating func add(_ other: WaitHistogram) {
        guard !counts.isEmpty else {
            counts = other.counts
            return
        }
        for bucket in other.counts.indices { counts[bucket] &+= other.counts[bucket] }
    }

    /// The wait, in milliseconds, that so many of a hundred did not exceed; nil = none was noted.
    func percentile(_ percent: Int) -> Int64? {
        let total = counts.reduce(0) { $0 + Int($1) }
        guard total > 0 else { return nil }
        var left = max(1, (total * percent + 99) / 100)
        for (bucket, count) in counts.enumerated() {
            left -= Int(count)
            if left <= 0 { return Self.middle(of: bucket) }
        }
        return nil
    }

    private static func bucket(of milliseconds: Int64) -> Int {
        let wait = UInt64(max(0, milliseconds))
        guard wait >= exact else { return Int(wait) }
        let doublings = wait.bitWidth - 1 - wait.leadingZeroBitCount
        let quarter = Int(wait >> UInt64(doublings - 2)) & 3
        return min(bucketCount - 1, exact + (doublings - 2) * 4 + quarter)
    }

    private static func middle(of bucket: Int) -> Int64 {
        guard bucket >= exact else { return Int64(bucket) }
        let (doublings, quarter) = (bucket - exact).quotientAndRemainder(dividingBy: 4)
        let width = Int64(1) << Int64(doublings)
        return Int64(4 + quarter) * width + width / 2
    }
}
