import DurableFiles
import Foundation
import HashChain
import ZeroMQ

/// The keys of a data directory, one file each in `keys/`: whoever has one there may connect. What is added or revoked
/// holds at once, without a restart, and stands in `keys/keys.journal`, which is chained.
public struct KeyRing: Sendable {
    /// The folder.
    public let folder: String

    /// The keys of a data directory.
    public init(directory: String) {
        folder = directory + "/keys"
    }

    private var serverFile: String { folder + "/broker.secret" }
    /// The record of who made and revoked which key.
    public var journal: ChainFile { ChainFile(path: folder + "/keys.journal") }

    /// The broker's own keys, made where there are none.
    /// - Throws: `KeyRingError`.
    public func serverKeys() throws(KeyRingError) -> CurveKeys {
        if let text = try? String(contentsOfFile: serverFile, encoding: .utf8) {
            do {
                return try CurveKeys(secretKey: text.trimmingCharacters(in: .whitespacesAndNewlines))
            } catch {
                throw KeyRingError(
                    "\(serverFile) holds no CURVE key; put it back from a copy, or remove it for a new one")
            }
        }
        // A new one would shut out everybody who has a key.
        if access(serverFile, F_OK) == 0 || errno != ENOENT { throw unreadable(serverFile) }
        do {
            let keys = try CurveKeys.generate()
            try Self.write(keys.secretKey + "\n", to: serverFile, in: folder)
            return keys
        } catch let error as KeyRingError {
            throw error
        } catch {
            throw KeyRingError("no keys could be made: \(error)")
        }
    }

    /// All rights by key. A file that holds none is left out.
    /// - Throws: `KeyRingError` where the folder or a file cannot be read: that is no revocation.
    public func rights() throws(KeyRingError) -> [String: Rights] { try read().rights }

    /// All rights by key, and the files that hold none.
    /// - Throws: as `rights`.
    public func read() throws(KeyRingError) -> (rights: [String: Rights], unusable: [String]) {
        guard access(folder, F_OK) == 0 else {
            if errno == ENOENT { return ([:], []) }
            throw unreadable(folder)
        }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { throw unreadable(folder) }
        var all: [String: Rights] = [:]
        var unusable: [String] = []
        for name in names where name.hasSuffix(".json") {
            let file = folder + "/" + name
            guard let data = FileManager.default.contents(atPath: file) else {
                // It was revoked between the two looks.
                if access(file, F_OK) != 0, errno == ENOENT { continue }
                throw unreadable(file)
            }
            if let rights = try? JSONDecoder().decode(Rights.self, from: data) {
                all[rights.key] = rights
            } else {
                unusable.append(file)
            }
        }
        return (all, unusable.sorted())
    }

    private func unreadable(_ path: String) -> KeyRingError {
        KeyRingError("\(path) cannot be read; check whose it is, and whether files can still be opened (ulimit -n)")
    }

    /// Makes a key.
    /// - Returns: what its owner needs to connect.
    /// - Throws: `KeyRingError` where the name is taken or is none.
    public func add(
        name: String, role: Rights.Role, kinds: [String], queues: [String], effects: [String]? = nil, by: String
    ) throws(KeyRingError) -> CurveCredentials {
        guard !name.isEmpty, name.utf8.count <= 64, name.utf8.allSatisfy(Self.isPlain), name.first != "." else {
            throw KeyRingError("“\(name)” is no name for a key: letters, digits, dots, dashes, up to 64")
        }
        guard try !rights().values.contains(where: { $0.name == name }) else {
            throw KeyRingError("there is a key “\(name)” already; revoke it first, or choose another name")
        }
        let server = try serverKeys()
        do {
            let keys = try CurveKeys.generate()
            let rights = Rights(
                name: name, key: keys.publicKey, role: role, kinds: kinds, queues: queues, effects: effects)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
            let text = String(decoding: try encoder.encode(rights), as: UTF8.self)
            try note("key-new", name, keys.publicKey, by)
            try Self.write(text + "\n", to: "\(folder)/\(name).json", in: folder)
            return CurveCredentials(keys: keys, serverKey: server.publicKey)
        } catch let error as KeyRingError {
            throw error
        } catch {
            throw KeyRingError("no key could be made: \(error)")
        }
    }

    /// Takes a key away. Its owner's connections are worth nothing from the next second on.
    /// - Throws: `KeyRingError` where there is none of that name.
    public func revoke(name: String, by: String) throws(KeyRingError) {
        guard let rights = try rights().values.first(where: { $0.name == name }) else {
            throw KeyRingError("there is no key “\(name)”; “kip keys list” shows those that there are")
        }
        // First what keeps its owner out: a disk that is full must not keep a stolen key alive.
        do {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name).json")
        } catch {
            throw KeyRingError("the key “\(name)” could not be revoked: \(error)")
        }
        FolderSync.sync(folderOf: "\(folder)/\(name).json")
        do {
            try note("key-revoked", name, rights.key, by)
        } catch {
            throw KeyRingError("the key “\(name)” is revoked, but that could not be recorded: \(error)")
        }
    }

    private func note(_ what: String, _ name: String, _ key: String, _ by: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = try encoder.encode(["what": what, "name": name, "key": key, "by": by])
        let now = Int64((Date().timeIntervalSince1970 * 1000).rounded())
        try journal.append(content: String(decoding: content, as: UTF8.self), at: now)
    }

    /// Writes a file that its owner alone can read; it is whole or not there.
    public static func write(_ text: String, to path: String, in folder: String? = nil) throws(KeyRingError) {
        if let folder {
            let made = FileOwnership.makeDirectory(folder)
            guard made == 0 else { throw KeyRingError("\(folder): \(String(cString: strerror(made)))") }
        }
        let draft = path + ".part"
        unlink(draft)
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw KeyRingError("\(path): \(String(cString: strerror(errno)))") }
        FileOwnership.adopt(descriptor: descriptor, at: draft)
        let bytes = Array(text.utf8)
        let written = Glibc.write(descriptor, bytes, bytes.count)
        let isSynced = fsync(descriptor) == 0
        close(descriptor)
        guard written == bytes.count, isSynced, rename(draft, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(draft)
            throw KeyRingError("\(path): \(reason)")
        }
        FolderSync.sync(folderOf: path)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
    }
}

/// Why a key could not be made, read or revoked.
public struct KeyRingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened and what to do next.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
