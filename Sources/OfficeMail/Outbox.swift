import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A folder of messages, one file each: whoever sends mail for the office takes them from there.
public struct Outbox: Sendable {
    private let folder: String

    /// An outbox; its folder is made where it is missing.
    public init(folder: String) {
        self.folder = folder
    }

    /// Puts a message in, whole and once: the file of a key that is there stays as it is.
    /// - Parameter name: the file's name without its ending.
    /// - Returns: the file's path, and whether it is new.
    /// - Throws: `MailError`.
    public func deliver(_ message: MailMessage, name: String) throws(MailError) -> (path: String, isNew: Bool) {
        let bytes = try message.encoded()
        let path = "\(folder)/\(Self.safe(name)).eml"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .outbox("\(folder): \(error)")
        }
        let draft = "\(folder)/.\(Self.safe(name)).\(getpid()).\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(draft) }
        try write(bytes, to: draft)
        // A link, unlike a rename, does not replace what is there.
        if link(draft, path) == 0 { return (path, true) }
        if errno == EEXIST { return (path, false) }
        throw .outbox("\(path): \(String(cString: strerror(errno)))")
    }

    /// Whether a message of that name is in it.
    public func has(name: String) -> Bool { access("\(folder)/\(Self.safe(name)).eml", F_OK) == 0 }

    private func write(_ bytes: [UInt8], to path: String) throws(MailError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .outbox("\(path): \(String(cString: strerror(errno)))") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 { throw .outbox("\(path): \(String(cString: strerror(errno)))") }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0 else { throw .outbox("\(path): \(String(cString: strerror(errno)))") }
    }

    private static func safe(_ name: String) -> String {
        String(name.map { $0.isLetter || $0.isNumber || $0 == "." || $0 == "-" || $0 == "_" ? $0 : "-" })
    }
}
