import DurableFiles
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A file with citizens' data in it: its owner's alone (mode 0600), and there whole or not at all.
enum PrivateFile {
    static func write(_ data: Data, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        let draft = url.deletingLastPathComponent().appendingPathComponent(
            ".\(url.lastPathComponent).\(getpid())"
        ).path
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure.data("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        do {
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            fchmod(descriptor, 0o600)
            FileOwnership.adopt(descriptor: descriptor, at: draft)
            try file.write(contentsOf: data)
            try file.close()
        } catch {
            unlink(draft)
            throw Failure.data("\(path) cannot be written: \(error)")
        }
        guard rename(draft, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(draft)
            throw Failure.data("\(path) cannot be written: \(reason)")
        }
    }
}
