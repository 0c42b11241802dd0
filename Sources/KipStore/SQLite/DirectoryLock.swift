#if canImport(Glibc)
    import Glibc
#endif

/// Holds a data directory for one broker, by `flock` on a file in it. The kernel lets go when the process ends, however
/// it ends.
struct DirectoryLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock.
    /// - Throws: `StoreError.inUse` where another process has it, `.notWritable` where the file cannot be made.
    init(directory: String) throws(StoreError) {
        let path = directory + "/broker.lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.notWritable(path: path, detail: String(cString: strerror(errno)))
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError.inUse(path: directory)
        }
    }

    /// The directory is free from here on, and not before.
    consuming func letGo() {}

    /// A child that was spawned has a copy of the descriptor until it begins its program, and the lock with it: so the lock
    /// is taken off, and not only its descriptor closed (flock(2)).
    deinit {
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
