import KipCore
import KipStore

/// What the conditions of the new jobs of a batch cost the disk, in plain jobs, also for each producer: one whose jobs cost
/// much leaves room for the others.
struct ConditionWork: Sendable {
    private(set) var total = 0
    private var shares: [Producer: Int] = [:]

    /// A key, or a connection without one.
    private enum Producer: Hashable {
        case key(String)
        case connection([UInt8])

        init(_ peer: Peer) {
            self = peer.identity.map { .key($0.publicKey) } ?? .connection(peer.routingID)
        }
    }

    /// - Parameter peer: whose jobs they are; nil = a schedule's or a handler's.
    mutating func add(_ conditions: JobConditions, of peer: Peer?) {
        let work = Self.work(of: conditions)
        total += work
        if let peer, work > 0 { shares[Producer(peer), default: 0] += work }
    }

    func share(of peer: Peer) -> Int { shares.isEmpty ? 0 : shares[Producer(peer)] ?? 0 }

    /// As measured: a row for each parent, a look at the jobs that have places, rows for what is due.
    private static func work(of conditions: JobConditions) -> Int {
        let places = conditions.concurrencyKey == nil ? 0 : min(conditions.concurrency, 1_000) / 50 + 1
        return 2 * conditions.after.count + places + (conditions.expiresAt == nil ? 0 : 6)
    }
}
