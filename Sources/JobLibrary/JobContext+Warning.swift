import KipWorker

extension JobContext {
    /// Logs what hinders no job and must be heard of all the same.
    /// - Returns: the same, for the job's result.
    func warn(of reason: String?) -> String? {
        if let reason { logger.warning("\(reason)") }
        return reason
    }
}
