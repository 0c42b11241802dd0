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
    /// The connections of each key.
    private var peers: [String: Set<Peer>] = [:]

    init(_ guardBook: GuardBook) {
        self.guardBook = guardBook
        (rights, generation) = guardBook.byName()
        known = rights
    }

    /// - Parameter user: the name of the sender's key; nil = it has none.
    /// - Throws: `Refusal`.
    mutating func check(_ message: WireMessage, from peer: Peer, user: String?) throws(Refusal) {
        guard let user else { return }
        // A key that is a moment old.
        if rights[user] == nil { learn() }
        guard let rights = rights[user] else {
            throw Refusal(.forbidden, "the key “\(user)” was revoked; ask whoever runs this broker for another")
        }
        try rights.check(message)
        if case .hello(let hello) = message.header.body, let owner = owners[hello.workerID], owner != user {
            throw Refusal(.forbidden, "this workerId belongs to another key; make one when the worker's process starts")
        }
        if case .hello(let hello) = message.header.body {
            owners[hello.workerID] = user
            peers[user, default: []].insert(peer)
        }
    }

    private mutating func learn() {
        (rights, generation) = guardBook.byName()
    }

    /// Learns what was added and revoked.
    /// - Returns: the connections of keys that are no more.
    mutating func renew() -> [Peer] {
        guard guardBook.generation != generation || known != rights else { return [] }
        let before = known
        learn()
        known = rights
        let gone = before.filter { rights[$0.key]?.key != $0.value.key }.map(\.key)
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

    /// Reads the keys again where they have changed.
    func read() {
        let rights = ring.rights()
        state.withLock { state in
            guard state.rights != rights else { return }
            state.rights = rights
            state.generation += 1
        }
    }

    /// The name of a key's owner, as the files say now.
    func owner(of key: String) -> String? {
        read()
        return state.withLock { $0.rights[key]?.name }
    }

    var generation: Int { state.withLock { $0.generation } }

    func byName() -> (rights: [String: Rights], generation: Int) {
        state.withLock { state in
            let named = state.rights.values.map { ($0.name, $0) }
            return (Dictionary(named, uniquingKeysWith: { first, _ in first }), state.generation)
        }
    }
}
