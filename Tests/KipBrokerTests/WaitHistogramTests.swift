import Testing

@testable import KipBroker

/// Waits as percentiles.
@Suite struct WaitHistogramTests {
    @Test(
        "a percentile is at the most an eighth off",
        arguments: [0, 1, 3, 4, 7, 10, 63, 100, 999, 1_000, 4_321, 60_000, 3_600_000, 60_000_000] as [Int64])
    func precision(wait: Int64) throws {
        var histogram = WaitHistogram()
        histogram.note(milliseconds: wait)
        let read = try #require(histogram.percentile(50))
        #expect(abs(read - wait) * 8 <= wait, "\(wait) is read as \(read)")
    }

    @Test("half are below p50, 99 of 100 below p99; sums are of both")
    func percentiles() {
        var histogram = WaitHistogram()
        #expect(histogram.percentile(50) == nil)
        for _ in 0..<98 { histogram.note(milliseconds: 2) }
        var other = WaitHistogram()
        for _ in 0..<2 { other.note(milliseconds: 3) }
        #expect(other.percentile(99) == 3)
        histogram.add(other)
        #expect(histogram.percentile(50) == 2)
        #expect(histogram.percentile(98) == 2)
        #expect(histogram.percentile(99) == 3)
    }

    @Test("what cannot be is counted at an end: a wait below nothing, and one of ages")
    func ends() {
        var histogram = WaitHistogram()
        histogram.note(milliseconds: -5)
        #expect(histogram.percentile(50) == 0)
        histogram.clear()
        #expect(histogram.percentile(50) == nil)
        histogram.note(milliseconds: .max)
        #expect(histogram.percentile(50).map { $0 > 16 * 3_600_000 } == true)
    }
}
