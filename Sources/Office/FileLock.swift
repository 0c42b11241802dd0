#if canImport(Glibc)
    import Glibc
#endif

/// What processes do one at a time, by `flock` on a file. The kernel lets go when a process ends, however it ends.
enum FileLock {
    /// Waits for its turn.
    /// - Throws: what the body throws, and `OfficeError.register` where the file cannot be made.
    static func holding<T>(_ path: String, _ body: () throws -> T) throws -> T {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OfficeError.register("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
        return try body()
    }
}
