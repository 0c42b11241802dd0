import Foundation
import KipStore
import Testing
import ZeroMQ

@testable import KipBroker

@Suite struct StorageThreadTests {
    @Test("a thread that has stopped has let its data directory go, whoever still knows the thread")
    func freesTheDirectory() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kip-storage-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let storage = StorageThread(store: try SQLiteJobStore(directory: folder.path), waker: try Waker())
        storage.start()
        #expect(throws: StoreError.self) { try SQLiteJobStore(directory: folder.path) }
        storage.stop()
        try withExtendedLifetime(storage) { _ = try SQLiteJobStore(directory: folder.path) }
    }
}
