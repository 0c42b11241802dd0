import KipCore
import KipStore

/// The key that a connection authenticated with, and what it allows. Messages of one key share it, so that it costs a
/// pointer for each.
public final class PeerIdentity: Sendable {
    /// What the key allows.
    public let rights: Rights
    /// The jobs whose ids and contents its owner may see, and after which its new jobs may come; nil = all.
    let visibleJobs: JobVisibility?
    /// The jobs with which new jobs of its owner may share a unique key: those that it could itself enqueue. nil = all.
    let enqueueableJobs: JobVisibility?

    /// The owner of a key.
    public init(_ rights: Rights) {
        self.rights = rights
        visibleJobs =
            rights.role == .operator ? nil : JobVisibility(kinds: rights.kinds, queues: rights.queues).unlessAll
        // What a worker's handlers make may be of any kind.
        enqueueableJobs =
            rights.role == .worker ? JobVisibility(kinds: [], queues: rights.queues).unlessAll : visibleJobs
    }

    /// Checks a message against what the key allows, and leaves out of it what the key has no right to be asked.
    /// - Throws: `Refusal` that says what is missing.
    package func admit(_ message: inout WireMessage) throws(Refusal) {
        try rights.check(message)
        rights.nameQueues(in: &message)
        if case .hello(var hello) = message.rareBody {
            // It works all the same; of effects that are none of its business it is not asked.
            hello.reconciles.removeAll { !rights.mayAct(on: $0) }
            message.header.body = .hello(hello)
        }
    }

    /// The public key, in Z85.
    var publicKey: String { rights.key }

    /// The key as the record of effects names it.
    var credential: Credential { Credential(name: rights.name, publicKey: rights.key) }
}

extension Peer {
    /// The jobs whose ids and contents it may see; nil = all.
    var visibleJobs: JobVisibility? { identity?.visibleJobs }
}
