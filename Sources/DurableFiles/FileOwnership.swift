#if canImport(Glibc)
    import Glibc
#endif

/// Whose the files are that a command makes: a file that root makes belongs to the owner of the directory that it lies in,
/// so that root's commands and the service's user do not lock each other out.
public enum FileOwnership {
    /// Gives an open file, which this process has just made, to the owner of its directory. Does nothing unless this
    /// process is root.
    /// - Parameters:
    ///   - descriptor: of the file.
    ///   - path: where it is.
    public static func adopt(descriptor: Int32, at path: String) {
        guard geteuid() == 0, let owner = owner(ofDirectoryOf: path) else { return }
        _ = fchown(descriptor, owner.user, owner.group)
    }

    /// Gives a file or directory, which this process has just made, to the owner of the directory that it lies in. Does
    /// nothing unless this process is root; a symbolic link is not followed.
    public static func adopt(_ path: String) {
        guard geteuid() == 0, let owner = owner(ofDirectoryOf: path) else { return }
        _ = lchown(path, owner.user, owner.group)
    }

    /// Makes a directory and those above it that are missing, each with the owner of the one above it.
    /// - Parameter mode: of those that are made, less the process's umask. Default its owner's alone.
    /// - Returns: 0, or the error's number (errno).
    public static func makeDirectory(_ path: String, mode: UInt32 = 0o700) -> Int32 {
        if mkdir(path, mode) == 0 {
            adopt(path)
            return 0
        }
        let error = errno
        if error == EEXIST { return isDirectory(path) ? 0 : ENOTDIR }
        guard error == ENOENT, let parent = parent(of: path), parent != path else { return error }
        let above = makeDirectory(parent, mode: mode)
        if above != 0 { return above }
        guard mkdir(path, mode) == 0 || errno == EEXIST else { return errno }
        adopt(path)
        return 0
    }

    /// Whose a file is, and whose the directory that it lies in, if these are two.
    /// - Returns: the numbers of the users; nil if they are one, or one of them cannot be looked at.
    public static func mismatch(_ path: String) -> (file: UInt32, directory: UInt32)? {
        var status = stat()
        guard lstat(path, &status) == 0, let owner = owner(ofDirectoryOf: path), owner.user != status.st_uid else {
            return nil
        }
        return (status.st_uid, owner.user)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func owner(ofDirectoryOf path: String) -> (user: uid_t, group: gid_t)? {
        var status = stat()
        guard let parent = parent(of: path), stat(parent, &status) == 0 else { return nil }
        return (status.st_uid, status.st_gid)
    }

    private static func parent(of path: String) -> String? {
        var bytes = Array(path.utf8)
        while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return bytes.isEmpty ? nil : "." }
        return slash == 0 ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    }
}
