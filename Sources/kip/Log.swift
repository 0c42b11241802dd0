import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Logs go to stderr; KIP_LOG names the level.
enum Log {
    static func logger(_ label: String) -> Logger {
        var logger = Logger(label: label, factory: { StreamLogHandler.standardError(label: $0) })
        let name = ProcessInfo.processInfo.environment["KIP_LOG"] ?? "info"
        logger.logLevel = Logger.Level(rawValue: name) ?? .info
        return logger
    }

    /// Runs services until SIGTERM or SIGINT; then they end in good order. A second Ctrl-C ends at once.
    static func serve(_ services: [any Service], _ logger: Logger) async throws {
        var quiet = logger
        quiet.logLevel = .warning
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                // A worker that an operator drained has ended well.
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
        try await group.run()
    }
}
