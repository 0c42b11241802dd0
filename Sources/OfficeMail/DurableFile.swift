import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Files that outlive a power cut once they are written.
enum DurableFile {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func makeFolder(_ path: String) throws(MailError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder("\(path): \(error)")
        }
    }

    /// - Parameter isNew: a file that is there is left as it is, and an error.
    static func write(_ bytes: [UInt8], to path: String, isNew: Bool) throws(MailError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isNew ? O_EXCL : 0), 0o600)
        guard descriptor >= 0 else { throw .folder("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 { throw .folder("\(path): \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw .folder("\(path): \(String(cString: strerror(errno)))") }
    }

    /// The names in a folder outlive a power cut only when the folder is on disk.
    static func sync(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    /// A name without what would lead to another folder.
    static func safe(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" ? $0 : "-" })
    }
}
