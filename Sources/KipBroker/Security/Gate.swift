import KipCore
import Synchronization

/// Stands before the core: a message passes if its sender's key allows it. Who comes over loopback or ipc has no key and
/// may do everything.
struct Gate {
    private let guardBook: GuardBook
    private var identities: [String: PeerIdentity] = [:]
    private var generation: Int
    /// The public keys at the last `renew`.
    private var known: Set<String> = []
    /// The keys were read again since then.
    private var hasReloaded = false

    init(_ guardBook: GuardBook) {
        self.guardBook = guardBook
        generation = 0
        reload()
        known = Set(identities.keys)
        hasReloaded = false
    }

    /// Notes the sender's key in its peer, and checks the message against what that key allows.
    /// - Parameter user: the sender's public key; nil = it has none. A name that is given anew is another key.
    /// - Throws: `Refusal`.
    mutating func check(_ message: inout WireMessage, from peer: inout Peer, user: String?) throws(Refusal) {
        guard let user else { return }
        // A key that is a moment old. The authenticator has read it; whoever goes on with a revoked key costs nothing.
        if identities[user] == nil, guardBook.generation != generation { reload() }
        guard let identity = identities[user] else {
            throw Refusal(
                .forbidden, "the key of this connection was revoked; ask whoever runs this broker for another")
        }
        peer.identity = identity
        try identity.admit(&message)
    }

    /// Takes over what the files say now; a key that allows the same as before stays the same object.
    private mutating func reload() {
        let rights: [String: Rights]
        (rights, generation) = guardBook.byKey()
        hasReloaded = true
        let before = identities
        identities = rights.mapValues { new in
            if let old = before[new.key], old.rights == new { return old }
            return PeerIdentity(new)
        }
    }

    /// Takes over what was added and revoked.
    /// - Returns: the public keys that are no more.
    mutating func renew() -> Set<String> {
        guard guardBook.generation != generation || hasReloaded else { return [] }
        reload()
        hasReloaded = false
        let gone = known.subtracting(identities.keys)
        known = Set(identities.keys)
        return gone
    }
}

/// What the authenticator's thread and the router's thread both know of the keys.
final class GuardBook: Sendable {
    private struct State {
        var rights: [String: Rights] = [:]
        var generation = 0
        /// What could not be read the last time.
        var problem: String?
    }

    private let ring: KeyRing
    private let state = Mutex(State())
    private let report: @Sendable (String) -> Void

    /// - Parameter report: is given each new reason why a key cannot be read.
    init(_ ring: KeyRing, report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.ring = ring
        self.report = report
        read()
    }

    /// Reads the keys again where they have changed. Where they cannot be read, what was known holds: a process that has no
    /// file left to open has not revoked everybody.
    func read() {
        let problem: String?
        do throws(KeyRingError) {
            let (rights, unusable) = try ring.read()
            state.withLock { state in
                guard state.rights != rights else { return }
                state.rights = rights
                state.generation += 1
            }
            problem = unusable.first.map { "\($0) holds no key; its owner cannot connect" }
        } catch {
            problem = "\(error)"
        }
        let isNew = state.withLock { state in
            defer { state.problem = problem }
            return state.problem != problem
        }
        if isNew, let problem { report(problem) }
    }

    /// Whether a key is known, as the files say now.
    func knows(_ key: String) -> Bool {
        read()
        return state.withLock { $0.rights[key] != nil }
    }

    var generation: Int { state.withLock { $0.generation } }

    func byKey() -> (rights: [String: Rights], generation: Int) {
        state.withLock { ($0.rights, $0.generation) }
    }
}
