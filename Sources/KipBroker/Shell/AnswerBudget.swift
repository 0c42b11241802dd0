import KipCore

/// How many bytes of lists may be on their way to peers. ZeroMQ counts messages in the queue of a peer that does not read,
/// not bytes; a connection whose peer does not read ends when its heartbeats go unanswered. What may be said in that time
/// is bounded here, so that the memory which deaf peers cost is bounded too.
struct AnswerBudget {
    /// Milliseconds: as long as a connection lives whose peer does not read.
    private static let window: Int64 = 15_000

    private var start = SteadyTime(milliseconds: 0)
    private var total = 0
    private var byPeer: [[UInt8]: Int] = [:]
    /// Questions that the store has not answered.
    private var open = 0

    /// A question goes to the store.
    mutating func noteQuestion() {
        open += 1
    }

    /// A question is answered, and so many bytes are sent.
    mutating func note(_ bytes: Int, to peer: Peer, at now: SteadyTime) {
        open -= 1
        renew(at: now)
        total += bytes
        byPeer[peer.routingID, default: 0] += bytes
    }

    /// Whether a peer may ask for another list.
    /// - Throws: `Refusal` with the code `busy`.
    mutating func check(_ peer: Peer, at now: SteadyTime) throws(Refusal) {
        if open >= Limits.openQuestions {
            throw Refusal(.busy, "\(open) questions wait for the store; ask again in a moment")
        }
        renew(at: now)
        guard total >= Limits.listBytes || byPeer[peer.routingID] ?? 0 >= Limits.listBytesPerPeer else { return }
        throw Refusal(
            .busy,
            "lists of \(total >> 20) MiB were asked for in the last \(Self.window / 1_000) s; ask for fewer rows (limit), or "
                + "again in a moment")
    }

    private mutating func renew(at now: SteadyTime) {
        guard now.milliseconds - start.milliseconds >= Self.window else { return }
        start = now
        total = 0
        byPeer = [:]
    }
}
