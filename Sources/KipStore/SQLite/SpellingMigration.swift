import Foundation
import GRDB
import KipCore

/// Gives the names and keys of a database of an earlier release their canonical spelling (`CanonicalText`), and merges what
/// becomes one by it: `thư mục` in NFC and in NFD were two queues, two keys, two schedules.
///
/// A control character, which such a release took in, becomes U+FFFD: visible, and no longer read to its first zero byte.
struct SpellingMigration {
    private let db: Database
    /// What was done, for the log.
    private(set) var notes: [String] = []

    init(_ db: Database) { self.db = db }

    /// - Returns: what was changed, a line for each kind of thing; empty if every name had its canonical spelling.
    static func run(_ db: Database) throws -> [String] {
        var migration = SpellingMigration(db)
        try migration.respellJobs()
        try migration.mergeUniqueKeys()
        try migration.mergeEffects()
        try migration.mergeSchedules()
        for table in ["firings", "triggers"] { try migration.respell(table, "schedule") }
        try migration.mergeControls()
        try migration.respell("starts", "queue")
        return migration.notes
    }

    /// A condition that every text without a canonical spelling meets, and no text of printable ASCII: bytes beyond ASCII or a
    /// zero byte make the lengths differ.
    private static func suspects(_ column: String) -> String {
        "(length(CAST(\(column) AS BLOB)) <> length(\(column)) OR \(column) GLOB '*[^ -~]*')"
    }

    private mutating func note(_ count: Int, _ what: String) {
        if count > 0 { notes.append("\(what): \(count)") }
    }

    private func text(_ value: Data?) -> String? { value.map { String(decoding: $0, as: UTF8.self) } }

    /// The values of a column that get another spelling.
    private func respelled(_ table: String, _ column: String) throws -> [(old: Data, new: String)] {
        try Data.fetchAll(
            db, sql: "SELECT DISTINCT CAST(\(column) AS BLOB) FROM \(table) WHERE \(Self.suspects(column))"
        ).compactMap { old in
            let new = CanonicalText.repaired(String(decoding: old, as: UTF8.self))
            return Data(new.utf8) == old ? nil : (old, new)
        }
    }

    // MARK: Jobs

