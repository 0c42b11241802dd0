import KipCore
import KipStore

/// What happens to the core.
public enum Event: Sendable {
    /// A peer's message that decoded.
    case message(WireMessage, from: Peer)
    /// A peer's message that did not; the peer is nil where it cannot be answered.
    case malformed(String, from: Peer?)
    /// A peer's message that is KIP/1 and says something that this broker does not know.
    case rejected(Refusal, request: UInt64, from: Peer)
    /// The oldest batch that was taken is on disk.
    case committed(Applied)
    /// The oldest batch that was taken was not written: nothing of it was, but for the error `unknown`, after which a restart
    /// may find all of it.
    case commitFailed(StoreError)
    /// What `Effect.refill` asked for.
    case refilled(Lane, Waiting, generation: Int)
    /// `Effect.refill` failed.
    case refillFailed(Lane)
    /// What `Effect.promote` did; nil where it failed.
    case promoted(Promotion?)
    /// The connection of a peer is gone.
    case unreachable(Peer)
    /// Keys are no longer valid: their connections are worth nothing. Public keys, in Z85.
    case keysRevoked(Set<String>)
    /// The broker itself stood still for so long (SIGSTOP, a machine that swaps): it could not hear its workers, which are
    /// not to blame.
    case stalled(milliseconds: Int64)
    /// The settings that may change while the broker runs were read anew.
    case reloaded(BrokerSettings.Reloadable)
    /// Time passed.
    case timer
}

/// What the core asks of the world.
public enum Effect: Sendable {
    /// Send a message.
    case send(WireMessage, to: Peer)
    /// Answer an operator from the store.
    case ask(Question, request: UInt64, peer: Peer)
    /// Read the first waiting jobs of a lane.
    case refill(Lane, limit: Int, bytes: Int, generation: Int)
    /// Make due jobs available.
    case promote(limit: Int)
}
