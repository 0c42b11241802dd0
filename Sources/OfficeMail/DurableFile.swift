import DurableFiles
import Foundation
import HashChain

#if canImport(Glibc)
    import Glibc
#endif

/// Files that outlive a power cut once they are written.
enum DurableFile {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Something is there, be it a link that leads nowhere.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// SHA-256 of a plain file; nil where it is none, such as a link, or cannot be read.
    static func digest(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            let bytes = try? file.readToEnd() ?? Data()
        else { return nil }
        return Digest.sha256(bytes)
    }

    static func makeFolder(_ path: String) throws(MailError) {
        let made = FileOwnership.makeDirectory(path)
        guard made == 0 else { throw .folder("\(path): \(String(cString: strerror(made)))") }
    }

    /// - Parameter isNew: a file that is there is left as it is, and an error.
    static func write(_ bytes: [UInt8], to path: String, isNew: Bool) throws(MailError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isNew ? O_EXCL : 0), 0o600)
        guard descriptor >= 0 else { throw .folder("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        FileOwnership.adopt(descriptor: descriptor, at: path)
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 { throw .folder("\(path): \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw .folder("\(path): \(String(cString: strerror(errno)))") }
    }

    /// The names in a folder outlive a power cut only when the folder is on disk.
    /// - Returns: whether they are on disk.
    @discardableResult
    static func sync(_ folder: String) -> Bool {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return fsync(descriptor) == 0
    }

    /// A name without what would lead to another folder.
    static func safe(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" ? $0 : "-" })
    }
}
