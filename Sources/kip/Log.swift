import Foundation
import KipCore
import Logging
import ServiceLifecycle
import UnixSignals

/// Logs go to stderr: KIP_LOG names the level, KIP_LOG_FORMAT the form.
enum Log {
    /// How a line is written.
    enum Form: String, CaseIterable {
        /// For people.
        case text
        /// One object a line.
        case json
    }

    /// A logger of a process.
    /// - Parameter name: of a worker, in each of its lines; nil = none.
    /// - Throws: `Failure` if KIP_LOG or KIP_LOG_FORMAT is none of their words.
    static func logger(_ label: String, name: String? = nil) throws -> Logger {
        let environment = ProcessInfo.processInfo.environment
        let level = try level(environment["KIP_LOG"])
        let form = try form(environment["KIP_LOG_FORMAT"])
        var logger = Logger(label: label, factory: { LogWriter(label: $0, form: form) })
        logger.logLevel = level
        if let name { logger[metadataKey: "worker"] = "\(name)" }
        return logger
    }

    /// - Parameter text: nil or empty = `info`.
    static func level(_ text: String?) throws -> Logger.Level {
        guard let text, !text.isEmpty else { return .info }
        guard let level = Logger.Level(rawValue: text) else {
            let levels = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
            throw Failure.usage("KIP_LOG is “\(text)”, which is no level; they are \(levels)")
        }
        return level
    }

    /// - Parameter text: nil or empty = `text`.
    static func form(_ text: String?) throws -> Form {
        guard let text, !text.isEmpty else { return .text }
        guard let form = Form(rawValue: text) else {
            throw Failure.usage("KIP_LOG_FORMAT is “\(text)”, neither text nor json")
        }
        return form
    }

    /// Runs services until a signal to end; then they end in good order. A second Ctrl-C ends at once.
    static func serve(
        _ services: [any Service], endingOn signals: [UnixSignal] = [.sigterm, .sigint], _ logger: Logger
    ) async throws {
        var quiet = logger
        quiet.logLevel = .warning
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                // A worker that an operator drained has ended well.
                services: services.map { .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: signals, logger: quiet))
        try await group.run()
    }
}
