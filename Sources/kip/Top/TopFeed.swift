import KipClient

/// Asks a broker for what `kip top` shows.
actor TopFeed {
    /// Running jobs that are looked at: more would not fit a screen.
    private static let mostRunning = 200

    private let client: KipClient
    private let endpoint: String
    private var handOuts = HandOuts()

    init(client: KipClient, endpoint: String) {
        self.client = client
        self.endpoint = endpoint
    }

    /// - Throws: `KipClientError`.
    func look() async throws(KipClientError) -> TopSnapshot {
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
            running: zip(jobs, times).map { Self.running($0, $1, names) }, moreRunning: more)
    }

    private static func worker(_ worker: WorkerRecord) -> TopSnapshot.Worker {
        TopSnapshot.Worker(
            id: worker.id, name: worker.name, queues: worker.queues, holding: worker.holding, credit: worker.credit,
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
