import KipCore
import KipStore

/// The options that a worker declared for a kind.
struct KnownKind: Sendable, Equatable {
    var options: WireKindOptions
    var at: Timestamp
    /// The name of the worker that said it.
    var by: String

    /// nil = it is none that this release reads.
    init?(_ stored: StoredKind) {
        guard let options = try? WireKindOptions(serializedBytes: stored.options) else { return nil }
        (self.options, at, by) = (options, stored.at, stored.by)
    }

    init(_ options: WireKindOptions, at: Timestamp, by: String) {
        (self.options, self.at, self.by) = (options, at, by)
    }
}

/// The options of a kind's jobs if their producer states none.
struct KindDefaults: Sendable, Equatable {
    var options: JobDefaults
    /// For jobs in these queues; empty = in all.
    var queues: [String]

    func count(in queue: String) -> Bool { queues.isEmpty || queues.contains(queue) }
}

extension BrokerCore {
    /// UTF-8 bytes of an example of a payload, with the names of its fields.
    static let exampleBytes = 4_096

    /// Checks what a hello says of its kinds.
    /// - Throws: `Refusal` that names the kind and the field.
    static func checkKinds(of hello: WireHello) throws(Refusal) {
        if hello.kindOptions.isEmpty { return }
        let declared = Set(hello.kinds)
        for kind in hello.kindOptions {
            guard declared.contains(kind.kind) else {
                throw Refusal(
                    .invalid,
                    "the hello says options of the kind “\(kind.kind.clipped(toBytes: 60))”, which it does not declare")
            }
            let label = "the options of the kind “\(kind.kind)”"
            _ = try JobDefaults(wire: kind.options, label: label)
            let bytes = kind.fields.reduce(kind.example.utf8.count) { $0 + $1.name.utf8.count + $1.type.utf8.count }
            if bytes > exampleBytes || kind.fields.count > 100 {
                throw Refusal(
                    .tooLarge,
                    "\(label): its example and the names of its fields have more than \(exampleBytes) bytes, or it has "
                        + "more than 100 fields")
            }
            if kind.fields.contains(where: { $0.name.utf8.count > Limits.nameBytes || $0.type.utf8.count > 32 }) {
                throw Refusal(.tooLarge, "\(label): the name of a field is longer than \(Limits.nameBytes) bytes")
            }
        }
    }

    /// A worker says what it knows of its kinds. What is new counts from here on, and is on disk with the batch. What a worker
    /// says whose key is limited to queues counts in these alone, and changes nothing that counts in others.
    mutating func registerKindOptions(of hello: WireHello, _ identity: PeerIdentity?, at now: Timestamp) {
        var changed: [StoredKind] = []
        var before: [String: KnownKind?] = [:]
        let worker = workers[hello.workerID]?.name ?? hello.workerID
        let queues = identity?.rights.queuesOfKindOptions ?? []
        let key = identity?.publicKey ?? ""
        // One key cannot fill the table.
        var room = key.isEmpty ? Int.max : Limits.kindsPerKey - kinds.values.count { $0.options.saidByKey == key }
        for var said in hello.kindOptions {
            said.queues = queues
            said.saidByKey = key
            let isEmpty = said.options == WireJobOptions() && said.example.isEmpty && said.fields.isEmpty
            let known = kinds[said.kind]
            if let known, !queues.isEmpty, known.options.queues != queues {
                if known.options.options != said.options {
                    note(.kindOfOthers(kind: said.kind, by: worker, said: known.by))
                }
                continue
            }
            if isEmpty ? known == nil : known?.options == said { continue }
            if known == nil, kinds.count >= settings.knownKinds || room <= 0 {
                note(.tooManyKinds(kind: said.kind, by: worker))
                continue
            }
            if let known, known.options.options != said.options, before[said.kind] == nil {
                note(.kindChanged(kind: said.kind, by: worker, before: known.by))
            }
            if before[said.kind] == nil { before[said.kind] = .some(known) }
            let kind = isEmpty ? nil : KnownKind(said, at: now, by: worker)
            if known == nil { room -= 1 }
            set(kind, said.kind)
            let bytes: [UInt8] = isEmpty ? [] : (try? said.serializedBytes()) ?? []
            changed.append(StoredKind(name: said.kind, options: bytes, at: now, by: worker))
        }
        if changed.isEmpty { return }
        batch.append(.setKinds(changed))
        promises.continuations.append(.kindOptionsRegistered(worker: hello.workerID, before: before))
    }

