import Crypto
import DurableFiles
import Foundation

/// The files of payload keys, `payload-NAME.key` in a folder: text, `secret = …` (32 bytes in base64) and `created = …` on a
/// line each, readable by their owner alone. One of them, `payload-likeness.key`, seals nothing: see `PayloadEncryption`.
public struct PayloadKeyFolder: Sendable {
    static let likeness = "likeness"

    /// Where the files are.
    public let path: String

    /// The keys of a folder, usually `keys` in the broker's data directory or a copy of its `payload-*.key`.
    public init(_ path: String) {
        self.path = path
    }

    /// Makes a key, which is the one that seals from then on, and the likeness key where there is none.
    /// - Parameter name: default the time, such as `20240329-073000`.
    /// - Returns: the key's file.
    /// - Throws: `PayloadKeyError` where the name is taken or is none, or the file cannot be written.
    @discardableResult
    public func add(named name: String? = nil) throws(PayloadKeyError) -> String {
        let now = Date()
        let key = try PayloadKey(named: name ?? Self.name(of: now), created: now)
        guard key.name != Self.likeness else { throw PayloadKeyError("“\(key.name)” is not free; choose another name") }
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw failed("make", path) }
        if access(file(Self.likeness), F_OK) != 0 {
            try write(PayloadKey(named: Self.likeness, created: now))
        }
        try write(key)
        return file(key.name)
    }

    /// All keys that seal or sealed, the newest first.
    /// - Throws: `PayloadKeyError` where the folder or a file cannot be read, others can read it, or it holds no key.
    public func keys() throws(PayloadKeyError) -> [PayloadKey] {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: path) else { throw failed("read", path) }
        var keys: [PayloadKey] = []
        for name in files.compactMap(Self.name(ofFile:)) where name != Self.likeness { keys.append(try read(name)) }
        return keys.sorted { ($0.created, $0.name) > ($1.created, $1.name) }
    }

    /// The key of likenesses.
    /// - Throws: `PayloadKeyError` as for the others; also where there is none.
    func likenessKey() throws(PayloadKeyError) -> SymmetricKey { try read(Self.likeness).secret }

    private func file(_ name: String) -> String { "\(path)/payload-\(name).key" }

    private static func name(ofFile file: String) -> String? {
        guard file.hasPrefix("payload-"), file.hasSuffix(".key") else { return nil }
        return String(file.dropFirst("payload-".count).dropLast(".key".count))
    }

    private static func name(of date: Date) -> String {
        String(date.ISO8601Format().filter { $0.isNumber || $0 == "T" }).replacingOccurrences(of: "T", with: "-")
    }

    private func failed(_ verb: String, _ path: String) -> PayloadKeyError {
        PayloadKeyError("cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }

    // MARK: Files

    /// Written whole or not at all, and never over another key.
    private func write(_ key: PayloadKey) throws(PayloadKeyError) {
        let file = file(key.name)
        let secret = key.secret.withUnsafeBytes { Data($0).base64EncodedString() }
        let created = key.created.ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true))
        let bytes = Array("secret = \(secret)\ncreated = \(created)\n".utf8)
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failed("write", file) }
        defer { close(descriptor) }
        FileOwnership.adopt(descriptor: descriptor, at: file)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            let error = failed("write", file)
            unlink(file)
            throw error
        }
    }

    private func read(_ name: String) throws(PayloadKeyError) -> PayloadKey {
        let file = file(name)
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed("read", file) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failed("read", file) }
        guard status.st_mode & 0o077 == 0 else {
            throw PayloadKeyError("others can read \(file); chmod 600 it, or make a new key")
        }
        guard let data = try? FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).readToEnd() else {
            throw failed("read", file)
        }
        var values: [String: String] = [:]
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2 { values[parts[0]] = parts[1] }
        }
        let style = Date.ISO8601FormatStyle.iso8601(timeZone: .gmt, includingFractionalSeconds: true)
        guard let secret = values["secret"].flatMap({ Data(base64Encoded: $0) }), secret.count == 32,
            let created = values["created"].flatMap({ try? Date($0, strategy: style) })
        else {
            throw PayloadKeyError("\(file) holds no payload key; put it back from a copy, what it sealed needs it")
        }
        return PayloadKey(name: name, created: created, secret: SymmetricKey(data: secret))
    }
}
