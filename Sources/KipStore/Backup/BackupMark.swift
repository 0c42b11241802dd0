import GRDB

/// Tells a copy from the database that a broker lives in (`PRAGMA user_version`): a broker that opens a copy knows that
/// the world may have gone on without it.
enum BackupMark {
    static func isSet(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "PRAGMA user_version") == 1
    }

    static func set(_ db: Database) throws {
        try db.execute(sql: "PRAGMA user_version = 1")
    }

    static func clear(_ db: Database) throws {
        try db.execute(sql: "PRAGMA user_version = 0")
    }
}
