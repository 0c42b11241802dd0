import KipClient

/// Asks a broker for what `kip top` shows.
actor TopFeed {
    /// Running jobs that are looked at: more would not fit a screen.
    private static let mostRunning = 200

    private let client: KipClient
    private let endpoint: String
    private var handOuts = HandOuts()
    private var counts: (value: [String: TopSnapshot.Counts], at: ContinuousClock.Instant, took: Duration)?
    private var isCounting = false

    init(client: KipClient, endpoint: String) {
        self.client = client
        self.endpoint = endpoint
    }

    /// - Parameter counts: whether to wait for the counts on disk, too.
    /// - Throws: `KipClientError`.
    func look(waitingForCounts counts: Bool = false) async throws(KipClientError) -> TopSnapshot {
        if counts { await count() } else { countSoon() }
        let overview = try await client.overview()
        let version = try await client.ping().version
        let workers = try await client.workers()
        let (jobs, more) = try await client.jobs(state: .running, limit: Self.mostRunning)
        let now = Timestamp.now().milliseconds
        let names = Dictionary(workers.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let times = handOuts.look(jobs, isAll: !more, at: now)
        return TopSnapshot(
            at: now, broker: endpoint, version: version, uptime: overview.uptime, queues: overview.queues,
            workers: workers.map(Self.worker).sorted { ($0.name, $0.id) < ($1.name, $1.id) },
            running: zip(jobs, times).map { Self.running($0, $1, names) }, moreRunning: more,
            counts: self.counts?.value, unserved: overview.unserved, heldBecause: overview.heldBecause)
    }

    /// Counting reads every job on disk: it takes no more than a twentieth of the time.
    private func countSoon() {
        if isCounting { return }
        if let counts, ContinuousClock.now - counts.at < max(.seconds(2), counts.took * 20) { return }
        isCounting = true
        Task {
            await count()
            isCounting = false
        }
    }

    private func count() async {
        let start = ContinuousClock.now
        guard let queues = try? await client.queues() else { return }
        let value = queues.map { queue in
            (
                queue.name,
                TopSnapshot.Counts(
                    scheduled: queue.scheduled, held: queue.held, uncertain: queue.uncertain + queue.quarantined,
                    dead: queue.dead)
            )
        }
        counts = (Dictionary(value, uniquingKeysWith: { first, _ in first }), .now, .now - start)
    }

    private static func worker(_ worker: WorkerRecord) -> TopSnapshot.Worker {
        TopSnapshot.Worker(
            id: worker.id, name: worker.name, queues: worker.queues, holding: worker.holding, credit: worker.credit,
            places: worker.places,
            lastSeen: worker.lastSeen, draining: worker.draining, reachable: worker.reachable)
    }

    private static func running(
        _ job: JobRecord, _ time: (since: Int64, isExact: Bool), _ names: [String: String]
    ) -> TopSnapshot.Running {
        TopSnapshot.Running(
            id: job.id.description, kind: job.kind, queue: job.queue, attempt: job.attempt,
            worker: job.worker.map { names[$0] ?? $0 } ?? "-", since: time.since, isSinceExact: time.isExact)
    }
}
