import Foundation
import KipBroker
import Synchronization

/// The broker of a test's folder, while it runs in this process.
final class RunningBroker: Sendable {
    private let folder: URL
    private let running = Mutex<(broker: Broker, task: Task<Void, any Error>)?>(nil)

    /// - Parameter folder: which is made now, and removed at the end.
    init(in folder: URL) throws {
        self.folder = folder
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        running.withLock { $0?.broker.stop() }
        try? FileManager.default.removeItem(at: folder)
    }

    func start(_ broker: Broker) {
        running.withLock { $0 = (broker, Task { try await broker.run() }) }
    }

    func stop() async throws {
        let taken = running.withLock { running in
            defer { running = nil }
            return running
        }
        taken?.broker.stop()
        try await taken?.task.value
    }
}
