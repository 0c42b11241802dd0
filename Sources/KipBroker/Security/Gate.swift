import KipCore
import Synchronization

/// Stands before the core: a message passes if its sender's key allows it. Who comes over loopback or ipc has no key and
/// may do everything.
struct Gate {
    private let guardBook: GuardBook
    private var rights: [String: Rights]
    private var generation: Int
    /// The rights at the last `renew`.
    private var known: [String: Rights]
    /// Whose worker is whose: nobody takes another's place.
    private var owners: [String: String] = [:]
    /// The connections of each public key.
    private var peers: [String: Set<Peer>] = [:]

    init(_ guardBook: GuardBook) {
        self.guardBook = guardBook
        (rights, generation) = guardBook.byKey()
        known = rights
    }

    /// - Parameter user: the sender's public key; nil = it has none. A name that is given anew is another key.
    /// - Throws: `Refusal`.
    mutating func check(_ message: inout WireMessage, from peer: Peer, user: String?) throws(Refusal) {
        guard let user else { return }
        // A key that is a moment old.
        if rights[user] == nil { learn() }
        guard let rights = rights[user] else {
            throw Refusal(
                .forbidden, "the key of this connection was revoked; ask whoever runs this broker for another")
        }
        try rights.check(message)
        if case .hello(var hello) = message.rareBody {
            if let owner = owners[hello.workerID], owner != user {
                throw Refusal(
                    .forbidden, "this workerId belongs to another key; make one when the worker's process starts")
            }
            owners[hello.workerID] = user
            peers[user, default: []].insert(peer)
            // It works all the same; of effects that are none of its business it is not asked.
            hello.reconciles.removeAll { !rights.mayTell(of: $0) }
            message.header.body = .hello(hello)
        }
    }

    private mutating func learn() {
        (rights, generation) = guardBook.byKey()
    }

    /// Learns what was added and revoked.
    /// - Returns: the connections of keys that are no more.
    mutating func renew() -> [Peer] {
        guard guardBook.generation != generation || known != rights else { return [] }
        let before = known
        learn()
        known = rights
        let gone = before.keys.filter { rights[$0] == nil }
        return gone.flatMap { Array(peers.removeValue(forKey: $0) ?? []) }
    }
}

/// What the authenticator's thread and the router's thread both know of the keys.
final class GuardBook: Sendable {
    private struct State {
        var rights: [String: Rights] = [:]
        var generation = 0
    }

    private let ring: KeyRing
    private let state = Mutex(State())

    init(_ ring: KeyRing) {
        self.ring = ring
        read()
    }

    /// Reads the keys again where they have changed. Where they cannot be read, what was known holds: a process that has no
    /// file left to open has not revoked everybody.
    func read() {
        guard let rights = try? ring.rights() else { return }
        state.withLock { state in
            guard state.rights != rights else { return }
            state.rights = rights
            state.generation += 1
        }
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
