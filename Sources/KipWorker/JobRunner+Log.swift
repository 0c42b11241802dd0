import KipCore
import Logging

extension JobRunner {
    /// A job begins, at the level `debug`.
    func logStart(_ work: LeasedWork) {
        logger.debug("a job starts", metadata: Self.metadata(work))
    }

    /// A job has ended, at the level `debug`.
    func logEnd(_ work: LeasedWork, _ finished: FinishedWork, after milliseconds: Int64) {
        var metadata = Self.metadata(work)
        metadata["ms"] = "\(milliseconds)"
        metadata["outcome"] = "\(Self.name(finished.outcome))"
        let error = finished.words.error
        if !error.isEmpty { metadata["error"] = "\(error)" }
        logger.debug("a job has ended", metadata: metadata)
    }

    private static func metadata(_ work: LeasedWork) -> Logger.Metadata {
        ["job": "\(work.id)", "kind": "\(work.kind)", "queue": "\(work.queue)", "attempt": "\(work.attempt)"]
    }

    private static func name(_ outcome: WireResult.Outcome) -> String {
        switch outcome {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .givenBack: "given back"
        case .discarded: "discarded"
        case .unspecified, .UNRECOGNIZED: "unknown"
        }
    }
}