    private mutating func respellJobs() throws {
        let columns = ["queue", "kind", "unique_key", "concurrency_key"]
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, \(columns.map { "CAST(\($0) AS BLOB) AS \($0)" }.joined(separator: ", ")) FROM jobs
                WHERE \(columns.map(Self.suspects).joined(separator: " OR "))
                """)
        var changes: [(id: DatabaseValue, names: [String?])] = []
        while let row = try rows.next() {
            let old = columns.map { text(row[$0]) }
            let new = old.map { $0.map(CanonicalText.repaired) }
            let isSame = zip(old, new).allSatisfy { ($0 ?? "").utf8.elementsEqual(($1 ?? "").utf8) }
            if !isSame { changes.append((row["id"], new)) }
        }
        for change in changes {
            try db.execute(
                sql: "UPDATE jobs SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE id = ?",
                arguments: StatementArguments(change.names) + [change.id])
        }
        note(changes.count, "jobs whose queue, kind or keys were respelled")
    }

    // MARK: Keys

    /// Of two jobs that have one key by their spelling, the older one has it.
    private mutating func mergeUniqueKeys() throws {
        var merged = 0
        let changes = try respelled("unique_keys", "key")
        for (old, new) in changes {
            let present = try Data.fetchOne(db, sql: "SELECT job FROM unique_keys WHERE key = ?", arguments: [new])
            let holder = try Data.fetchOne(
                db, sql: "SELECT job FROM unique_keys WHERE key = CAST(? AS TEXT)", arguments: [old])
            if let present, let holder {
                merged += 1
                let loser = holder.lexicographicallyPrecedes(present) ? Data(new.utf8) : old
                try db.execute(sql: "DELETE FROM unique_keys WHERE key = CAST(? AS TEXT)", arguments: [loser])
                if loser == old { continue }
            }
            try db.execute(sql: "UPDATE unique_keys SET key = ? WHERE key = CAST(? AS TEXT)", arguments: [new, old])
        }
        note(changes.count, "unique keys that were respelled")
        note(merged, "unique keys that two jobs had in two spellings, and the older job has now")
    }

    /// Of two effects that are one by their spelling, the one that happened counts, then one that is uncertain.
    private mutating func mergeEffects() throws {
        let order = [3, 2, 1, 4]
        func rank(_ state: Int?) -> Int { state.flatMap { order.firstIndex(of: $0) } ?? order.count }
        var merged = 0
        let changes = try respelled("effects", "key")
        for (old, new) in changes {
            let present = try Int.fetchOne(db, sql: "SELECT state FROM effects WHERE key = ?", arguments: [new])
            let own = try Int.fetchOne(
                db, sql: "SELECT state FROM effects WHERE key = CAST(? AS TEXT)", arguments: [old])
            if present != nil {
                merged += 1
                let loser = rank(own) < rank(present) ? Data(new.utf8) : old
                try db.execute(sql: "DELETE FROM effects WHERE key = CAST(? AS TEXT)", arguments: [loser])
                if loser == old { continue }
            }
            try db.execute(sql: "UPDATE effects SET key = ? WHERE key = CAST(? AS TEXT)", arguments: [new, old])
        }
        note(changes.count, "keys of effects that were respelled")
        guard merged > 0 else { return }
        note(merged, "effects that stood there in two spellings, and are one now")
        // What waited for one of two that are one now waits no more: `once` gives it the receipt.
        try db.execute(
            sql: """
                UPDATE jobs SET state = 2, worker = NULL
                WHERE state = 8 AND NOT EXISTS (SELECT 1 FROM effects WHERE job = jobs.id AND state IN (1, 2))
                """)
    }

    // MARK: Schedules and policies

    private mutating func mergeSchedules() throws {
        var removed: [String] = []
        let changes = try respelled("schedules", "name")
        for (old, new) in changes {
            if try Bool.fetchOne(db, sql: "SELECT 1 FROM schedules WHERE name = ?", arguments: [new]) != nil {
                try db.execute(sql: "DELETE FROM schedules WHERE name = CAST(? AS TEXT)", arguments: [old])
                removed.append("“\(new)”")
            } else {
                try db.execute(
                    sql: "UPDATE schedules SET name = ? WHERE name = CAST(? AS TEXT)", arguments: [new, old])
            }
        }
        try respellDefinitions()
        note(changes.count - removed.count, "schedules that were respelled")
        if !removed.isEmpty {
            notes.append(
                "schedules that stood there in two spellings, and are one now: \(removed.joined(separator: ", "))")
        }
    }

    /// The names inside of a schedule's definition, which is JSON.
    private func respellDefinitions() throws {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT name, definition, json_extract(definition, '$.kind') AS kind,
                    json_extract(definition, '$.queue') AS queue
                FROM schedules WHERE json_valid(definition) AND \(Self.suspects("definition"))
                """)
        for row in rows {
            let name: String = row["name"]
            try db.execute(
                sql: """
                    UPDATE schedules
                    SET definition = json_set(definition, '$.name', ?1, '$.kind', ?2, '$.queue', ?3) WHERE name = ?1
                    """,
                arguments: [
                    name, CanonicalText.repaired(row["kind"] ?? ""), CanonicalText.repaired(row["queue"] ?? "default"),
                ])
        }
    }

    /// Of two policies that are one by their spelling, the newer one holds.
    private mutating func mergeControls() throws {
        let rows = try Row.fetchAll(
            db, sql: "SELECT scope, CAST(name AS BLOB) AS name, control FROM controls WHERE \(Self.suspects("name"))")
        var changed = 0
        for row in rows {
            let old: Data = row["name"]
            let name = CanonicalText.repaired(String(decoding: old, as: UTF8.self))
            guard Data(name.utf8) != old, var control = try? WireControl(serializedBytes: row["control"] as Data) else {
                continue
            }
            changed += 1
            control.name = name
            let scope: Int = row["scope"]
            try db.execute(
                sql: "DELETE FROM controls WHERE scope = ? AND name = CAST(? AS TEXT)", arguments: [scope, old])
            let present = try Data.fetchOne(
                db, sql: "SELECT control FROM controls WHERE scope = ? AND name = ?", arguments: [scope, name])
            if let present, let other = try? WireControl(serializedBytes: present),
                other.changedAtMs >= control.changedAtMs
            {
                continue
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO controls (scope, name, control) VALUES (?, ?, ?)",
                arguments: [scope, name, try control.serializedData()])
        }
        note(changed, "policies of queues and kinds that were respelled")
    }

    /// A table in which a row that is there already in the other spelling says the same.
    private mutating func respell(_ table: String, _ column: String) throws {
        let changes = try respelled(table, column)
        for (old, new) in changes {
            try db.execute(
                sql: "UPDATE OR IGNORE \(table) SET \(column) = ? WHERE \(column) = CAST(? AS TEXT)",
                arguments: [new, old])
            try db.execute(sql: "DELETE FROM \(table) WHERE \(column) = CAST(? AS TEXT)", arguments: [old])
        }
        note(changes.count, "names in the table “\(table)” that were respelled")
    }
}