    /// Restores the options that were known before, as the new ones could not be written; the worker has to send them again.
    mutating func restoreKindOptions(_ before: [String: KnownKind?], of worker: String) {
        for (name, kind) in before { set(kind, name) }
        workers[worker]?.mustGreet = true
    }

    /// nil = nothing is known of it.
    mutating func set(_ kind: KnownKind?, _ name: String) {
        kinds[name] = kind
        guard let kind, let options = try? JobDefaults(wire: kind.options.options, label: name),
            options != JobDefaults()
        else {
            kindDefaults[name] = nil
            return
        }
        kindDefaults[name] = KindDefaults(options: options, queues: kind.options.queues)
    }

    /// The options of a schedule's jobs that the schedule does not state itself.
    func kindDefaults(of schedule: ScheduleDefinition) -> JobDefaults? {
        guard let defaults = kindDefaults[schedule.kind],
            defaults.count(in: schedule.queue.isEmpty ? "default" : schedule.queue)
        else { return nil }
        return defaults.options
    }

    /// Kinds with what is known of them: from memory.
    func kindList(_ list: WireListKinds, _ request: Request) throws(Refusal) -> WireMessage {
        if list.kinds.count > Limits.namesPerWorker {
            throw Refusal(
                .tooLarge, "\(list.kinds.count) kinds are asked for, the limit is \(Limits.namesPerWorker)")
        }
        let waiting = waitingByKind
        var names = Set(list.kinds)
        if names.isEmpty {
            names = Set(kinds.keys).union(waiting.keys)
            for worker in workers.values where worker.peer != nil { names.formUnion(worker.kinds) }
            names.formUnion(controls.keys.filter { $0.scope == .kind }.map(\.name))
        }
        let present = workerOrder.compactMap { workers[$0] }.filter(\.isThere)
        var answer = WireKindList()
        answer.kinds = names.sorted().prefix(Limits.listRows).map { name in
            var kind = describe(name, present, withNames: list.kinds.isEmpty, request.peer.visibleJobs)
            kind.waiting = waiting[name]?.count ?? 0
            kind.waitingIsMore = waiting[name]?.isMore ?? false
            return kind
        }
        return WireMessage(.kindList(answer), request: request.number)
    }

    private func describe(
        _ name: String, _ present: [WorkerState], withNames: Bool, _ visible: JobVisibility?
    ) -> WireKind {
        var kind = WireKind()
        kind.name = name
        if let known = kinds[name] {
            kind.options = known.options
            kind.options.saidByKey = ""
            kind.optionsAtMs = known.at.milliseconds
            if withNames { kind.optionsBy = known.by }
        }
        let takers = present.filter { $0.kinds.contains(name) }
        kind.workerCount = Int32(clamping: takers.count)
        if withNames { kind.workers = takers.prefix(100).map(\.name) }
        kind.queues = takers.reduce(into: Set<String>()) { $0.formUnion($1.queues) }.filter {
            visible.includes(queue: $0)
        }.sorted()
        if let control = controls[ControlName(scope: .kind, name: name)] { kind.control = control.wire }
        return kind
    }

    private var waitingByKind: [String: (count: Int64, isMore: Bool)] {
        var waiting: [String: (count: Int64, isMore: Bool)] = [:]
        for window in lanes where !window.isIdle {
            let before = waiting[window.lane.kind] ?? (0, false)
            waiting[window.lane.kind] = (before.count + Int64(window.count), before.isMore || window.hasMore)
        }
        return waiting
    }

    /// Waiting jobs that no connected worker serves, limited to those that the key may see.
    func unserved(at now: Timestamp, visible: JobVisibility?) -> [WireOverview.Unserved] {
        let waiting = lanes.indices.filter { !lanes[$0].isIdle && visible.includes(lanes[$0].lane) }
        if waiting.isEmpty { return [] }
        var served: Set<Int> = []
        for worker in workers.values where worker.isThere { served.formUnion(worker.lanes) }
        let left = waiting.filter { !served.contains($0) }.sorted { lanes[$0].lane < lanes[$1].lane }
        return left.prefix(100).map { index in
            var line = WireOverview.Unserved()
            line.queue = lanes[index].lane.queue
            line.kind = lanes[index].lane.kind
            line.waiting = Int64(lanes[index].count)
            line.waitingIsMore = lanes[index].hasMore
            let since = lanes[index].waitsSince ?? now
            line.oldestWaitingMs = max(0, now.milliseconds(since: since))
            return line
        }
    }
}
