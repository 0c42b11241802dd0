import Foundation
import GRDB
import KipCore

extension SQLiteJobStore {
    /// What workers have said of their kinds, by name.
    public func kinds() throws(StoreError) -> [StoredKind] {
        try access { db in
            try Row.fetchAll(db, sql: "SELECT name, options, said_at, said_by FROM kinds ORDER BY name").map { row in
                StoredKind(
                    name: row["name"], options: Self.bytes(row["options"]), at: Timestamp(milliseconds: row["said_at"]),
                    by: row["said_by"])
            }
        }
    }

    func set(_ kinds: [StoredKind], _ db: Database) throws {
        for kind in kinds {
            if kind.options.isEmpty {
                try db.execute(sql: "DELETE FROM kinds WHERE name = ?", arguments: [kind.name])
            } else {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO kinds (name, options, said_at, said_by) VALUES (?, ?, ?, ?)",
                    arguments: [kind.name, Data(kind.options), kind.at.milliseconds, kind.by])
            }
        }
    }
}
