import Foundation
import KipCore
import Testing

@testable import KipStore

/// The log is put back beside the writer, and begins anew.
@Suite struct CheckpointTests {
    @Test("a load that never rests keeps the log within bounds, and nothing of it is lost")
    func bounded() throws {
        let directory = Directory()
        let log = directory.path + "/kip.db-wal"
        let now = Timestamp(milliseconds: 1_000_000)
        var ids: [JobID] = []
        var largest = 0
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            // Some 200 MB pass through the log.
            for _ in 0..<1_000 {
                let drafts = (0..<100).map { _ in
                    JobDraft(kind: "k", runAt: now, payload: [UInt8](repeating: 7, count: 1_000))
                }
                ids += drafts.map(\.id)
                _ = try store.apply(drafts.map { .insert($0, at: now) })
                try store.merge(all: false)
                largest = max(largest, try size(log))
            }
            store.close()
        }
        #expect(largest < 160 << 20, "\(largest >> 20) MB")
        #expect(try size(log) == 0)
        let store = try SQLiteJobStore(directory: directory.path)
        guard case .states(let states) = try store.answer(.states(ids)) else { throw CancellationError() }
        #expect(states.allSatisfy { $0 == .available })
    }

    private func size(_ path: String) throws -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}
