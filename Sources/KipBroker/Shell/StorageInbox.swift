import Dispatch
import KipCore
import KipStore
import Synchronization

/// What the storage thread has been asked to do, in order.
final class StorageInbox: Sendable {
    enum Task: Sendable {
        case write([Mutation])
        case refill(Lane, limit: Int, bytes: Int, generation: Int)
        case promote(upTo: Timestamp, limit: Int)
        /// Somebody is about to read beside the store.
        case merge(MergeWait)
        case stop
    }

    private let tasks = Guarded<[Task]>([])
    private let hasTasks = DispatchSemaphore(value: 0)
    /// The store has something that cannot be read beside it yet.
    private let isAhead = Atomic(false)

    func put(_ task: Task) {
        tasks.withLock { $0.append(task) }
        hasTasks.signal()
    }

    /// The next task, which is waited for.
    /// - Parameter milliseconds: at the most so long; nil = however long it takes.
    func take(within milliseconds: Int?) -> Task? {
        if let milliseconds {
            if hasTasks.wait(timeout: .now() + .milliseconds(milliseconds)) == .timedOut { return nil }
        } else {
            hasTasks.wait()
        }
        return tasks.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    }

    /// Said before those are answered who may ask for it next.
    func note(storeIsAhead: Bool) { isAhead.store(storeIsAhead, ordering: .releasing) }

    /// Waits until all that was confirmed can be read beside the store.
    /// - Throws: `StoreError` where it cannot.
    func waitUntilReadable() throws(StoreError) {
        guard isAhead.load(ordering: .acquiring) else { return }
        let wait = MergeWait()
        put(.merge(wait))
        if let error = wait.end() { throw error }
    }
}

/// One thread waits for another to have merged.
final class MergeWait: Sendable {
    private let error = Mutex<StoreError?>(nil)
    private let isOver = DispatchSemaphore(value: 0)

    func finish(_ error: StoreError?) {
        self.error.withLock { $0 = error }
        isOver.signal()
    }

    func end() -> StoreError? {
        isOver.wait()
        return error.withLock { $0 }
    }
}
