import GRDB

/// The jobs that sweeps have asked for and that have not ended, so that a sweep says what it made, not what it wanted: the
/// broker makes no second job for a key whose job has not ended.
///
/// A job that ends takes its request away. One that was cancelled, or pruned, cannot: its next job is made and counted as
/// one that waits.
extension Register {
    /// Notes that a sweep asks for jobs, by their keys.
    /// - Parameter sweep: the sweep's job; an attempt of it that died has asked for the same.
    /// - Returns: the keys of those that are new; the others were asked for before and have not ended.
    /// - Throws: `OfficeError.register`.
    public func request(_ keys: [String], by sweep: String) throws(OfficeError) -> Set<String> {
        try write { db in
            let insert = try db.makeStatement(sql: "INSERT OR IGNORE INTO job_requests (key, sweep) VALUES (?, ?)")
            for key in keys { try insert.execute(arguments: [key, sweep]) }
            return try String.fetchSet(db, sql: "SELECT key FROM job_requests WHERE sweep = ?", arguments: [sweep])
                .intersection(keys)
        }
    }

    /// A job has ended, or will not be tried again.
    /// - Throws: `OfficeError.register`.
    public func endRequest(_ key: String) throws(OfficeError) {
        try write { try Self.endRequest(key, $0) }
    }

    static func endRequest(_ key: String, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM job_requests WHERE key = ?", arguments: [key])
    }

    static let jobRequestsTable = """
        CREATE TABLE job_requests (key TEXT NOT NULL PRIMARY KEY, sweep TEXT NOT NULL) STRICT;
        """
}
