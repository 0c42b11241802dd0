import KipCore
import Logging

extension RouterThread {
    /// Writes what happened to workers and kinds into the log.
    mutating func logNotes(at now: SteadyTime) {
        let notes = takeNotes()
        if notes.isEmpty { return }
        for note in notes {
            guard let omitted = noteLimiter.admit(at: now) else { continue }
            if omitted > 0 {
                logger.info("lines were left out: there were too many", metadata: ["lines": "\(omitted)"])
            }
            note.write(to: logger)
        }
    }
}
