import KipClient
import Synchronization

/// Looks at the broker for a pool that sizes itself, beside the pool's own loop: a broker that does not answer holds
/// nothing up.
final class PoolWatch: Sendable {
    /// What one look brought.
    enum Look: Sendable {
        /// How long the head of a served queue has waited, and what workers hold, by their names.
        case seen(longestWait: Duration, holding: [String: Int])
        /// The broker did not say.
        case blind
    }

    /// How often.
    private static let interval = Duration.seconds(2)

    private let client: KipClient
    private let queues: Set<String>
    private let latest = Mutex<Look?>(nil)

    /// - Parameter queues: those that the pool's workers serve.
    init(client: KipClient, queues: [String]) {
        self.client = client
        self.queues = Set(queues)
    }

    /// What was seen since the last call; nil = nothing new.
    func take() -> Look? {
        latest.withLock { latest in
            defer { latest = nil }
            return latest
        }
    }

    /// Looks until its task is cancelled.
    func run() async {
        var said = false
        while !Task.isCancelled {
            do throws(KipClientError) {
                let look = try await look()
                latest.withLock { $0 = look }
                said = false
            } catch {
                latest.withLock { $0 = .blind }
                if !said {
                    Terminal.say("kip: the pool keeps its size, as the broker does not say how it does: \(error)")
                }
                said = true
            }
            try? await Task.sleep(for: Self.interval)
        }
    }

    private func look() async throws(KipClientError) -> Look {
        let overview = try await client.overview()
        let waits = overview.queues.filter { queues.contains($0.name) }.map(\.oldestWaiting)
        let workers = try await client.workers()
        return .seen(
            longestWait: .milliseconds(waits.max() ?? 0),
            holding: Dictionary(workers.map { ($0.name, $0.holding) }, uniquingKeysWith: max))
    }
}
