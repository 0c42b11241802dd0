import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A folder into which files are put whole and once: a file of a name that is there stays as it is, so whoever takes files
/// from it sees each thing once, also when two workers put the same.
struct DropFolder: Sendable {
    let path: String

    /// Puts a file in.
    /// - Returns: its path, and whether it is new.
    /// - Throws: `MailError.folder` that names the file.
    func put(_ bytes: [UInt8], as name: String) throws(MailError) -> (path: String, isNew: Bool) {
        let target = file(name)
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .folder("\(path): \(error)")
        }
        let draft = "\(path)/.\(Self.safe(name)).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(draft) }
        try write(bytes, to: draft)
        // A link, unlike a rename, does not replace what is there.
        if link(draft, target) == 0 { return (target, true) }
        if errno == EEXIST { return (target, false) }
        throw .folder("\(target): \(String(cString: strerror(errno)))")
    }

    /// Whether a file of that name is in it.
    func has(_ name: String) -> Bool { access(file(name), F_OK) == 0 }

    private func file(_ name: String) -> String { "\(path)/\(Self.safe(name))" }

    private func write(_ bytes: [UInt8], to path: String) throws(MailError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
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

    private static func safe(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" ? $0 : "-" })
    }
}
