import Foundation
import GRDB
import HashChain
import KipCore

/// Brings a restored database up to the world: what the journal outside of it proves is written into its ledger of
/// effects, and what nobody can prove waits for a person.
public enum Reconcile {
    /// What was found and done.
    public struct Report: Sendable, Codable, Equatable {
        /// Commits that the journal outside had and the database had not.
        public var commits = 0
        /// Effects that happened since: their jobs will get the receipts, and do nothing again.
        public var done: [String] = []
        /// Effects that were begun since, and nobody knows whether they happened: their jobs are `uncertain`.
        public var inDoubt: [String] = []
        /// Decisions of people since, which the database does not know: to be made again where they still matter.
        public var decisions: [String] = []
        /// Jobs that are quarantined because nothing proves what was done since.
        public var quarantined = 0
        /// Schedules that have times between the backup and now, which fire again by their catch-up rule. Without proof a job
        /// that makes up for one is quarantined: whether it has fired is not known.
        public var schedules = 0
        /// What the journal proves.
        public var proof = Proof.nothingToReconcile
        /// Who stated that nothing happened since; nil = nobody did.
        public var statedBy: String?
        /// What was mended of the journal outside when it was opened: a last line that was torn.
        public var repairs: [String] = []
    }

    /// What the journal outside proves of the time since the backup.
    public enum Proof: String, Sendable, Codable {
        /// The database is no copy, and lacks nothing: there is nothing to compare.
        case nothingToReconcile
        /// The journal goes on after the copy: it has every effect that was begun since.
        case journal
        /// The journal goes on after the copy, but the copy was restored before, and nothing proved then what had been done
        /// until that time: it is not known.
        case restoredUnproven
        /// The journal goes on after the copy, but lacks lines that it once had (`HighWaterMark`), or has some that this
        /// version cannot read: what they told is not known.
        case journalIncomplete
        /// The journal is as old as the copy, or older: what happened since is not known.
        case journalAsOld
        /// There is no journal: what happened since is not known.
        case noJournal
        /// The database lacks commits that were on disk (its log was removed, say): which jobs they held is not known.
        case commitsMissing
    }

    /// States of the jobs that become uncertain if the journal proves that an effect of theirs was begun since.
    package static let suspended: [JobState] = [.scheduled, .available, .running, .quarantined]
    /// States of the jobs that are quarantined if nothing proves what was done since.
    /// (One whose effect is in doubt may have gone on since, to another effect.)
    package static let unproven: [JobState] = [.scheduled, .available, .running, .held, .blocked, .uncertain]

    private static func list(_ states: [JobState]) -> String {
        states.map { String($0.rawValue) }.joined(separator: ", ")
    }

    /// Reconciles a data directory. No broker may serve it.
    /// - Parameters:
    ///   - journal: the path of the journal outside; default `kip.journal` in the directory.
    ///   - by: who has it done, for the record.
    ///   - nothingSince: that person states that nothing was done since the copy was made. It counts only if nothing
    ///     proves the contrary, and goes into the record.
    /// - Throws: `StoreError`; then nothing was changed.
    public static func run(
        directory: String, journal: String? = nil, by: String, nothingSince: Bool = false
    ) throws(StoreError) -> Report {
        let store = try SQLiteJobStore(directory: directory, journal: journal)
        var report = Report()
        report.repairs = store.repairs
        do {
            switch store.standing {
            case .same, .fileBehind: return report
            case .databaseBehind(let lines):
                if nothingSince { throw StoreError.statementDisproved(commits: lines.count) }
                report.proof = proof(of: lines, isCut: store.journal.isFileCut)
                try store.queue.write { db in try take(lines, store, &report, db) }
            case .fileMissing: report.proof = .noJournal
            case .fileAsOld: report.proof = .journalAsOld
            case .commitsMissing: report.proof = .commitsMissing
            }
            report.schedules = try store.queue.read { db in
                try Int.fetchOne(
                    db, sql: "SELECT COUNT(*) FROM schedules WHERE next_at <= ?",
                    arguments: [Timestamp.now().milliseconds]) ?? 0
            }
            if nothingSince {
                report.statedBy = by
            } else if report.proof != .journal {
                try store.queue.write { db in try quarantine(&report, db) }
            }
            try finish(store, by: by, report)
            return report
        } catch {
            throw SQLiteJobStore.explain(error, path: store.path)
        }
    }

    /// What the lines that a journal has after a copy prove. They tell of everything since if all can be read, and a restore
    /// among them was proven itself, or somebody stated that nothing had been done until then. Lines of earlier versions do
    /// not say what proved a restore, and count as no proof.
    /// - Parameter isCut: the journal lacks lines that it once had.
    package static func proof(of lines: [ChainLine], isCut: Bool = false) -> Proof {
        let known = lines.compactMap(JournalEntry.known)
        if isCut || known.count < lines.count { return .journalIncomplete }
        let isWhole = known.allSatisfy { entries in
            !entries.contains { $0.what == "restored" }
                || entries.contains { $0.proof == Proof.journal.rawValue || $0.what == "nothing-since" }
        }
        return isWhole ? .journal : .restoredUnproven
    }

