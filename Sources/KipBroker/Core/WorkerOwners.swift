import KipCore
import KipStore

/// Which key owns which worker id, as it is on disk or on its way there: nobody takes another's leases or effects,
/// also not after a restart.
struct WorkerOwners: Sendable {
    /// How often what is on disk of a worker that comes again and again is renewed, in milliseconds.
    private static let freshness: Int64 = 24 * 3_600_000
    private var byWorker: [String: WorkerOwner] = [:]
    private var counts: [String: Int] = [:]

    init(_ owners: [WorkerOwner]) {
        for owner in owners { insert(owner) }
    }

    var count: Int { byWorker.count }

    /// The public key of the owner; empty = it needed none; nil = the id is nobody's yet.
    func publicKey(of worker: String) -> String? { byWorker[worker]?.publicKey }

    /// Whether a connection may speak for a worker. One without a key comes over an endpoint where everybody may do
    /// everything.
    /// - Throws: `Refusal` with the code `forbidden`.
    func check(_ worker: String, _ identity: PeerIdentity?) throws(Refusal) {
        guard let identity, let owner = byWorker[worker], owner.publicKey != identity.publicKey else { return }
        throw Refusal(
            .forbidden, "this workerId belongs to another key; make one when the worker's process starts")
    }

    /// A worker says hello.
    /// - Returns: what has to be written; nil = it is on disk already, or on its way.
    mutating func claim(_ worker: String, _ identity: PeerIdentity?, at now: Timestamp) -> WorkerOwner? {
        if let owner = byWorker[worker] {
            let age = now.milliseconds.subtractingReportingOverflow(owner.seenAt.milliseconds)
            if !age.overflow, (0..<Self.freshness).contains(age.partialValue) { return nil }
        }
        let owner = WorkerOwner(
            worker: worker, publicKey: byWorker[worker]?.publicKey ?? identity?.publicKey ?? "", seenAt: now)
        insert(owner)
        return owner
    }

    /// How many ids a key owns.
    func count(of publicKey: String) -> Int { counts[publicKey] ?? 0 }

    /// The owner of a worker's id, committed or in an uncommitted batch; nil = the id has none.
    func owner(of worker: String) -> WorkerOwner? { byWorker[worker] }

    /// Undoes a claim whose batch failed.
    /// - Parameter before: the owner before the claim; nil = there was none.
    mutating func restore(_ worker: String, to before: WorkerOwner?) {
        remove(worker)
        if let before { insert(before) }
    }

    /// Forgets the owner of a worker's id.
    mutating func remove(_ worker: String) {
        guard let owner = byWorker.removeValue(forKey: worker), let count = counts[owner.publicKey] else { return }
        counts[owner.publicKey] = count > 1 ? count - 1 : nil
    }

    /// Removes ids that were not seen for long.
    /// - Parameters:
    ///   - isInUse: the worker holds something, or is here.
    /// - Returns: the ids.
    mutating func prune(seenBefore then: Timestamp, isInUse: (String) -> Bool) -> [String] {
        let old = byWorker.values.filter { $0.seenAt < then && !isInUse($0.worker) }.map(\.worker).sorted()
        for worker in old { remove(worker) }
        return old
    }

    /// Removes the older half of the ids of a key that are not in use, so that one key cannot fill the table.
    /// - Returns: the ids.
    mutating func halve(idsOf publicKey: String, isInUse: (String) -> Bool) -> [String] {
        let idle = byWorker.values.filter { $0.publicKey == publicKey && !isInUse($0.worker) }
            .sorted { ($0.seenAt, $0.worker) < ($1.seenAt, $1.worker) }
        let gone = idle.prefix((idle.count + 1) / 2).map(\.worker)
        for worker in gone { remove(worker) }
        return Array(gone)
    }

    private mutating func insert(_ owner: WorkerOwner) {
        if byWorker.updateValue(owner, forKey: owner.worker) == nil { counts[owner.publicKey, default: 0] += 1 }
    }
}

extension BrokerCore {
    /// How often ids that were not seen for long are looked for, in milliseconds.
    private static let ownerPruneInterval: Int64 = 3_600_000

    /// Notes whose a worker's id is, in the batch in which, or before which, its first lease is written.
    mutating func recordOwner(of worker: String, _ identity: PeerIdentity?, at now: Timestamp) throws(Refusal) {
        guard settings.recordsWorkerOwners else { return }
        if settings.broken != .ignoresOwners { try owners.check(worker, identity) }
        let key = identity?.publicKey ?? ""
        if owners.publicKey(of: worker) == nil, owners.count(of: key) >= Limits.workersPerKey {
            let gone = owners.halve(idsOf: key) { workers[$0] != nil }
            if gone.isEmpty {
                throw Refusal(
                    .busy, "this key has \(Limits.workersPerKey) workers; let some of them end, or make another key")
            }
            batch.append(.removeWorkerOwners(gone))
        }
        let before = owners.owner(of: worker)
        guard let owner = owners.claim(worker, identity, at: now) else { return }
        batch.append(.recordWorkerOwner(owner))
        promises.continuations.append(.ownerRecorded(owner.worker, before: before))
    }

    /// The owner's record was not committed: the owner before it stays, and the worker must send a new hello before it gets jobs.
    mutating func ownerNotRecorded(_ worker: String, before: WorkerOwner?) {
        owners.restore(worker, to: before)
        workers[worker]?.mustGreet = true
    }

    mutating func pruneWorkerOwners(at now: Timestamp) {
        guard owners.count > 0 else { return }
        if let nextOwnerPrune, steady < nextOwnerPrune { return }
        nextOwnerPrune = steady.advanced(byMilliseconds: Self.ownerPruneInterval)
        let then = now.milliseconds.subtractingReportingOverflow(Limits.workerOwnerMilliseconds)
        let gone = owners.prune(seenBefore: Timestamp(milliseconds: then.overflow ? .min : then.partialValue)) {
            workers[$0] != nil
        }
        if !gone.isEmpty { batch.append(.removeWorkerOwners(gone)) }
    }
}
