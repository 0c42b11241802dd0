/// One of the places in which handlers run: a task that takes one job after the other. Who stops a job stops its place,
/// which takes no further one; another place comes for it.
final class WorkPlace: Sendable {
    private struct State {
        var task: Task<Void, Never>?
        var isStopped = false
    }

    private let state = Guarded(State())

    /// It takes no further job.
    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Begins.
    func start(_ body: @escaping @Sendable () async -> Void) {
        let task = Task { await body() }
        let isStopped = state.withLock { state in
            state.task = task
            return state.isStopped
        }
        if isStopped { task.cancel() }
    }

    /// It takes no further job from here on.
    func stop() { state.withLock { $0.isStopped = true } }

    /// Cancels the handler that runs in it. The place must have been stopped: else the next job might get what is meant for
    /// this one.
    func cancel() { state.withLock { $0.task }?.cancel() }
}
