import Foundation
import KipBroker
import KipClient
import KipWorker
import Logging
import Synchronization

/// A real broker in this process, on a data directory of its own. It can be stopped and started again.
final class LocalBroker: Sendable {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kip-w-\(UUID().uuidString.prefix(8))")
    let client: KipClient
    private let running: RunningBroker

    var endpoint: String { "ipc://\(folder.path)/kip" }

    init() throws {
        running = try RunningBroker(in: folder)
        client = try KipClient(endpoint: "ipc://\(folder.path)/kip")
        try start()
    }

    func start() throws {
        var settings = BrokerSettings()
        settings.heartbeatMilliseconds = 200
        settings.leaseMilliseconds = 10_000
        let broker = try Broker(
            directory: folder.appendingPathComponent("data").path, endpoints: [endpoint], settings: settings,
            logger: quiet)
        running.start(broker)
    }

    func stop() async throws { try await running.stop() }

    /// A worker that works until the returned task is cancelled, which drains it.
    func worker(
        _ kinds: any Job.Type..., named name: String = "", concurrency: Int = 4, prefetch: Int? = nil,
        drain: Duration = .seconds(10)
    ) throws -> Task<Void, any Error> {
        var registry = JobRegistry()
        for kind in kinds { registry.register(kind) }
        let worker = try KipWorker(
            endpoint: endpoint, name: name, concurrency: concurrency, prefetch: prefetch, drainTimeout: drain,
            registry: registry, logger: quiet)
        return Task { try await worker.run() }
    }

    /// A job's end, with all that is known of it.
    func end(of id: JobID) async throws -> JobDetail {
        try await client.wait([id], timeout: .seconds(200))
        return try await client.job(id)
    }

    func end(of job: EnqueuedJob) async throws -> JobDetail { try await end(of: job.id) }
}

let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// What handlers of a test did, by a name that each test makes for itself.
final class Journal: Sendable {
    static let shared = Journal()
    private let entries = Mutex<[String: [String]]>([:])

    func note(_ entry: String, in name: String) {
        entries.withLock { $0[name, default: []].append(entry) }
    }

    func read(_ name: String) -> [String] {
        entries.withLock { $0[name] ?? [] }
    }

    /// Waits until so many entries are there.
    func wait(for count: Int, in name: String) async throws {
        while read(name).count < count { try await Task.sleep(for: .milliseconds(5)) }
    }
}
