import KipCore
import Logging

extension BrokerNote {
    /// Writes the note into the broker's log.
    func write(to logger: Logger) {
        switch self {
        case .scheduleCorrected(let from, let to):
            logger.warning(
                "the clock was ahead when the next time of a schedule was counted; it is counted anew",
                metadata: [
                    "schedule": "\(to.definition.name)", "was": "\(Self.time(from.next))",
                    "is": "\(Self.time(to.next))",
                ])
        case .workerCame(let id, let name, let kinds, let queues, let isBack):
            logger.info(
                isBack ? "a worker is back" : "a worker has come",
                metadata: [
                    "worker": "\(name)", "id": "\(id)", "kinds": "\(kinds)",
                    "queues": "\(queues.prefix(20).joined(separator: ","))",
                ])
        case .workerLeft(let id, let name, let jobs):
            logger.info("a worker has left", metadata: ["worker": "\(name)", "id": "\(id)", "jobs": "\(jobs)"])
        case .workerLost(let id, let name, let jobs):
            logger.info(
                "a worker is lost: no sign of life for a lease",
                metadata: ["worker": "\(name)", "id": "\(id)", "jobs": "\(jobs)"])
        case .kindChanged(let kind, let by, let before):
            logger.info(
                "a worker says other options of a kind; they count from now on",
                metadata: ["kind": "\(kind)", "worker": "\(by)", "before": "\(before)"])
        case .kindOfOthers(let kind, let by, let said):
            logger.info(
                "options of a kind are not kept: the worker's key is limited to queues, and a worker of another key said otherwise",
                metadata: ["kind": "\(kind)", "worker": "\(by)", "before": "\(said)"])
        case .tooManyKinds(let kind, let by):
            logger.warning(
                "options of a kind are not kept: there are too many kinds, or too many of the worker's key",
                metadata: ["kind": "\(kind)", "worker": "\(by)"])
        }
    }

    private static func time(_ moment: Timestamp?) -> String {
        moment.map { BrokerCore.time($0.milliseconds) } ?? "never"
    }
}
