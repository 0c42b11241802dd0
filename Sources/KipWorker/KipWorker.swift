import KipCore
import Logging
import ServiceLifecycle

/// A worker: takes jobs of the kinds that it knows from a broker, runs them, and says how they went.
///
/// It is a `Service` of swift-service-lifecycle. On graceful shutdown it starts nothing more, gives back what has not
/// started, lets what runs finish for `drainTimeout`, gives back the rest, and waits until the broker has it on disk.
public final class KipWorker: Service {
    /// What `run` does after an operator has drained the worker (“kip workers drain”).
    public enum AfterDrain: Sendable {
        /// It waits until the service group shuts down, or its task is cancelled, so that the group's other services go on.
        case waitForShutdown
        /// It returns; what the group does then says its `successTerminationBehavior`.
        case returns
    }

    private let transport: WorkerTransport
    private let afterDrain: AfterDrain

    /// A worker.
    /// - Parameters:
    ///   - endpoint: where the broker listens. Default what the variable `KIP_BROKER` says, or `tcp://127.0.0.1:7520`.
    ///   - credentials: the file that “kip keys new” made, for a broker that speaks CURVE; default what the variable
    ///     `KIP_CREDENTIALS` names.
    ///   - name: for lists; default the machine and the process: `desk-3/4711`.
    ///   - queues: default `default`.
    ///   - concurrency: handlers at once. Default 4.
    ///   - prefetch: jobs that may wait in the worker, so that none of its places stands empty: so many at most. Where
    ///     handlers take long there are fewer, and what has waited for half a second goes back for others to have. Default
    ///     twice the concurrency.
    ///   - drainTimeout: how long running handlers may finish at shutdown. Default 30 s.
    ///   - afterDrain: what `run` does after an operator has drained the worker. Default it waits for the group's shutdown.
    ///   - registry: the kinds.
    ///   - logger: default the label `kip.worker`.
    /// - Throws: `WorkerError` where the endpoint cannot be used.
    public init(
        endpoint: String = DefaultEndpoint.ofEnvironment,
        credentials: String? = DefaultEndpoint.credentialsOfEnvironment, name: String = "",
        queues: [String] = ["default"],
        concurrency: Int = 4, prefetch: Int? = nil, drainTimeout: Duration = .seconds(30),
        afterDrain: AfterDrain = .waitForShutdown, registry: JobRegistry,
        logger: Logger = Logger(label: "kip.worker")
    ) throws(WorkerError) {
        self.afterDrain = afterDrain
        let places = max(1, concurrency)
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.name = name.isEmpty ? WorkerName.of() : name
        hello.kinds = registry.kinds
        hello.queues = queues
        hello.kindOptions = registry.kindOptions
        hello.reconciles = registry.reconciles
        let most = max(0, prefetch ?? 2 * places)
        hello.credit = Int32(clamping: min(Limits.credit, places + most))
        hello.places = Int32(clamping: places)
        transport = try WorkerTransport(
            endpoint: endpoint, credentials: credentials, hello: hello, registry: registry, concurrency: places,
            prefetch: most, drainTimeout: drainTimeout,
            logger: logger)
    }

    /// A worker of these kinds, with the defaults.
    /// - Throws: `WorkerError` where the endpoint cannot be used.
    public convenience init(
        endpoint: String = DefaultEndpoint.ofEnvironment, concurrency: Int = 4, jobs kinds: any Job.Type...
    ) throws(WorkerError) {
        var registry = JobRegistry()
        for kind in kinds { registry.register(kind) }
        try self.init(endpoint: endpoint, concurrency: concurrency, registry: registry)
    }

    /// Works until SIGTERM, SIGINT, SIGHUP or an operator's “kip workers drain”, then leaves in good order: for a program
    /// that is this worker and nothing else. A program with more services puts the worker into a `ServiceGroup` of its own.
    /// - Parameter logger: for what the service group has to say. Default warnings only.
    /// - Throws: `WorkerError.refused` where the broker does not take the worker as it is.
    public func runService(logger: Logger? = nil) async throws {
        var quiet = Logger(label: "kip.worker.service")
        quiet.logLevel = .warning
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                // The broker may have told it to leave, which is a good end.
                services: [.init(service: Alone(worker: self), successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigterm, .sigint, .sighup], logger: logger ?? quiet))
        try await group.run()
    }

    /// A worker that is the whole program: it ends when it is drained.
    private struct Alone: Service {
        let worker: KipWorker
        func run() async throws { try await worker.work() }
    }

    /// Works until the service group shuts down. An operator may drain the worker before (“kip workers drain”): then this
    /// waits for the group's shutdown, or returns, as `afterDrain` says.
    /// - Throws: `WorkerError.refused` where the broker does not take the worker as it is.
    public func run() async throws {
        try await work()
        // A cancelled task is as good as a shutdown.
        if afterDrain == .waitForShutdown { try? await gracefulShutdown() }
    }

    private func work() async throws {
        transport.start()
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                for try await _ in transport.ended {}
            } onGracefulShutdown: {
                self.transport.drain()
            }
        } onCancel: {
            self.transport.drain()
        }
        // A cancelled task leaves the stream at once; the drain still has to end.
        await transport.waitUntilStopped()
    }
}

/// Why a worker cannot work.
public enum WorkerError: Error, Equatable, CustomStringConvertible {
    /// The endpoint or a socket is not usable.
    case transport(String)
    /// The file of the worker's key cannot be used.
    case credentials(String)
    /// The broker refused the worker's hello.
    case refused(code: String, message: String)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .transport(let reason), .credentials(let reason): reason
        case .refused(_, let message): "the broker refused this worker: \(message)"
        }
    }
}
