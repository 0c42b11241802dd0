import KipClient

/// Does what somebody asked `kip top` for, and says what came of it.
enum TopWishes {
    typealias Pause = @Sendable (KipClient, _ queue: String, _ isPaused: Bool) async throws -> Void

    /// How a queue is paused and resumed.
    static let pause: Pause? = { client, queue, isPaused in
        if isPaused {
            try await client.pause(queue: queue, by: Person.name)
        } else {
            try await client.resume(queue: queue, by: Person.name)
        }
    }

    static func fulfil(_ wish: TopState.Wish, _ client: KipClient) async -> String {
        do {
            switch wish {
            case .quit: return ""
            case .pause(let queue, let isPaused):
                try await pause?(client, queue, isPaused)
                return "“\(queue)” is \(isPaused ? "paused" : "resumed")"
            case .retryDead(let queue):
                let count = try await JobsRetry.retryAll(JobFilter(state: .dead, queue: queue), client)
                return count == 0
                    ? "“\(queue)” has no dead letters"
                    : "\(Figures.count(count)) \(count == 1 ? "job of “\(queue)” waits" : "jobs of “\(queue)” wait") again"
            case .drain(let worker, let name):
                let told = try await client.drain(workers: [worker])
                return told.isEmpty ? "“\(name)” had left already" : "“\(name)” finishes what it runs and leaves"
            }
        } catch {
            return "\(error)"
        }
    }
}
