import KipBroker
import KipCore

/// Connections as ZeroMQ has them: messages arrive in order or not at all, and what was under way is lost with the
/// connection. A new connection has a new routing id.
extension Simulation {
    mutating func reconnect(_ party: Party) {
        guard connection(of: party) == nil else { return }
        guard core != nil else { return agenda.add(.reconnect(party), at: now + 300) }
        nextConnection += 1
        let connection = nextConnection
        parties[connection] = party
        keyByConnection[connection] = keys?.key(of: party)
        switch party {
        case .worker(let index): workers[index].connection = connection
        case .client(let index): clients[index].connection = connection
        case .departed: break
        }
        note("\(party) has connection \(connection)")
    }

    mutating func breakConnection(of party: Party, reconnectAfter delay: Int64) {
        guard let connection = connection(of: party) else { return }
        parties[connection] = nil
        note("connection \(connection) of \(party) breaks")
        switch party {
        case .worker(let index): workers[index].connection = nil
        case .client(let index): clients[index].connection = nil
        case .departed: return
        }
        agenda.add(.reconnect(party), at: now + delay)
    }

    func connection(of party: Party) -> Int? {
        switch party {
        case .worker(let index): workers[index].connection
        case .client(let index): clients[index].connection
        case .departed: nil
        }
    }

    private func dialect(of party: Party) -> Dialect {
        switch party {
        case .worker(let index): workers[index].dialect
        case .client(let index): clients[index].dialect
        case .departed: .present
        }
    }

    /// - Returns: whether the socket took it; it takes nothing without a connection.
    mutating func sendToBroker(_ message: WireMessage, from party: Party) -> Bool {
        guard let connection = connection(of: party), let message = dialect(of: party).carried(message) else {
            return false
        }
        agenda.add(.toBroker(connection: connection, message), at: arrival(connection, isToBroker: true))
        return true
    }

    mutating func sendToPeer(_ message: WireMessage, _ connection: Int) {
        let heard = parties[connection].map { self.dialect(of: $0) }
        let dialect = heard == .json ? Dialect.json : brokerDialect
        guard let message = dialect.carried(message) else { return }
        agenda.add(.toPeer(connection: connection, message), at: arrival(connection, isToBroker: false))
    }

    private mutating func arrival(_ connection: Int, isToBroker: Bool) -> Int64 {
        let key = Arrival(connection: connection, isToBroker: isToBroker)
        let party = parties[connection] ?? .departed
        carried[party, default: 0] += 1
        var dice = dice(.network, party.code * 2 + (isToBroker ? 1 : 0), carried[party] ?? 0)
        let delay = dice.percent(5) && !isCalm ? dice.number(100...3_000) : dice.number(1...15)
        let at = max(lastArrival[key] ?? 0, now + Int64(delay))
        lastArrival[key] = at
        return at
    }

    mutating func arriveAtPeer(_ connection: Int, _ message: WireMessage) {
        guard let party = parties[connection] else { return }
        switch party {
        case .worker(let index):
            if workers[index].hungUntil > now {
                return agenda.add(.toPeer(connection: connection, message), at: workers[index].hungUntil)
            }
            takeAtWorker(index, message)
        case .client(let index):
            if clients[index].hungUntil > now {
                return agenda.add(.toPeer(connection: connection, message), at: clients[index].hungUntil)
            }
            tell(client: index, .message(message))
        case .departed: break
        }
    }

    func peer(_ connection: Int) -> Peer {
        let bytes = withUnsafeBytes(of: UInt32(connection).bigEndian) { Array($0) }
        return Peer(routingID: bytes, delimited: false, encoding: .protobuf, identity: keyByConnection[connection])
    }

    func connection(of peer: Peer) -> Int {
        peer.routingID.reduce(0) { $0 << 8 | Int($1) }
    }
}
