import ArgumentParser
import Foundation
import KipCore
import KipWorker
import ServiceLifecycle

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Run jobs of the common job library.",
        discussion: """
            With --processes, one that dies is started again, and one that is too old or too large is replaced.

            On SIGTERM the worker takes no more jobs, lets running ones finish (up to --drain seconds), gives back the
            rest, and ends when the broker has it all on disk.
            """)

    @Option(name: .long, help: "Where the broker listens (KIP_BROKER; default tcp://127.0.0.1:7520).")
    var broker: String?

    @Option(name: .long, help: "The file of “kip keys new”, for a broker that wants a key (KIP_CREDENTIALS).")
    var credentials: String?

    @Option(name: .long, help: "Queues to serve, with commas (KIP_QUEUES; default “default”).")
    var queues: [String] = []

    @Option(name: .long, help: "Jobs at once in one process (KIP_CONCURRENCY; default 4).")
    var concurrency: Int?

    @Option(name: .long, help: "Jobs that wait in the worker (default twice the concurrency).")
    var prefetch: Int?

    @Option(name: .long, help: "Worker processes (KIP_PROCESSES; default 1).")
    var processes: Int?

    @Option(name: .long, help: "With several processes: replace one that has run for so long (1h, 1d).")
    var maxAge: String?

    @Option(name: .long, help: "With several processes: replace one that holds so many MiB of memory.")
    var maxMemory: Int?

    @Option(name: .long, help: "Seconds that running jobs may take to finish at the end.")
    var drain = 30.0

    @Option(name: .long, help: "The name that lists show.")
    var name: String?

    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let configuration = try Settings.load()
        let count = try configuration.number(processes, "KIP_PROCESSES", "processes") ?? 1
        let recycling = WorkerPool.Recycling(
            age: try maxAge.map { try EnqueueLine.duration($0, "--max-age") }, mebibytes: maxMemory)
        if count > 1 || maxAge != nil || maxMemory != nil {
            var pool = WorkerPool(count: count, recycling: recycling)
            return try await pool.run()
        }
        let places = try configuration.number(concurrency, "KIP_CONCURRENCY", "concurrency") ?? 4
        guard places > 0, places <= 1_000 else { throw Failure.usage("--concurrency must be from 1 to 1000") }
        let logger = Log.logger("kip.worker")
        let served = configuration.list(queues, "KIP_QUEUES", "queues")
        let worker = try KipWorker(
            endpoint: configuration.text(broker, "KIP_BROKER", "broker") ?? DefaultEndpoint.address,
            credentials: configuration.text(credentials, "KIP_CREDENTIALS", "credentials"),
            name: name ?? "\(ProcessInfo.processInfo.hostName)/\(ProcessInfo.processInfo.processIdentifier)",
            queues: served.isEmpty ? ["default"] : served, concurrency: places, prefetch: prefetch,
            drainTimeout: try BrokerOption.seconds(drain, "--drain"),
            registry: try WorkerJobs.registry(office: officeOption),
            logger: logger)
        try await Log.serve([worker], logger)
    }
}
