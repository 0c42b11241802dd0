import DurableFiles

#if canImport(Glibc)
    import Glibc
#endif

/// What processes do one at a time, by `flock` on a file. The kernel lets go when a process ends, however it ends.
enum FileLock {
    /// Waits for its turn.
    /// - Parameter seconds: how long at the most. Default 30: a process that was stopped keeps its lock.
    /// - Throws: what the body throws; `OfficeError.register` where the file cannot be made, `OfficeError.busy` that names
    ///   who holds it.
    static func holding<T>(_ path: String, seconds: Double = 30, _ body: () throws -> T) throws -> T {
        let descriptor = try open(path)
        defer { close(descriptor) }
        let end = ContinuousClock.now + .seconds(seconds)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EINTR || errno == EWOULDBLOCK else {
                throw OfficeError.register("\(path): \(String(cString: strerror(errno)))")
            }
            guard ContinuousClock.now < end else {
                throw OfficeError.busy("\(path) is held by \(LockHolder.holder(of: path).map { "\($0)" } ?? "another")")
            }
            usleep(5_000)
        }
        return try body()
    }

    /// Opens, or makes, a file to be locked.
    static func open(_ path: String) throws -> Int32 {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OfficeError.register("\(path): \(String(cString: strerror(errno)))") }
        FileOwnership.adopt(descriptor: descriptor, at: path)
        return descriptor
    }
}
