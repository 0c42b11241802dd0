import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// Whether a database is what it says it is, before a broker trusts it. SQLite itself notices a missing page only when
/// somebody asks for it.
enum Soundness {
    /// Databases up to this size are read from end to end when they are opened; larger ones by `kip doctor`.
    private static let readThrough = 64 << 20

    /// - Throws: `StoreError.damaged` that says what is wrong.
    static func check(_ db: Database, path: String) throws {
        // What the log holds goes into the file first: after a crash in the midst of that, the file alone is short.
        try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let bytes = pages * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
        var status = stat()
        if stat(path, &status) == 0, Int(status.st_size) < bytes {
            throw StoreError.damaged(
                path: path, detail: "it has \(status.st_size) bytes and should have \(bytes): it was cut off")
        }
        if bytes <= readThrough { try readThrough(db, path: path) }
    }

    /// Reads every page.
    /// - Throws: `StoreError.damaged`.
    static func readThrough(_ db: Database, path: String) throws {
        let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? ""
        if verdict != "ok" { throw StoreError.damaged(path: path, detail: verdict) }
    }
}
