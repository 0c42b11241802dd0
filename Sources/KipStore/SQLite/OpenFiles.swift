#if canImport(Glibc)
    import Glibc
#endif

/// What is looked at about once a second beside a store that is open. It does not keep the store.
public struct StoreWatch: Sendable {
    let files: OpenFiles
    let mark: HighWaterMark

    /// Why the store must not write any more: a file that it has open was removed or replaced; nil = all is well.
    public var lost: StoreError? { files.replaced.map { .filesReplaced(path: $0) } }

    /// The next batch moves the high-water mark.
    public func moveMark() { mark.setDue() }
}

/// The files of a data directory as they were when the store opened them: a broker whose files were removed or replaced
/// writes into files that nobody finds again.
struct OpenFiles: Sendable {
    private struct Identity: Sendable, Equatable {
        var device: UInt64
        var inode: UInt64
    }

    private let known: [(path: String, identity: Identity)]

    /// Notes which files these are. One that is not there is not looked for later.
    init(_ paths: [String]) {
        known = paths.compactMap { path in Self.identity(path).map { (path, $0) } }
    }

    /// The first file that is gone, or is another one by now; nil = all are the same.
    var replaced: String? {
        known.first { Self.identity($0.path) != $0.identity }?.path
    }

    private static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    }
}
