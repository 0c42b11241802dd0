import KipCore

/// Workers that an operator wants to finish and leave.
extension BrokerCore {
    /// From here on they get nothing more. One that is away hears of it when it greets or says that it lives.
    mutating func take(_ drain: WireDrainWorkers, _ request: Request, _ effects: inout [Effect]) throws(Refusal) {
        guard !drain.ids.isEmpty else { throw Refusal(.invalid, "the drain message names no worker") }
        if drain.ids.count > Limits.jobsPerMessage {
            throw Refusal(.tooLarge, "\(drain.ids.count) ids in one message, the limit is \(Limits.jobsPerMessage)")
        }
        // Ids that no worker has are given back.
        guard drain.ids.allSatisfy({ $0.utf8.count <= Limits.labelBytes }) else {
            throw Refusal(
                .invalid, "the drain message names a worker whose id is longer than \(Limits.labelBytes) bytes")
        }
        var changed = WireChanged()
        for id in drain.ids {
            guard workers[id] != nil else {
                changed.unchanged.append(id)
                continue
            }
            workers[id]?.mustDrain = true
            workers[id]?.draining = true
            sendDrain(to: id, &effects)
            changed.ids.append(id)
        }
        effects.append(.send(WireMessage(.changed(changed), request: request.number), to: request.peer))
    }

    /// Says it to a worker that must leave and may not have heard it: the connection may have been lost with the word.
    func sendDrain(to id: String, _ effects: inout [Effect]) {
        guard let worker = workers[id], worker.mustDrain, let peer = worker.peer else { return }
        effects.append(.send(WireMessage(.drain(WireDrain())), to: peer))
    }
}
