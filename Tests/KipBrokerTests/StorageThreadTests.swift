import Dispatch
import Foundation
import KipCore
import KipStore
import Testing
import ZeroMQ

@testable import KipBroker

@Suite struct StorageThreadTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
        "kip-storage-\(UUID().uuidString)")

    @Test("a thread that has stopped has let its data directory go, whoever still knows the thread")
    func freesTheDirectory() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let storage = try made()
        storage.start()
        #expect(throws: StoreError.self) { try SQLiteJobStore(directory: folder.path) }
        storage.stop()
        try withExtendedLifetime(storage) { _ = try SQLiteJobStore(directory: folder.path) }
    }

    private func made() throws -> StorageThread {
        let store = try SQLiteJobStore(directory: folder.path)
        return try StorageThread(
            store: store, reader: { () throws(StoreError) in try store.separateReader() }, waker: try Waker())
    }

    /// A real reader that answers when it is let.
    private final class Gate: QuestionStore {
        let reader: SQLiteReader
        let isOpen = DispatchSemaphore(value: 0)
        init(_ reader: SQLiteReader) { self.reader = reader }

        func answer(_ question: Question) throws(StoreError) -> Answer {
            isOpen.wait()
            return try reader.answer(question)
        }
    }

    @Test("a question that takes long holds up no write, and one sees what was written before it was asked")
    func questions() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteJobStore(directory: folder.path)
        let gate = Gate(try store.separateReader())
        let storage = try StorageThread(store: store, reader: { gate }, waker: try Waker())
        storage.start()
        let draft = JobDraft(kind: "k", runAt: Timestamp(milliseconds: 1_000), payload: [1])
        let peer = Peer(routingID: [1], delimited: false, encoding: .protobuf)
        let other = QuestionThread.Asked(question: .states([]), request: 7, peer: peer)
        #expect(storage.ask(other))
        // Said again for want of an answer: one will do.
        #expect(!storage.ask(other))
        #expect(storage.ask(QuestionThread.Asked(question: .schedules, request: 8, peer: peer)))
        storage.submit(.write([.insert(draft, at: Timestamp(milliseconds: 1_000))]))
        let first = try #require(nextReply(storage))
        guard case .event(.committed(let applied)) = first else {
            Issue.record("the write waited: \(first)")
            return
        }
        #expect(applied.outcomes == [.created])
        let asked = QuestionThread.Asked(question: .states([draft.id]), request: 9, peer: peer)
        #expect(storage.ask(asked))
        for request in [7, 8] as [UInt64] {
            gate.isOpen.signal()
            guard case .answer(let message, _)? = nextReply(storage) else {
                Issue.record("question \(request) was not answered")
                return
            }
            #expect(message.header.request == request)
        }
        gate.isOpen.signal()
        guard case .answer(let message, _)? = nextReply(storage), case .stateList(let states)? = message.header.body
        else {
            Issue.record("no answer")
            return
        }
        #expect(message.header.request == 9)
        #expect(states.states == [JobState.available.wire])
        storage.stop()
    }

    /// - Returns: nil where none comes within 20 s.
    private func nextReply(_ storage: StorageThread) -> StorageThread.Reply? {
        for _ in 0..<2_000 {
            if let reply = storage.takeReplies().first { return reply }
            Thread.sleep(forTimeInterval: 0.01)
        }
        return nil
    }
}
