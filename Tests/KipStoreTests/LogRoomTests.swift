import Foundation
import KipCore
import Testing

@testable import KipStore

/// The log's blocks are there before they are written.
@Suite struct LogRoomTests {
    private let now = Timestamp(milliseconds: 1_000_000)

    private func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    private func enqueue(_ count: Int, _ store: SQLiteJobStore) throws -> [JobID] {
        let drafts = (0..<count).map { _ in JobDraft(kind: "k", runAt: now, payload: [1, 2, 3]) }
        _ = try store.apply(drafts.map { .insert($0, at: now) })
        return drafts.map(\.id)
    }

    @Test("commits find room, the file does not grow with them, and a stop in their midst loses nothing")
    func room() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        var ids = try enqueue(10, store)
        try store.prepare()
        let written = directory.path + "/kip.db-wal"
        let room = try size(written)
        #expect(room == 20 << 20)
        for _ in 0..<20 { ids += try enqueue(50, store) }
        #expect(try size(written) == room)

        // What a process that was killed leaves behind.
        let left = Directory()
        try FileManager.default.createDirectory(atPath: left.path, withIntermediateDirectories: true)
        for file in ["kip.db", "kip.db-wal"] {
            try FileManager.default.copyItem(atPath: "\(directory.path)/\(file)", toPath: "\(left.path)/\(file)")
        }
        let again = try SQLiteJobStore(directory: left.path)
        try again.prepare()
        ids += try enqueue(5, again)
        try again.merge(all: true)
        guard case .states(let states) = try again.answer(.states(ids)) else { throw CancellationError() }
        #expect(states.count == 1_015 && states.allSatisfy { $0 == .available })
        again.close()
        // The file alone is the database again: the room is given back.
        let log = left.path + "/kip.db-wal"
        #expect((try? size(log)) ?? 0 == 0)
    }

    @Test("a broker that stopped in good order has room again when it starts")
    func restart() throws {
        let directory = Directory()
        var ids: [JobID] = []
        for _ in 0..<3 {
            let store = try SQLiteJobStore(directory: directory.path)
            try store.prepare()
            #expect(try size(directory.path + "/kip.db-wal") == 20 << 20)
            ids += try enqueue(5, store)
            try store.merge(all: true)
            guard case .states(let states) = try store.answer(.states(ids)) else { throw CancellationError() }
            #expect(states.count == ids.count && states.allSatisfy { $0 == .available })
            store.close()
        }
    }

    @Test("a log that has its room is left alone, and none is made where there is no log")
    func twice() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        _ = try enqueue(1, store)
        try store.prepare()
        let ids = try enqueue(3, store)
        let bytes = try Data(contentsOf: URL(filePath: directory.path + "/kip.db-wal"))
        try store.prepare()
        #expect(try Data(contentsOf: URL(filePath: directory.path + "/kip.db-wal")) == bytes)
        try store.merge(all: true)
        guard case .states(let states) = try store.answer(.states(ids)) else { throw CancellationError() }
        #expect(states.allSatisfy { $0 == .available })

        #expect(LogRoom.make(for: directory.path + "/none"))
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/none"))
    }
}
