import Dispatch
import KipCore
import KipStore
import Synchronization
import ZeroMQ

/// A thread that reads beside the store and answers operators' questions, one after the other; askers take turns.
final class QuestionThread: Sendable {
    /// What an operator wants to know.
    struct Asked: Sendable, Equatable {
        var question: Question
        /// The message's number; 0 = it had none.
        var request: UInt64
        var peer: Peer
    }

    private struct Desk {
        var waiting = QuestionTurns()
        var present: Asked?
    }

    private let name: String
    /// Until the thread has it.
    private let reader: Mutex<(any QuestionStore)?>
    private let desk = Mutex(Desk())
    private let hasWork = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let inbox: StorageInbox
    private let say: @Sendable (WireMessage, Asked) -> Void

    /// - Parameters:
    ///   - name: the thread's.
    ///   - inbox: of the thread that writes what is read here.
    ///   - say: is given each answer, on this thread.
    init(
        name: String, reader: any QuestionStore, _ inbox: StorageInbox,
        say: @escaping @Sendable (WireMessage, Asked) -> Void
    ) {
        self.name = name
        self.inbox = inbox
        self.reader = Mutex(reader)
        self.say = say
    }

    func start() {
        SocketThread.start(name: name) { [self] in
            read()
            hasEnded.signal()
        }
    }

    /// Asks, unless the same message is here already: a client that hears nothing says it again, and one answer is enough,
    /// where reading takes longer than its patience.
    /// - Returns: whether an answer will come for this.
    func ask(_ asked: Asked) -> Bool {
        let isNew = desk.withLock { desk in
            if asked.request != 0, desk.present == asked || desk.waiting.contains(asked) { return false }
            desk.waiting.append(asked)
            return true
        }
        if isNew { hasWork.signal() }
        return isNew
    }

    /// Answers what was asked, and ends. When this returns the reader is closed.
    func stop() {
        // One signal more than there are questions.
        hasWork.signal()
        hasEnded.wait()
    }

    private func read() {
        guard let reader = reader.withLock({ $0.take() }) else { return }
        while let asked = next() {
            do throws(StoreError) {
                try prepare(asked.question)
                say(try reader.answer(asked.question).message(request: asked.request), asked)
            } catch {
                say(WireMessage(Refusal(.storage, "\(error)").wire, request: asked.request), asked)
            }
        }
    }

    /// A job that is safe and has no row yet must not be taken for one that is not there. A list of all others is worth
    /// having all the same, where the disk is full, say.
    private func prepare(_ question: Question) throws(StoreError) {
        do throws(StoreError) {
            try inbox.waitUntilReadable()
        } catch {
            if question.isLookup { throw error }
        }
    }

    private func next() -> Asked? {
        desk.withLock { $0.present = nil }
        hasWork.wait()
        return desk.withLock { desk in
            desk.present = desk.waiting.popFirst()
            return desk.present
        }
    }
}
