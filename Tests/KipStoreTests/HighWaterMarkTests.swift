import Foundation
import GRDB
import HashChain
import KipCore
import Testing

@testable import KipStore

/// A start that finds less than was on disk is held.
@Suite struct HighWaterMarkTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let directory = Directory()
    private var database: String { directory.path + "/kip.db" }

    private func add(_ store: SQLiteJobStore, _ count: Int = 1) throws {
        for _ in 0..<count { _ = try store.outcomes([.insert(JobDraft(kind: "k", runAt: now), at: now)]) }
    }

    /// The files as a crash leaves them, in a directory of their own.
    private func crashed(without name: String? = nil) throws -> Directory {
        let copy = Directory()
        try FileManager.default.copyItem(atPath: directory.path, toPath: copy.path)
        if let name { try FileManager.default.removeItem(atPath: copy.path + "/" + name) }
        return copy
    }

    @Test("a log that was removed after a crash: held, and reconciled, whatever is unfinished waits for a person")
    func logRemoved() throws {
        do {
            let first = try SQLiteJobStore(directory: directory.path)
            try add(first)
            first.close()
        }
        let store = try SQLiteJobStore(directory: directory.path)
        try add(store, 5)
        let whole = try crashed()
        #expect(try SQLiteJobStore(directory: whole.path).standing == .same)
        let cut = try crashed(without: "kip.db-wal")
        do {
            let opened = try SQLiteJobStore(directory: cut.path)
            guard case .commitsMissing = opened.standing else {
                Issue.record("\(opened.standing)")
                return
            }
            // While it is held new jobs are stored: they do not make up for what is missing.
            try add(opened, 3)
            opened.watch?.moveMark()
            try add(opened)
        }
        // It stays so until somebody has looked.
        #expect(try SQLiteJobStore(directory: cut.path).standing.isHeld)
        guard case .commitsMissing = try Inspection(directory: cut.path).standing else {
            Issue.record("the doctor sees nothing")
            return
        }
        let report = try Reconcile.run(directory: cut.path, by: "Lan")
        #expect(report.proof == .commitsMissing)
        #expect(report.quarantined == 5)
        #expect(try SQLiteJobStore(directory: cut.path).standing == .same)
    }

    @Test("also where the log had been put back into the file before")
    func afterCheckpoint() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        // More than 2,000 pages, so that the log is put back while it runs.
        let payload = [UInt8](repeating: 7, count: 60_000)
        try add(store)
        for _ in 0..<2_000 where store.mark.present?.number == 1 {
            _ = try store.outcomes([.insert(JobDraft(kind: "k", runAt: now, payload: payload), at: now)])
            try store.merge(all: true)
        }
        #expect(store.mark.present?.number == 2)
        // Another part may be on its way into the file: the mark follows that, too.
        for _ in 0..<200 where store.mark.present?.number == 2 {
            usleep(2_000)
            try add(store)
            try store.merge(all: true)
        }
        // The copy must not be made in the midst of that.
        store.checkpointer.stop()
        // The copy lives as long as its name does.
        let cut = try crashed(without: "kip.db-wal")
        #expect(try SQLiteJobStore(directory: cut.path).standing.isHeld)
    }

    @Test("an older database that was put in its place by hand is held")
    func replaced() throws {
        do {
            let first = try SQLiteJobStore(directory: directory.path)
            try add(first)
            first.close()
        }
        let old = try Data(contentsOf: URL(fileURLWithPath: database))
        let second = try SQLiteJobStore(directory: directory.path)
        try add(second)
        second.close()
        let copy = try crashed()
        for name in ["kip.db-wal", "kip.db-shm"] { try? FileManager.default.removeItem(atPath: copy.path + "/" + name) }
        try old.write(to: URL(fileURLWithPath: copy.path + "/kip.db"))
        #expect(try SQLiteJobStore(directory: copy.path).standing.isHeld)
    }

    @Test("after a good end there is no log, and the start is not held; nor if another program has put the log back")
    func goodEnd() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        try add(store, 3)
        let copy = try crashed()
        store.close()
        let ended = try crashed()
        #expect(try SQLiteJobStore(directory: ended.path).standing == .same)
        try DatabaseQueue(path: copy.path + "/kip.db").writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
        try? FileManager.default.removeItem(atPath: copy.path + "/kip.db-wal")
        #expect(try SQLiteJobStore(directory: copy.path).standing == .same)
    }

    @Test("a mark that was torn, emptied or removed says nothing")
    func torn() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        try add(store, 3)
        let mark = directory.path + "/kip.mark"
        let text = try String(contentsOfFile: mark, encoding: .utf8)
        #expect(HighWaterMark.read(directory.path)?.number == 1)
        for damage in ["", "\0\0\0", text.replacingOccurrences(of: "00001 ", with: "00009 ")] {
            let copy = try crashed(without: "kip.mark")
            try damage.write(toFile: copy.path + "/kip.mark", atomically: false, encoding: .utf8)
            #expect(HighWaterMark.read(copy.path) == nil)
            #expect(try SQLiteJobStore(directory: copy.path).standing == .same)
        }
    }

    @Test("a batch moves the mark only when it is time")
    func due() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        try add(store, 10)
        #expect(store.mark.present?.number == 1)
        store.watch?.moveMark()
        try add(store, 10)
        #expect(store.mark.present?.number == 2)
    }

    @Test("files that were removed or replaced are noticed")
    func files() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        try add(store)
        let watch = try #require(store.watch)
        #expect(watch.lost == nil)
        for name in ["kip.db", "kip.db-wal", "broker.lock"] {
            let path = directory.path + "/" + name
            try FileManager.default.moveItem(atPath: path, toPath: path + ".aside")
            #expect(watch.lost == .filesReplaced(path: path))
            try FileManager.default.copyItem(atPath: path + ".aside", toPath: path)
            #expect(watch.lost == .filesReplaced(path: path))
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.moveItem(atPath: path + ".aside", toPath: path)
            #expect(watch.lost == nil)
        }
        try FileManager.default.moveItem(atPath: directory.path, toPath: directory.path + ".aside")
        #expect(watch.lost == .filesReplaced(path: directory.path))
        try FileManager.default.moveItem(atPath: directory.path + ".aside", toPath: directory.path)
    }

    @Test("a lock file that was removed lets no second store in")
    func lockRemoved() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        try FileManager.default.removeItem(atPath: directory.path + "/broker.lock")
        #expect(throws: StoreError.inUse(path: directory.path)) { try SQLiteJobStore(directory: directory.path) }
        try add(store)
    }
}
