import Dispatch
import KipCore
import KipStore
import Synchronization
import ZeroMQ

/// The thread that owns the store, and two that read beside it. The first works off what the router thread asks, in order;
/// the others answer operators' questions, so that no list holds up a job, however long it is: one those whose rows are
/// found by their index, one those that may look at every job. All leave what they have to say in a mailbox. One lock is
/// taken for each batch, none for each job.
final class StorageThread: Sendable {
    typealias Task = StorageInbox.Task

    enum Reply: Sendable {
        case event(Event)
        case trouble(String)
        /// Nothing may be confirmed any more: the broker ends.
        case mustEnd(StoreError)
        case answer(WireMessage, to: QuestionThread.Asked)
        case stopped
    }

    /// Until the thread has it.
    private let store: Mutex<(any JobStore)?>
    private let inbox: StorageInbox
    private let replies: Mailbox
    private let hasEnded = DispatchSemaphore(value: 0)
    /// Why nothing is written any more; nil = all is well.
    private let lost = Mutex<StoreError?>(nil)
    private let isLost = Atomic(false)
    private let lookups: QuestionThread
    private let lists: QuestionThread

    /// - Parameters:
    ///   - reader: makes what reads the store, each time with a connection of its own.
    ///   - waker: woken when there is a reply.
    init(
        store: any JobStore, reader: () throws(StoreError) -> any QuestionStore, waker: Waker
    ) throws(StoreError) {
        self.store = Mutex(store)
        let replies = Mailbox(waker: waker)
        self.replies = replies
        let inbox = StorageInbox()
        self.inbox = inbox
        lookups = QuestionThread(name: "kip-lookups", reader: try reader(), inbox) { replies.put(.answer($0, to: $1)) }
        lists = QuestionThread(name: "kip-lists", reader: try reader(), inbox) { replies.put(.answer($0, to: $1)) }
    }

    /// What was said and not yet heard.
    private final class Mailbox: Sendable {
        private let replies = Guarded<[Reply]>([])
        private let waker: Waker

        init(waker: Waker) { self.waker = waker }

        func put(_ reply: Reply) {
            replies.withLock { $0.append(reply) }
            waker.wake()
        }

        func takeAll() -> [Reply] {
            replies.withLock { replies in
                let taken = replies
                replies = []
                return taken
            }
        }
    }

    func start() {
        SocketThread.start(name: "kip-storage") { [self] in
            work()
            hasEnded.signal()
        }
        lookups.start()
        lists.start()
    }

    func submit(_ task: Task) { inbox.put(task) }

    /// The store's files are gone or others: from here on nothing is written, and nothing confirmed.
    func abandon(_ error: StoreError) {
        lost.withLock { $0 = error }
        isLost.store(true, ordering: .releasing)
    }

    private var loss: StoreError? { isLost.load(ordering: .acquiring) ? lost.withLock { $0 } : nil }

    /// - Returns: whether an answer will come; not where the same message waits for one.
    func ask(_ asked: QuestionThread.Asked) -> Bool {
        (asked.question.isLookup ? lookups : lists).ask(asked)
    }

    /// Lets what was asked be done and ends the threads. When this returns the store is closed, and its data directory is
    /// free for another broker.
    func stop() {
        // The readers first: the store puts its log into the file when it closes, which nobody may read then.
        lookups.stop()
        lists.stop()
        submit(.stop)
        hasEnded.wait()
    }

    func takeReplies() -> [Reply] { replies.takeAll() }

    /// So long nobody wants anything before the store merges, in milliseconds.
    private static let quiet = 20

    /// The store ends with this function, which alone has it: before `stop` returns, not some time after.
    private func work() {
        guard let store = store.withLock({ $0.take() }) else { return }
        var said: String?
        var isEnding = false
        while true {
            let task = inbox.take(within: store.hasRecent ? Self.quiet : nil)
            if let task {
                let reply = reply(to: task, from: store)
                inbox.note(storeIsAhead: store.hasRecent)
                tell(store.trouble, after: &said)
                if let reply { replies.put(reply) }
                if case .stopped = reply {
                    // What is not where it was is not written to.
                    if loss == nil { store.close() }
                    return
                }
            }
            _ = merge(store, all: task == nil)
            tell(store.trouble, after: &said)
            if let error = store.mustEnd, !isEnding {
                isEnding = true
                replies.put(.mustEnd(error))
            }
        }
    }

    /// Tells of a trouble once.
    private func tell(_ trouble: String?, after said: inout String?) {
        if trouble == said { return }
        said = trouble
        if let trouble { replies.put(.trouble(trouble)) }
    }

    /// - Returns: why it could not; the store's `trouble` says it, too.
    private func merge(_ store: any JobStore, all: Bool) -> StoreError? {
        defer { inbox.note(storeIsAhead: store.hasRecent) }
        if let loss { return loss }
        do throws(StoreError) {
            try store.merge(all: all)
            return nil
        } catch {
            return error
        }
    }

    private func reply(to task: Task, from store: any JobStore) -> Reply? {
        switch task {
        case .write(let batch):
            if let loss { return .event(.commitFailed(loss)) }
            do throws(StoreError) {
                return .event(.committed(try store.apply(batch)))
            } catch {
                return .event(.commitFailed(error))
            }
        case .refill(let lane, let limit, let bytes, let generation):
            do throws(StoreError) {
                let waiting = try store.available(lane: lane, limit: limit, bytes: bytes)
                return .event(.refilled(lane, waiting, generation: generation))
            } catch {
                return .event(.refillFailed(lane))
            }
        case .promote(let now, let limit):
            return .event(.promoted(try? store.promote(upTo: now, limit: limit)))
        case .merge(let wait):
            wait.finish(merge(store, all: true))
            return nil
        case .stop:
            return .stopped
        }
    }
}
