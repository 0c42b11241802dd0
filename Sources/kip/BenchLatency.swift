import Foundation
import KipClient
import KipCore

/// How long a job of a steady stream takes from the call to its confirmation, which is on disk, and to the beginning of its
/// handler. Each is enqueued at its own time, whatever became of those before: a slow answer delays nobody, so that it
/// cannot hide others (“coordinated omission”, G. Tene).
struct BenchLatency {
    let client: KipClient
    let jobs: Int
    let rate: Int
    let bytes: Int

    struct Figures: Encodable {
        var jobs: Int
        /// In milliseconds.
        var confirmed: Spread
        /// In milliseconds.
        var begun: Spread
    }

    /// - Throws: `KipClientError`, or `Failure` where a job did not tell when it began.
    func run() async throws -> Figures {
        let sent = try await enqueueAll()
        try await client.wait(sent.map(\.id), timeout: .seconds(600))
        return Figures(
            jobs: jobs, confirmed: Spread(sent.map(\.confirmed)), begun: Spread(try await begun(sent.map(\.id))))
    }

    /// So many are asked after at a time.
    private static let lanes = 64

    /// After how many milliseconds each began, as its result tells.
    private func begun(_ ids: [JobID]) async throws -> [Double] {
        try await withThrowingTaskGroup(of: [Double].self) { group in
            for lane in 0..<Self.lanes {
                group.addTask {
                    var begun: [Double] = []
                    for place in stride(from: lane, to: ids.count, by: Self.lanes) {
                        begun.append(try await self.begun(ids[place]))
                    }
                    return begun
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func begun(_ id: JobID) async throws -> Double {
        let result = try await client.job(id).result
        guard let nanoseconds = Double(String(decoding: result, as: UTF8.self)) else {
            throw Failure.software("job \(id) did not tell when it began: is the worker of this version?")
        }
        return nanoseconds / 1e6
    }

    /// From a thread of its own: to be woken late, or through the pool of threads, takes a tenth of a millisecond that would
    /// count as the queue's.
    private func enqueueAll() async throws -> [(id: JobID, confirmed: Double)] {
        let (results, inlet) = AsyncThrowingStream<(id: JobID, confirmed: Double), any Error>.makeStream()
        Thread.detachNewThread {
            let gap = Duration.seconds(1) / rate
            let start = ContinuousClock.now
            for number in 0..<jobs {
                let due = start + gap * number
                Self.sleep(until: due, gap: gap)
                // As far as it goes without waiting, here and now.
                Task.immediate {
                    do {
                        inlet.yield(try await enqueue(due))
                    } catch {
                        inlet.finish(throwing: error)
                    }
                }
            }
        }
        var sent: [(id: JobID, confirmed: Double)] = []
        for try await one in results.prefix(jobs) { sent.append(one) }
        return sent
    }

    /// How much too late the system may wake a thread (prctl(2), PR_SET_TIMERSLACK, and the way there).
    private static let slack = Duration.microseconds(100)

    /// At a high rate what became due in a sleep follows at once, and a thread that waits awake would take what the queue
    /// needs.
    private static func sleep(until due: ContinuousClock.Instant, gap: Duration) {
        let isExact = gap > slack * 10
        while true {
            let left = due - .now - (isExact ? slack : .zero)
            guard left > .zero else { break }
            var time = timespec(
                tv_sec: Int(left.components.seconds), tv_nsec: Int(left.components.attoseconds / 1_000_000_000))
            nanosleep(&time, nil)
        }
        while isExact, ContinuousClock.now < due {}
    }

    private func enqueue(_ due: ContinuousClock.Instant) async throws -> (id: JobID, confirmed: Double) {
        // The moment it was due, on the clock that both processes read.
        let late = (ContinuousClock.now - due).inSeconds
        let payload = BenchJob.payload(bytes: bytes, dueAt: BenchJob.nanoseconds() - Int64(late * 1e9))
        let id = try await client.enqueue(JobRequest(kind: BenchJob.kind, payload: payload)).id
        return (id, (ContinuousClock.now - due).inSeconds * 1e3)
    }
}

/// How measurements are spread: of all of them, by rank.
struct Spread: Encodable {
    var p50 = 0.0
    var p90 = 0.0
    var p99 = 0.0
    var p999 = 0.0
    var max = 0.0

    init(_ values: [Double]) {
        let sorted = values.sorted()
        guard let last = sorted.last else { return }
        // The smallest that so many are not above (nearest rank).
        func rank(_ share: Double) -> Double {
            sorted[Swift.max(0, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
        }
        (p50, p90, p99, p999, max) = (rank(0.5), rank(0.9), rank(0.99), rank(0.999), last)
    }
}
