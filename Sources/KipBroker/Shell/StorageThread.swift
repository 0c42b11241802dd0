import Dispatch
import KipCore
import KipStore
import Synchronization
import ZeroMQ

/// The thread that owns the store. It works off what the router thread asks, in order, and leaves the answers in a
/// mailbox. One lock is taken for each batch, none for each job.
///
/// Questions of operators wait until nothing else does: however many lists somebody asks for, a job is confirmed after one
/// of them at the latest.
final class StorageThread: Sendable {
    enum Task: Sendable {
        case write([Mutation])
        case refill(Lane, limit: Int, bytes: Int, generation: Int)
        case promote(upTo: Timestamp, limit: Int)
        case ask(Question, request: UInt64, peer: Peer)
        case stop
    }

    enum Reply: Sendable {
        case event(Event)
        case trouble(String)
        case answer(WireMessage, Peer)
        case stopped
    }

    /// Until the thread has it.
    private let store: Mutex<(any JobStore)?>
    private struct Tasks {
        var urgent: [Task] = []
        var questions: [Task] = []

        mutating func takeFirst() -> Task? {
            if !urgent.isEmpty { return urgent.removeFirst() }
            return questions.isEmpty ? nil : questions.removeFirst()
        }
    }

    private let tasks = Mutex(Tasks())
    private let replies = Mutex<[Reply]>([])
    private let hasTasks = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let waker: Waker

    /// - Parameter waker: woken when there is a reply.
    init(store: any JobStore, waker: Waker) {
        self.store = Mutex(store)
        self.waker = waker
    }

    func start() {
        SocketThread.start(name: "kip-storage") { [self] in
            work()
            hasEnded.signal()
        }
    }

    func submit(_ task: Task) {
        tasks.withLock { tasks in
            switch task {
            case .ask: tasks.questions.append(task)
            case .write, .refill, .promote, .stop: tasks.urgent.append(task)
            }
        }
        hasTasks.signal()
    }

    /// Lets what was asked be done and ends the thread. When this returns the store is closed, and its data directory is
    /// free for another broker.
    func stop() {
        submit(.stop)
        hasEnded.wait()
    }

    func takeReplies() -> [Reply] {
        replies.withLock { replies in
            let taken = replies
            replies = []
            return taken
        }
    }

    /// The store ends with this function, which alone has it: before `stop` returns, not some time after.
    private func work() {
        guard let store = store.withLock({ $0.take() }) else { return }
        var said: String?
        while true {
            hasTasks.wait()
            guard let task = tasks.withLock({ $0.takeFirst() }) else { continue }
            let reply = reply(to: task, from: store)
            replies.withLock { $0.append(reply) }
            if store.trouble != said {
                said = store.trouble
                if let said { replies.withLock { $0.append(.trouble(said)) } }
            }
            waker.wake()
            if case .stopped = reply {
                return store.close()
            }
        }
    }

    private func reply(to task: Task, from store: any JobStore) -> Reply {
        switch task {
        case .write(let batch):
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
        case .ask(let question, let request, let peer):
            do throws(StoreError) {
                return .answer(try store.answer(question).message(request: request), peer)
            } catch {
                return .answer(WireMessage(Refusal(.storage, "\(error)").wire, request: request), peer)
            }
        case .stop:
            return .stopped
        }
    }
}
