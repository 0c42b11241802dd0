#if canImport(Glibc)
    import Glibc
#endif

/// A value that several threads change, one at a time, whichever comes first.
///
/// The standard library's `Mutex` is fair on Linux: it hands itself to who has waited longest (`FUTEX_LOCK_PI`), which costs
/// a switch between threads each time. Where a job takes it twice and more threads want it than there are processors, a
/// queue that has once formed stays (a lock convoy: Blasgen, Gray, Mitoma, Price, “The Convoy Phenomenon”, 1979): a worker
/// then got through a tenth of its jobs, for a tenth of a second. This one belongs to whoever runs.
///
/// @unchecked Sendable: the value is reached with the mutex alone.
package final class Guarded<Value: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private var value: Value

    package init(_ value: Value) {
        self.value = value
        mutex = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        let code = pthread_mutex_init(mutex, nil)
        precondition(code == 0, "no mutex can be made: error \(code)")
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Changes it, or looks at it. Not from within another such call on the same value: that would wait for itself.
    package func withLock<Result, Failure>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