    private static func take(
        _ lines: [ChainLine], _ store: SQLiteJobStore, _ report: inout Report, _ db: Database
    ) throws {
        var open: Set<String> = []
        for line in lines {
            try db.execute(
                sql: "INSERT INTO journal (number, line) VALUES (?, ?)", arguments: [line.number, line.text])
            for entry in JournalEntry.of(line) { try take(entry, at: line.at, &open, &report, db) }
        }
        report.commits = lines.count
        report.inDoubt = open.sorted()
        // A job of the backup whose effect is in doubt may not run; one that waited only for what is decided now may. Places of
        // concurrency keys come free by that, and are taken.
        let doubtful = try jobs(
            db,
            """
            UPDATE jobs SET state = 8, error = 'it is not known whether its effect happened after the backup'
            WHERE state IN (\(list(suspended))) AND id IN (SELECT job FROM effects WHERE state = 2) RETURNING id
            """)
        let decided = try jobs(
            db,
            "SELECT id FROM jobs WHERE state = 8 AND id NOT IN (SELECT job FROM effects WHERE state IN (1, 2)) ORDER BY id"
        )
        let now = Timestamp.now()
        var freed = Freed()
        for id in doubtful { try store.left(id, at: now, db, &freed) }
        for id in decided { try store.free(id, at: now, db, &freed) }
    }

    private static func jobs(_ db: Database, _ sql: String) throws -> [JobID] {
        try Data.fetchAll(db, sql: sql).compactMap { JobID(bytes: [UInt8]($0)) }
    }

    private static func take(
        _ entry: JournalEntry, at: Int64, _ open: inout Set<String>, _ report: inout Report, _ db: Database
    ) throws {
        if let state = entry.effectState {
            try write(entry, state, at, db)
            guard let key = entry.key else { return }
            if state == .effectUncertain { open.insert(key) } else { open.remove(key) }
            if state == .effectDone { report.done.append(key) }
        } else if ["cancel", "retry", "release"].contains(entry.what) {
            report.decisions.append("\(entry.what) \(entry.job ?? "") by \(entry.by ?? "")")
        }
    }

    private static func write(_ entry: JournalEntry, _ state: WireEffectState, _ at: Int64, _ db: Database) throws {
        guard let key = entry.key.map(CanonicalText.repaired), let job = entry.job.flatMap({ JobID($0) }) else {
            return
        }
        let isSettled = state != .effectUncertain
        try db.execute(
            sql: """
                INSERT INTO effects
                    (key, state, job, attempt, worker, begun_at, settled_at, settled_by, receipt, worker_key)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
                ON CONFLICT (key) DO UPDATE SET state = ?2, job = ?3, attempt = ?4, settled_at = ?7, settled_by = ?8,
                    receipt = ?9, worker = iif(?5 = '', worker, ?5), worker_key = iif(?5 = '', worker_key, ?10)
                """,
            arguments: [
                key, state.rawValue, job.databaseValue, entry.attempt ?? 0,
                isSettled ? entry.worker ?? "" : entry.worker ?? entry.by ?? "", at,
                isSettled ? at : nil, isSettled ? entry.by : nil,
                state == .effectDone ? receipt(of: entry).databaseValue : nil,
                entry.publicKey,
            ])
    }

    private static func receipt(of entry: JournalEntry) -> Data {
        entry.receipt.flatMap { Data(base64Encoded: $0) } ?? Data()
    }

    private static func quarantine(_ report: inout Report, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE jobs SET state = 9, worker = NULL,
                    error = 'restored, and nothing proves what was done since: it may have been done'
                WHERE state IN (\(list(unproven)))
                """)
        report.quarantined = db.changesCount
        try db.execute(sql: "UPDATE effects SET state = 2 WHERE state = 1")
        try db.execute(sql: "UPDATE schedules SET unproven_until = ?1", arguments: [Timestamp.now().milliseconds])
    }

    /// The database is no copy any more, and both tell the same.
    private static func finish(_ store: SQLiteJobStore, by: String, _ report: Report) throws {
        let file = store.journal.file
        try store.queue.writeWithoutTransaction { db in
            let lines = try Journal.lines(db)
            let entries = [JournalEntry(what: "restored", by: by, proof: report.proof.rawValue)]
            let statement = report.statedBy != nil ? [JournalEntry(what: "nothing-since", by: by)] : []
            let content = try JournalEntry.content(entries + statement)
            let line = ChainLine(after: lines.last, content: content, at: Timestamp.now().milliseconds)
            try db.execute(
                sql: "INSERT INTO journal (number, line) VALUES (?, ?)", arguments: [line.number, line.text])
            try file.append(Array((lines + [line])[store.journal.mirroredCount...]))
            try BackupMark.clear(db)
            // From here on it is what counts, whatever was known before.
            let number = max(store.mark.present?.number ?? 0, try HighWaterMark.number(db)) + 1
            try db.execute(sql: "UPDATE high_water SET number = ?", arguments: [number])
            store.mark.write(number, lines: lines.count + 1)
        }
    }
}
