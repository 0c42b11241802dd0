import KipClient
import KipCore

/// Says on stderr that no connected worker takes what was just enqueued, paused or limited: a slip in a name would wait in
/// silence. What a key may not ask, and what an earlier broker does not know, is not said.
enum UnservedWarning {
    /// A queue and a kind; the queue is empty if the job leaves it to its kind.
    struct Lane: Hashable, Comparable {
        var queue: String
        var kind: String

        init(of job: JobRequest) {
            (queue, kind) = (job.wire.queue, job.wire.kind)
        }

        init(queue: String, kind: String) {
            (self.queue, self.kind) = (queue, kind)
        }

        static func < (left: Lane, right: Lane) -> Bool { (left.kind, left.queue) < (right.kind, right.queue) }
    }

    /// How many are looked at, and how many are reported.
    private static let mostLanes = 100
    private static let mostWarnings = 5

    /// Of jobs that were enqueued.
    static func say(_ lanes: [Lane], _ client: KipClient) async {
        let lanes = lanes.prefix(mostLanes)
        guard let kinds = try? await client.kinds(Array(Set(lanes.map(\.kind)))) else { return }
        let known = Dictionary(kinds.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let unserved = lanes.compactMap { lane -> Lane? in
            guard let kind = known[lane.kind] else { return nil }
            let queue = lane.queue.isEmpty ? kind.options?.queue ?? "default" : lane.queue
            return kind.queues.contains(queue) ? nil : Lane(queue: queue, kind: lane.kind)
        }
        if unserved.isEmpty { return }
        let all = (try? await client.kinds()) ?? []
        for lane in unserved.prefix(mostWarnings) {
            Terminal.say(
                "kip: no connected worker takes the kind “\(lane.kind)” of the queue “\(lane.queue)”; what waits there "
                    + "waits for one" + hint(lane, all))
        }
        if unserved.count > mostWarnings {
            Terminal.say(
                "kip: nor any of \(unserved.count - mostWarnings) others; “kip kinds list” shows who serves what")
        }
    }

    /// Of a queue of which something was said.
    static func say(queue name: String, _ client: KipClient) async {
        guard let workers = try? await client.workers(), !workers.contains(where: { $0.queues.contains(name) }) else {
            return
        }
        Terminal.say(
            "kip: no connected worker serves the queue “\(name)”"
                + NearestName.question(name, among: workers.flatMap(\.queues)))
    }

    /// Of a kind of which something was said.
    static func say(kind name: String, _ client: KipClient) async {
        guard let all = try? await client.kinds(), all.first(where: { $0.name == name })?.workerCount ?? 0 == 0 else {
            return
        }
        Terminal.say("kip: no connected worker takes the kind “\(name)”" + question(name, all))
    }

    private static func hint(_ lane: Lane, _ all: [KindRecord]) -> String {
        if let kind = all.first(where: { $0.name == lane.kind }), kind.workerCount > 0 {
            return " (its workers serve \(kind.queues.map { "“\($0)”" }.joined(separator: ", ")))"
        }
        return question(lane.kind, all)
    }

    private static func question(_ kind: String, _ all: [KindRecord]) -> String {
        NearestName.question(kind, among: all.filter { $0.workerCount > 0 }.map(\.name))
    }
}
