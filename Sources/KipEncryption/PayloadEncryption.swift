import Crypto
import Foundation
import KipCore
import Synchronization

/// Encrypts payloads and results, so that they are in the clear nowhere between producer and handler: not on the wire, not
/// in the broker, not in its database, its backups or its log.
///
/// ```swift
/// let encryption = try PayloadEncryption(folder: "keys", kinds: ["reminder-notice"])
/// let client = try KipClient(middleware: [encryption])
/// registry.use(encryption)
/// ```
///
/// AES-GCM with 256 bits and a random nonce. The name of the key stands before what it sealed: new jobs are sealed by the
/// newest key of the folder, old ones are opened as long as theirs is there. A payload is bound to its job's id and kind, a
/// result to its job's id: laid under another job, neither opens.
///
/// **What it shows.** Kind, queue, unique key, headers, the errors of attempts, progress and log, and the receipts of
/// effects are not encrypted: they should name a case, not tell it. The length of a payload shows. A job with a unique
/// key also carries a likeness of its payload (HMAC-SHA256 under a key of its own, 16 bytes), so that the broker can tell
/// the same job from another one with its key: whoever reads the database sees whether two such jobs of a kind say the
/// same, and nothing of what they say. Jobs without a unique key carry none.
///
/// Adding a key to a folder that is in use needs no restart: whoever meets a name that it does not know looks again.
public final class PayloadEncryption: PayloadTransform {
    /// What becomes of a payload of an encrypted kind that is in the clear, such as one of a schedule or of a script.
    public enum Clear: Sendable {
        /// Its job is a dead letter: nobody who can write to the broker without a key makes a handler act.
        case refused
        /// It is taken as it is: while producers get their keys one by one, and where schedules enqueue the kind.
        case accepted
    }

    private struct Keys {
        /// The newest first.
        var all: [PayloadKey]
        var likeness: SymmetricKey
        var readAt: ContinuousClock.Instant
    }

    /// How long the folder is taken to be as it was.
    private static let rereadAfter = Duration.seconds(1)

    private let folder: PayloadKeyFolder
    private let kinds: Set<String>?
    private let clear: Clear
    private let keys: Mutex<Keys>

    /// Encryption with the keys of a folder.
    /// - Parameters:
    ///   - folder: `kip keys payload new` makes a key there.
    ///   - kinds: which kinds are encrypted; nil = all, the default.
    ///   - clear: what becomes of payloads of these kinds that are in the clear. Default `refused`.
    /// - Throws: `PayloadKeyError` where there is no key, or a file cannot be used.
    public init(folder: String, kinds: Set<String>? = nil, clear: Clear = .refused) throws(PayloadKeyError) {
        self.folder = PayloadKeyFolder(folder)
        self.kinds = kinds
        self.clear = clear
        keys = Mutex(try Self.read(self.folder))
    }

    private static func read(_ folder: PayloadKeyFolder) throws(PayloadKeyError) -> Keys {
        let all = try folder.keys()
        guard !all.isEmpty else {
            throw PayloadKeyError("there is no payload key in \(folder.path); “kip keys payload new” makes one")
        }
        return Keys(all: all, likeness: try folder.likenessKey(), readAt: .now)
    }

    /// Looks for keys that were added or taken away: new jobs are sealed by one that was added from here on.
    /// - Throws: `PayloadKeyError`; then the keys stay as they were.
    public func reload() throws(PayloadKeyError) {
        let fresh = try Self.read(folder)
        keys.withLock { $0 = fresh }
    }

    // MARK: Sealing

    /// Encrypts the payload of a job that leaves.
    /// - Throws: `PayloadKeyError`.
    public func prepare(_ job: inout OutgoingJob) throws {
        guard covers(job.kind) else { return }
        let (key, likenessKey) = try current()
        let likeness =
            job.uniqueKey == nil ? [] : Self.likeness(of: job.payload, kind: job.kind, likenessKey)
        job.payload = try Self.seal(
            job.payload, by: key, likeness: likeness, bound: Self.bound(payload: job.id, kind: job.kind))
    }

    /// Encrypts a result.
    /// - Throws: `PayloadKeyError`.
    public func seal(result: [UInt8], of id: JobID, kind: String) throws -> [UInt8] {
        guard covers(kind) else { return result }
        return try Self.seal(result, by: current().key, likeness: [], bound: Self.bound(resultOf: id))
    }

    private func covers(_ kind: String) -> Bool { kinds?.contains(kind) ?? true }

    private func current() throws(PayloadKeyError) -> (key: PayloadKey, likeness: SymmetricKey) {
        let (key, likeness) = keys.withLock { ($0.all.first, $0.likeness) }
        guard let key else { throw PayloadKeyError("there is no payload key in \(folder.path)") }
        return (key, likeness)
    }

    private static func likeness(of payload: [UInt8], kind: String, _ key: SymmetricKey) -> [UInt8] {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array(kind.utf8) + [0])
        code.update(data: payload)
        return Array(Data(code.finalize()).prefix(16))
    }

    private static func seal(
        _ clear: [UInt8], by key: PayloadKey, likeness: [UInt8], bound: [UInt8]
    ) throws -> [UInt8] {
        var sealed = SealedPayload(likeness: likeness, key: key.name, content: [])
        let box = try AES.GCM.seal(clear, using: key.secret, authenticating: sealed.head + bound)
        sealed.content = Array(box.nonce) + box.ciphertext + box.tag
        return sealed.bytes
    }

    // MARK: Opening

    /// Decrypts the payload of a job.
    /// - Throws: `UnknownPayloadKey`; `JobSignal.discard` where it was changed or is of another job; `PayloadInTheClear`.
    public func open(payload: [UInt8], of id: JobID, kind: String) throws -> [UInt8] {
        guard let sealed = SealedPayload(payload) else {
            if covers(kind), clear == .refused { throw PayloadInTheClear(kind: kind) }
            return payload
        }
        return try open(sealed, bound: Self.bound(payload: id, kind: kind), "payload")
    }

    /// Decrypts the result of a job; one in the clear is given back as it is.
    /// - Throws: as for payloads.
    public func open(result: [UInt8], of id: JobID) throws -> [UInt8] {
        guard let sealed = SealedPayload(result) else { return result }
        return try open(sealed, bound: Self.bound(resultOf: id), "result")
    }

    private func open(_ sealed: SealedPayload, bound: [UInt8], _ what: String) throws -> [UInt8] {
        let key = try key(sealed.key)
        do {
            let box = try AES.GCM.SealedBox(combined: sealed.content)
            return Array(try AES.GCM.open(box, using: key.secret, authenticating: sealed.head + bound))
        } catch {
            throw JobSignal.discard(
                reason:
                    "the \(what) does not open with the key “\(key.name)”: it was changed, or sealed for another job")
        }
    }

    private func key(_ name: String) throws(UnknownPayloadKey) -> PayloadKey {
        let known = keys.withLock { keys in (keys.all.first { $0.name == name }, keys.readAt) }
        if let key = known.0 { return key }
        if ContinuousClock.now - known.1 > Self.rereadAfter {
            // A folder that cannot be read now may be in the middle of a change; the name stays unknown until then.
            try? reload()
            if let key = keys.withLock({ $0.all.first { $0.name == name } }) { return key }
        }
        throw UnknownPayloadKey(name)
    }

    // MARK: What bytes are bound to

    private static func bound(payload id: JobID, kind: String) -> [UInt8] {
        Array("payload/\(id)/\(kind)".utf8)
    }

    private static func bound(resultOf id: JobID) -> [UInt8] { Array("result/\(id)".utf8) }
}
