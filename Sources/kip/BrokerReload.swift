import Foundation
import KipBroker
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads a broker's settings anew on SIGHUP. What cannot be read changes nothing.
struct BrokerReload: Service {
    let broker: Broker
    /// What the broker was started with.
    let started: BrokerCommand.Options
    let read: @Sendable () throws -> BrokerCommand.Options
    /// Trapped before the broker serves: a SIGHUP that comes earlier than this service runs ends nothing.
    let hangups: UnixSignalsSequence
    let logger: Logger

    func run() async throws {
        let hangup = Hangup()
        for await _ in hangups.cancelOnGracefulShutdown() {
            if hangup.isEnd {
                logger.info("the terminal was closed: the broker ends")
                kill(getpid(), SIGTERM)
            } else {
                reload()
            }
        }
    }

    private func reload() {
        do {
            let now = try read()
            broker.reload(now.settings.reloadable)
            logger.notice("settings and days off were read anew (SIGHUP)")
            let changed = changes(now)
            if !changed.isEmpty {
                logger.warning(
                    "these settings have changed and want a restart of the broker",
                    metadata: ["settings": "\(changed.joined(separator: ", "))"])
            }
        } catch {
            logger.error(
                "the settings were not read anew (SIGHUP); the broker goes on with those that it has",
                metadata: ["reason": "\(error)"])
        }
    }

    private func changes(_ now: BrokerCommand.Options) -> [String] {
        [
            ("data", started.directory == now.directory), ("bind", started.endpoints == now.endpoints),
            ("journal", started.journal == now.journal),
            ("lease", started.settings.leaseMilliseconds == now.settings.leaseMilliseconds),
            ("curve", started.settings.curveEverywhere == now.settings.curveEverywhere),
        ].filter { !$0.1 }.map(\.0)
    }
}
