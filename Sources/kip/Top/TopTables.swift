import KipClient

/// The three tables of `kip top`.
enum TopTables {
    /// Somebody should look at a queue whose jobs have waited for so long, in milliseconds.
    private static let longWait: Int64 = 60_000
    /// A worker that was silent for so long is on its way to be given up, in milliseconds.
    private static let longSilence: Int64 = 10_000

    static func table(_ pane: TopState.Pane, _ snapshot: TopSnapshot) -> ScreenTable {
        switch pane {
        case .queues: queues(snapshot)
        case .workers: workers(snapshot)
        case .running: running(snapshot)
        }
    }

    private static func queues(_ snapshot: TopSnapshot) -> ScreenTable {
        ScreenTable(
            columns: [
                .init(title: "QUEUE", least: 10), .init(title: "WAITING", isNumber: true),
                .init(title: "OLDEST", isNumber: true), .init(title: "TAKEN", isNumber: true),
                .init(title: "SCHEDULED", isNumber: true, dispensable: 5),
                .init(title: "HELD", isNumber: true, dispensable: 2),
                .init(title: "UNCERTAIN", isNumber: true, dispensable: 1),
                .init(title: "DEAD", isNumber: true, dispensable: 1),
                .init(title: "STARTED/MIN", isNumber: true, dispensable: 6), .init(title: "DONE/MIN", isNumber: true),
                .init(title: "FAILED/MIN", isNumber: true, dispensable: 1),
                .init(title: "WAIT P50", isNumber: true, dispensable: 4),
                .init(title: "WAIT P99", isNumber: true, dispensable: 3), .init(title: "", dispensable: 0),
            ],
            rows: snapshot.queues.map { row($0, snapshot) })
    }

    private static func row(_ queue: QueueTempoRecord, _ snapshot: TopSnapshot) -> [ScreenTable.Cell] {
        let counts = snapshot.counts.map { $0[queue.name] ?? TopSnapshot.Counts() }
        func counted(_ count: Int?, isBad: Bool = false) -> ScreenTable.Cell {
            .init(count.map(Figures.count) ?? "-", isBad && count ?? 0 > 0 ? .alarm : .plain)
        }
        let wait: ScreenLine.Style = queue.oldestWaiting >= longWait ? .warning : .plain
        return [
            .init(queue.name), .init(Figures.count(queue.waiting) + (queue.waitingIsMore ? "+" : "")),
            .init(queue.waiting == 0 ? "-" : Figures.duration(milliseconds: queue.oldestWaiting), wait),
            .init(Figures.count(queue.running)), counted(counts?.scheduled), counted(counts?.held),
            counted(counts?.uncertain, isBad: true), counted(counts?.dead, isBad: true),
            .init(Figures.count(queue.started)),
            .init(Figures.count(queue.succeeded)),
            .init(Figures.count(queue.failed), queue.failed > 0 ? .alarm : .plain),
            .init(queue.started == 0 ? "-" : Figures.duration(milliseconds: queue.waitP50)),
            .init(queue.started == 0 ? "-" : Figures.duration(milliseconds: queue.waitP99)),
            .init(queue.paused ? "paused" : "", .warning),
        ]
    }

    private static func workers(_ snapshot: TopSnapshot) -> ScreenTable {
        ScreenTable(
            columns: [
                .init(title: "WORKER", least: 12), .init(title: "RUNS", isNumber: true),
                .init(title: "WAIT IN IT", isNumber: true),
                .init(title: "LAST SEEN", isNumber: true), .init(title: "STATE"),
                .init(title: "QUEUES", least: 8, dispensable: 1),
            ],
            rows: snapshot.workers.map { worker in
                let silence = max(0, snapshot.at - worker.lastSeen)
                let state: ScreenTable.Cell =
                    worker.draining
                    ? .init("draining", .warning) : worker.reachable ? .init("working") : .init("away", .alarm)
                return [
                    .init(worker.name),
                    .init(worker.places == 0 ? "\(worker.running)" : "\(worker.running)/\(worker.places)"),
                    .init("\(worker.holding - worker.running)"),
                    .init(Figures.duration(milliseconds: silence), silence >= longSilence ? .warning : .plain), state,
                    .init(worker.queues.joined(separator: ", ")),
                ]
            })
    }

    private static func running(_ snapshot: TopSnapshot) -> ScreenTable {
        ScreenTable(
            columns: [
                .init(title: "TAKEN JOB", dispensable: 2), .init(title: "KIND", least: 12),
                .init(title: "QUEUE", least: 8, dispensable: 3), .init(title: "ATTEMPT", isNumber: true),
                .init(title: "FOR", isNumber: true), .init(title: "WORKER", least: 10, dispensable: 1),
            ],
            rows: snapshot.running.map { job in
                let time = Figures.duration(milliseconds: max(0, snapshot.at - job.since))
                return [
                    .init(job.id), .init(job.kind), .init(job.queue), .init("\(job.attempt)"),
                    .init(job.isSinceExact ? time : "≤ " + time), .init(job.worker),
                ]
            })
    }
}
