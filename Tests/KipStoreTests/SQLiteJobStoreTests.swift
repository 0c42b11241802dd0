import Foundation
import GRDB
import KipCore
import Testing

@testable import KipStore

/// A directory of its own for each test.
final class Directory: Sendable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("kip-\(UUID().uuidString)").path

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }
}

@Suite struct SQLiteJobStoreTests {
    private let now = Timestamp(milliseconds: 1_000_000)

    private func draft(_ kind: String = "k", key: String? = nil, priority: Int = 0, in delay: Int64 = 0) -> JobDraft {
        JobDraft(
            kind: kind, priority: priority, runAt: now.advanced(byMilliseconds: delay), uniqueKey: key,
            payload: Array("p".utf8))
    }

    @Test("the writer fsyncs each commit")
    func durable() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let (synchronous, mode) = try store.queue.inDatabase { db in
            (try Int.fetchOne(db, sql: "PRAGMA synchronous"), try String.fetchOne(db, sql: "PRAGMA journal_mode"))
        }
        #expect(synchronous == 2)
        #expect(mode == "wal")
    }

    @Test("the same id and the same key give one job, also after a restart")
    func unique() throws {
        let directory = Directory()
        let first = draft(key: "a")
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            #expect(try store.outcomes([.insert(first, at: now)]) == [.created])
            #expect(try store.outcomes([.insert(first, at: now)]) == [.existing(first.id)])
        }
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(try store.outcomes([.insert(draft(key: "a"), at: now)]) == [.existing(first.id)])
        #expect(
            try store.available(lane: Lane(queue: "default", kind: "k"), limit: 10, bytes: 1_000).jobs.map(\.id) == [
                first.id
            ])
    }

    @Test("a key that was given with an existing id is not taken")
    func keyOfExistingID() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let first = draft()
        var again = first
        again.uniqueKey = "new"
        #expect(
            try store.outcomes([.insert(first, at: now), .insert(again, at: now)]) == [.created, .existing(first.id)])
        #expect(try store.outcomes([.insert(draft(key: "new"), at: now)]) == [.created])
    }

    @Test("waiting jobs come by priority, then by age; delayed ones when their time has come")
    func order() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let low = draft(priority: -1)
        let old = draft()
        let young = draft()
        let high = draft(priority: 5)
        let later = draft(priority: 9, in: 60_000)
        _ = try store.outcomes([low, old, young, high, later].map { .insert($0, at: now) })
        let lane = Lane(queue: "default", kind: "k")
        #expect(
            try store.available(lane: lane, limit: 10, bytes: 1_000).jobs.map(\.id) == [
                high.id, old.id, young.id, low.id,
            ])
        #expect(try store.promote(upTo: now, limit: 10) == Promotion(lanes: [], next: later.runAt))
        #expect(try store.promote(upTo: later.runAt, limit: 10) == Promotion(lanes: [lane], next: nil))
        // It waits since its time, not since it was written.
        let waiting = try store.available(lane: lane, limit: 10, bytes: 1_000).jobs
        #expect(waiting.first { $0.id == later.id }?.runAt == later.runAt)
        #expect(try store.available(lane: lane, limit: 1, bytes: 1_000).jobs.map(\.id) == [later.id])
    }

    @Test("a second broker on the same directory is refused")
    func locked() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(throws: StoreError.inUse(path: directory.path)) { try SQLiteJobStore(directory: directory.path) }
        _ = try store.lanes()
    }

    @Test("a file that is no database is refused by name, and left as it is")
    func damaged() throws {
        let directory = Directory()
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        let file = directory.path + "/kip.db"
        let bytes = Data((0..<8_192).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) })
        try bytes.write(to: URL(fileURLWithPath: file))
        #expect {
            try SQLiteJobStore(directory: directory.path)
        } throws: { error in
            guard case StoreError.damaged(let path, _) = error else { return false }
            return path == file
        }
        #expect(FileManager.default.contents(atPath: file) == bytes)
    }

    @Test("an attempt that is not the one that runs ends nothing")
    func fence() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let job = draft()
        _ = try store.outcomes([.insert(job, at: now), .lease(job.id, attempt: 1, worker: "w")])
        for attempt in [0, 2] {
            let finish = Mutation.Finish(
                id: job.id, attempt: attempt, state: .succeeded, setbacks: Setbacks(failures: 0), worker: "w", at: now)
            let again = Mutation.Again(
                id: job.id, attempt: attempt, setbacks: Setbacks(failures: 1), runAt: now, error: "", outcome: "failed",
                worker: "w",
                at: now)
            _ = try store.outcomes([.finish(finish), .again(again)])
            #expect(try store.running().map(\.job.attempt) == [1])
        }
    }

    @Test("a job that is written in a worker's hands runs, and is found so after a restart")
    func insertedRunning() throws {
        let directory = Directory()
        let job = draft()
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            #expect(try store.outcomes([.insert(job, at: now, worker: "w")]) == [.created])
            #expect(try store.available(lane: Lane(queue: "default", kind: "k"), limit: 10, bytes: 1_000).jobs.isEmpty)
        }
        let running = try SQLiteJobStore(directory: directory.path).running()
        #expect(running.map(\.job.id) == [job.id])
        #expect(running.map(\.job.attempt) == [1])
        #expect(running.map(\.worker) == ["w"])
    }

    @Test("a finished job stays finished whatever comes later")
    func terminal() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let job = draft()
        let finish = Mutation.Finish(
            id: job.id, attempt: 1, state: .succeeded, setbacks: Setbacks(failures: 0), result: [1], worker: "w",
            at: now)
        var late = finish
        late.state = .dead
        _ = try store.outcomes([.insert(job, at: now, worker: "w"), .finish(finish)])
        _ = try store.outcomes([.finish(late), .lease(job.id, attempt: 2, worker: "x")])
        guard case .job(let row, _, let result, _, _) = try store.answer(.job(job.id)) else {
            Issue.record("no job")
            return
        }
        #expect(row.state == .succeeded)
        #expect(result == [1])
    }
}
