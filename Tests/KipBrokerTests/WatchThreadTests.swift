import Foundation
import KipCore
import KipStore
import Logging
import OwnThread
import Testing
import ZeroMQ

@testable import KipBroker

/// The thread that looks whether a broker's files are still there.
@Suite(.serialized, .ownThread) struct WatchThreadTests {
    @Test(
        "a log that is gone because the broker stops is no loss, and one that is gone while it serves is",
        arguments: [true, false])
    func closed(isStopping: Bool) throws {
        let directory = FileManager.default.temporaryDirectory.path + "/kip-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let store = try SQLiteJobStore(directory: directory)
        let context = try Context()
        let socket = try Socket(.router, in: context)
        let monitor = try HandshakeMonitor(of: socket, isServer: true, in: context)
        let (stops, lost) = (StopFlag(), StopFlag())
        let log = HandshakeLog(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let watch = try WatchThread(store.watch, log, until: stops) { _ in lost.set() }
        watch.start(monitor)
        defer { watch.stop() }
        if isStopping { stops.set() }
        try FileManager.default.removeItem(atPath: directory + "/kip.db-wal")
        for _ in 0..<50 where !lost.isSet { usleep(isStopping ? 50_000 : 200_000) }
        #expect(lost.isSet == !isStopping)
    }
}
