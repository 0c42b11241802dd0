import KipCore

/// How many bytes of lists may be on their way to peers. ZeroMQ counts messages in the queue of a peer that does not read,
/// not bytes; a connection whose peer does not read ends after 15 s (`Doors`). What may be said in that time
/// is bounded here, so that the memory which deaf peers cost is bounded too.
struct AnswerBudget {
    /// Milliseconds: as long as a connection lives whose peer does not read.
    private static let window: Int64 = 15_000

    private var start = SteadyTime(milliseconds: 0)
    private var total = 0
    private var byAsker: [Asker: Int] = [:]
    /// Time that lists from memory took in the running second: while one is made nobody else is heard.
    private var computing = Duration.zero
    /// The same by whose lists they were.
    private var computingByAsker: [Asker: Duration] = [:]
    private var computingSince = SteadyTime(milliseconds: 0)
    /// Questions that the store has not answered.
    private var open = 0
    /// The same by asker.
    private var openByAsker: [Asker: Int] = [:]
    /// Ids that they name, by asker.
    private var ids: [Asker: Int] = [:]
    private var allIDs = 0

    /// A question goes to the store.
    mutating func noteQuestion(of peer: Peer, ids count: Int) {
        open += 1
        openByAsker[Asker(peer), default: 0] += 1
        guard count > 0 else { return }
        ids[Asker(peer), default: 0] += count
        allIDs += count
    }

    /// A question is answered, and so many bytes are sent.
    mutating func note(_ bytes: Int, ids count: Int, to peer: Peer, at now: SteadyTime) {
        let asker = Asker(peer)
        open -= 1
        if let known = openByAsker[asker] { openByAsker[asker] = known > 1 ? known - 1 : nil }
        if count > 0, let known = ids[asker] {
            ids[asker] = known > count ? known - count : nil
            allIDs -= count
        }
        noteSent(bytes, to: peer, at: now)
    }

    /// A list was made from memory.
    mutating func noteComputed(in duration: Duration, for peer: Peer) {
        computing += duration
        computingByAsker[Asker(peer), default: .zero] += duration
    }

    /// Bytes of a list are sent.
    mutating func noteSent(_ bytes: Int, to peer: Peer, at now: SteadyTime) {
        renew(at: now)
        total += bytes
        byAsker[Asker(peer), default: 0] += bytes
    }

    /// Whether a peer may ask for a list that is made from memory. One that asks for very many does not keep another from its
    /// first list of a second.
    /// - Throws: `Refusal` with the code `busy`.
    mutating func checkComputed(_ peer: Peer, at now: SteadyTime) throws(Refusal) {
        if now.milliseconds(since: computingSince) >= 1_000 {
            (computing, computingByAsker, computingSince) = (.zero, [:], now)
        }
        let own = computingByAsker[Asker(peer)]
        let all = Limits.computingMillisecondsPerSecond + (own == nil ? Limits.computingMillisecondsForOthers : 0)
        guard computing < .milliseconds(all), own ?? .zero < .milliseconds(Limits.computingMillisecondsPerPeer) else {
            throw Refusal(.busy, "lists are asked for faster than they can be made; ask again in a second")
        }
        try check(peer, ids: 0, at: now)
    }

    /// Whether a peer may ask for another list.
    /// - Throws: `Refusal` with the code `busy`.
    /// - Parameter ids: that the question names.
    mutating func check(_ peer: Peer, ids count: Int, at now: SteadyTime) throws(Refusal) {
        if count > 0,
            allIDs + count > Limits.openQuestionIDs
                || (ids[Asker(peer)] ?? 0) + count > Limits.openQuestionIDsPerPeer
        {
            throw Refusal(
                .busy, "the states of \(allIDs) jobs are being looked up; wait for answers, then ask for more")
        }
        // An asker without an open question may ask one even if the limit is reached by others.
        let own = openByAsker[Asker(peer)] ?? 0
        if own >= Limits.openQuestionsPerPeer || open >= Limits.openQuestions && own > 0 {
            throw Refusal(.busy, "\(open) questions wait for the store; ask again in a moment")
        }
        try checkBytes(for: peer, at: now)
    }

    /// Whether a peer may be sent another list. What it asks for in one go is counted one by one, when each is known: at the
    /// asking nobody knows how long they are.
    /// - Throws: `Refusal` with the code `busy`.
    mutating func checkBytes(for peer: Peer, at now: SteadyTime) throws(Refusal) {
        renew(at: now)
        let own = byAsker[Asker(peer)] ?? 0
        let all = Limits.listBytes + (own < Limits.listBytesForOthers ? Limits.listBytesReserve : 0)
        guard total >= all || own >= Limits.listBytesPerPeer else { return }
        throw Refusal(
            .busy,
            "lists of \(total >> 20) MiB were asked for in the last \(Self.window / 1_000) s; ask for fewer rows (limit), or "
                + "again in a moment")
    }

    private mutating func renew(at now: SteadyTime) {
        guard now.milliseconds(since: start) >= Self.window else { return }
        start = now
        total = 0
        byAsker = [:]
    }
}
