import DurableFiles

#if canImport(Glibc)
    import Glibc
#endif

/// Holds a data directory for one broker, by `flock` on a file in it and on the database itself: a lock file that somebody
/// removes lets nobody else in. The kernel lets go when the process ends, however it ends.
struct DirectoryLock: ~Copyable {
    /// Where the lock's file is.
    let path: String
    private let descriptor: Int32
    /// Of the database; negative = there is none yet.
    private let database: Int32

    /// Takes the lock.
    /// - Parameter makesDatabase: the database's file is made, empty, if it is missing.
    /// - Throws: `StoreError.inUse` where another process has it, `.notWritable` where the file cannot be made.
    init(directory: String, makesDatabase: Bool = false) throws(StoreError) {
        let path = directory + "/broker.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.notWritable(path: path, detail: String(cString: strerror(errno)))
        }
        FileOwnership.adopt(descriptor: descriptor, at: path)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StoreError.inUse(path: directory)
        }
        // SQLite's own locks are of another kind (fcntl), which go with any descriptor of the file that this process
        // closes: this one is closed last.
        let place = directory + "/kip.db"
        let database = open(place, O_RDONLY | O_CLOEXEC | (makesDatabase ? O_CREAT : 0), 0o600)
        if makesDatabase, database >= 0 { FileOwnership.adopt(descriptor: database, at: place) }
        guard database < 0 || flock(database, LOCK_EX | LOCK_NB) == 0 else {
            close(database)
            close(descriptor)
            throw StoreError.inUse(path: directory)
        }
        self.path = path
        self.descriptor = descriptor
        self.database = database
    }

    /// The directory is free from here on, and not before.
    consuming func letGo() {}

    /// A child that was spawned has a copy of the descriptor until it begins its program, and the lock with it: so the lock
    /// is taken off, and not only its descriptor closed (flock(2)).
    deinit {
        if database >= 0 {
            flock(database, LOCK_UN)
            close(database)
        }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
