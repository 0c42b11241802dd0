import ArgumentParser
import Foundation
import KipClient
import KipCore
import KipWorker
import ServiceLifecycle

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run jobs of the common job library.",
        discussion: """
            With --processes, one that dies is started again, and one that is too old or too large is replaced. With \
            --processes MIN..MAX there is one more whenever a job has waited for longer than --scale-at while every process \
            was busy, and one less when the work has fitted into fewer for --shrink-after; a process that is too many \
            finishes what it runs. A broker that does not answer changes nothing.

            Of a pool, “kip workers drain” ends one process, and the pool starts another in its place, as it does for one \
            that dies. To end a pool, send SIGTERM to the pool itself: all its processes drain, and none is replaced. If the \
            pool is killed (kill -9), its processes notice and drain. SIGHUP to the pool replaces its processes one after the \
            other, so that they read the settings anew; if its terminal was closed, it ends the pool as SIGTERM does.

            On SIGTERM or SIGHUP, or when it is drained, the worker takes no more jobs, lets running ones finish (for as \
            long as --drain says), gives back the rest, and ends when the broker has it all on disk.
            """)

    @Option(name: .long, help: "Where the broker listens (KIP_BROKER; default tcp://127.0.0.1:7520).")
    var broker: String?

    @Option(name: .long, help: "The file of “kip keys new”, for a broker that wants a key (KIP_CREDENTIALS).")
    var credentials: String?

    @Option(name: .long, help: "Queues to serve, with commas (KIP_QUEUES; default “default”).")
    var queues: [String] = []

    @Option(name: .long, help: "Jobs at once in one process (KIP_CONCURRENCY; default 4).")
    var concurrency: Int?

    @Option(
        name: .long, help: "Jobs that may wait in the worker; fewer where they take long (default twice the places).")
    var prefetch: Int?

    @Option(name: .long, help: "Worker processes, as N or MIN..MAX by what waits (KIP_PROCESSES; default 1).")
    var processes: String?

    @Option(name: .long, help: "With MIN..MAX: a wait that wants another process (default 1s).")
    var scaleAt: String?

    @Option(name: .long, help: "With MIN..MAX: how long there must be one too many before it leaves (default 30s).")
    var shrinkAfter: String?

    @Option(name: .long, help: "With several processes: replace one that has run for so long (1h, 1d).")
    var maxAge: String?

    @Option(name: .long, help: "With several processes: replace one that holds so many MiB of memory.")
    var maxMemory: Int?

    @Option(name: .long, help: "How long running jobs may take to finish at the end: 30s.")
    var drain = "30s"

    @Option(name: .long, help: "The name that lists show (default HOST/PID; of a pool, NAME/PID).")
    var name: String?

    @Flag(name: .long, help: .hidden)
    var pooled = false

    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let configuration = try Settings.load()
        let size = try size(configuration)
        let recycling = WorkerPool.Recycling(
            age: try maxAge.map { try TimeText.span($0, "--max-age") }, mebibytes: maxMemory)
        let places = try configuration.number(concurrency, "KIP_CONCURRENCY", "concurrency") ?? 4
        guard places > 0, places <= 1_000 else { throw Failure.usage("--concurrency must be from 1 to 1000") }
        if let maxMemory, maxMemory < 1 { throw Failure.usage("--max-memory must be 1 MiB or more") }
        if let prefetch, prefetch < 0 { throw Failure.usage("--prefetch must be 0 or more") }
        let endpoint = try BrokerOption.endpoint(broker, configuration)
        if size.range != 1...1 || maxAge != nil || maxMemory != nil {
            var pool = try WorkerPool(
                size: size, recycling: recycling, workers: WorkerPool.Workers(name: name, places: places),
                watch: size.range.count > 1 ? try watch(configuration, endpoint) : nil,
                logger: try Log.logger("kip.pool", name: name))
            return try await pool.run()
        }
        let logger = try Log.logger("kip.worker", name: workerName)
        if pooled {
            PoolTie.whenPoolEnds {
                logger.warning("the pool that started this process is gone: it drains")
                kill(getpid(), SIGTERM)
            }
        }
        let worker = try KipWorker(
            endpoint: endpoint, credentials: keyFile(configuration), name: workerName,
            queues: served(configuration), concurrency: places, prefetch: prefetch,
            drainTimeout: try BrokerOption.duration(drain, "--drain"), afterDrain: .returns,
            registry: try WorkerJobs.registry(office: officeOption),
            logger: logger)
        try await Log.serve([worker], endingOn: [.sigterm, .sigint, .sighup], logger)
    }

    /// The processes of a pool that was given a name tell themselves apart.
    private var workerName: String {
        if let name, !pooled { return name }
        return WorkerName.of(name)
    }

    private func keyFile(_ configuration: Settings) -> String? {
        configuration.text(credentials, "KIP_CREDENTIALS", "credentials")
    }

    private func served(_ configuration: Settings) -> [String] {
        let served = configuration.list(queues, "KIP_QUEUES", "queues")
        return served.isEmpty ? ["default"] : served
    }

    private func size(_ configuration: Settings) throws -> PoolSize.Rule {
        let text = configuration.text(processes, "KIP_PROCESSES", "processes") ?? "1"
        var rule = PoolSize.Rule(range: try PoolSize.Rule.range(text))
        if rule.range.count == 1, scaleAt != nil || shrinkAfter != nil {
            throw Failure.usage("--scale-at and --shrink-after want --processes MIN..MAX, such as 2..8")
        }
        if let scaleAt { rule.growsAt = try TimeText.duration(scaleAt, "--scale-at") }
        if let shrinkAfter { rule.shrinksAfter = try TimeText.duration(shrinkAfter, "--shrink-after") }
        return rule
    }

    private func watch(_ configuration: Settings, _ endpoint: String) throws -> PoolWatch {
        PoolWatch(
            client: try KipClient(
                endpoint: endpoint, credentials: keyFile(configuration), timeout: .seconds(5)),
            queues: served(configuration))
    }
}
