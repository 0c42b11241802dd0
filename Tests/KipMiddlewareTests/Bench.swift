import Foundation
import KipBroker
import KipClient
import KipWorker
import Logging
import Synchronization

/// A real broker in this process, with a folder for its data and for keys.
final class Bench: Sendable {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kip-m-\(UUID().uuidString.prefix(8))")
    private let broker: Broker

    var endpoint: String { "ipc://\(folder.path)/kip" }
    var keys: String { folder.appendingPathComponent("keys").path }
    var data: URL { folder.appendingPathComponent("data") }

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        broker = try Broker(
            directory: folder.appendingPathComponent("data").path, endpoints: ["ipc://\(folder.path)/kip"],
            logger: quiet)
        Task { [broker] in try await broker.run() }
    }

    deinit {
        broker.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    func client(_ middleware: any EnqueueMiddleware...) throws -> KipClient {
        try KipClient(endpoint: endpoint, middleware: middleware)
    }

    /// A worker that works until the task is cancelled.
    func worker(_ registry: JobRegistry, logger: Logger = quiet) throws -> Task<Void, any Error> {
        let worker = try KipWorker(
            endpoint: endpoint, drainTimeout: .seconds(5), registry: registry, logger: logger)
        return Task { try await worker.run() }
    }

    /// Whether any file of the broker holds these bytes.
    func holds(_ text: String) throws -> Bool {
        let files = try FileManager.default.contentsOfDirectory(at: data, includingPropertiesForKeys: nil)
        return try files.filter { !$0.hasDirectoryPath }.contains {
            try Data(contentsOf: $0).range(of: Data(text.utf8)) != nil
        }
    }
}

let quiet: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
}()

/// Gives back what it was told, and what it found beside it.
struct Echo: Job {
    static let kind = "echo"
    static let options = JobOptions(maxAttempts: 2, retry: RetryPolicy(baseMilliseconds: 1, capMilliseconds: 2))
    var text: String

    func run(in context: JobContext) async throws -> Outcome {
        try .done(["text": text, "origin": context.headers["origin"] ?? "none"])
    }
}

/// Makes an `Echo`, and says its id.
struct Maker: Job {
    static let kind = "maker"
    var text: String

    func run(in context: JobContext) async throws -> Outcome {
        try .done(context.enqueue(Echo(text: text)).description)
    }
}

/// Reads what its parents gave back.
struct Reader: Job {
    static let kind = "reader"

    func run(in context: JobContext) async throws -> Outcome {
        try .done(await context.parents().map { try $0.value(as: [String: String].self)["text"] ?? "" })
    }
}

/// Ends as it is told.
struct Ends: Job {
    struct Trouble: Error {}

    static let kind = "ends"
    static let options = JobOptions(maxAttempts: 2, retry: RetryPolicy(baseMilliseconds: 1, capMilliseconds: 2))
    var how: String

    func run(in context: JobContext) async throws -> Outcome {
        switch how {
        case "throws": throw Ends.Trouble()
        case "discards": throw JobSignal.discard(reason: "no use")
        case "snoozes" where context.attempt == 1: .snooze(for: .milliseconds(1), reason: "later")
        default: .done
        }
    }
}

/// Signs jobs, and those of handlers.
struct Origin: EnqueueMiddleware {
    var name: String

    func prepare(_ job: inout OutgoingJob) {
        job.headers["origin"] = (job.headers["origin"].map { $0 + "," } ?? "") + name
    }
}

extension JobDetail {
    /// Of an `Echo`.
    func echoed() throws -> [String: String] { try value() }

    func value<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(result))
    }
}
