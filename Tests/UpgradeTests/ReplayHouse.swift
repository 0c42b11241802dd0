import Foundation
import KipBroker
import KipClient
import Logging

/// A broker of today, and a client of today for what the talks leave out.
final class ReplayHouse {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "kip-u-\(UUID().uuidString.prefix(8))")
    let client: KipClient
    private var running: (broker: Broker, task: Task<Void, any Error>)?

    var endpoint: String { "ipc://\(folder.path)/kip" }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        client = try KipClient(endpoint: "ipc://\(folder.path)/kip")
        try start()
    }

    deinit {
        running?.broker.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    private func start() throws {
        var settings = BrokerSettings()
        settings.heartbeatMilliseconds = 600
        // Of the recording 3 s: too short for a busy machine. One lease ends in these talks, which is waited for.
        settings.leaseMilliseconds = 10_000
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let broker = try Broker(
            directory: folder.appendingPathComponent("data").path, endpoints: [endpoint], settings: settings,
            logger: logger)
        running = (broker, Task { try await broker.run() })
    }

    func restart() async throws {
        running?.broker.stop()
        try await running?.task.value
        running = nil
        // The lock on the data goes with the broker, which its task may hold a moment longer.
        let end = ContinuousClock.now + .seconds(5)
        while true {
            do {
                return try start()
            } catch {
                guard ContinuousClock.now < end else { throw error }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
