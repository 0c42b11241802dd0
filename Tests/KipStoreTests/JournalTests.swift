import Foundation
import GRDB
import HashChain
import KipCore
import Testing

@testable import KipStore

/// The record that cannot be bent, and what it proves after a restore.
@Suite struct JournalTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let directory = Directory()
    private var database: String { directory.path + "/kip.db" }
    private var file: ChainFile { ChainFile(path: directory.path + "/kip.journal") }

    /// A job that runs, with an effect that was begun.
    private func act(_ store: SQLiteJobStore, _ key: String, done: Bool) throws -> JobID {
        let draft = JobDraft(kind: "k", runAt: now)
        let intent = EffectIntent(key: key, job: draft.id, attempt: 1, worker: EffectWorker(id: "w"), at: now)
        _ = try store.outcomes([.insert(draft, at: now, worker: "w"), .beginEffect(intent)])
        if done { try finish(store, draft.id, key) }
        return draft.id
    }

    private func finish(_ store: SQLiteJobStore, _ id: JobID, _ key: String) throws {
        _ = try store.outcomes([
            .settleEffect(
                EffectWord(
                    key: key, settlement: .done(receipt: Array(key.utf8)),
                    speaker: .handler(id, attempt: 1, worker: EffectWorker(id: "w")), at: now))
        ])
    }

    @Test("database and file tell the same, and a changed word breaks the chain at its line")
    func chain() throws {
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            for number in 1...5 { _ = try act(store, "mail/\(number)", done: true) }
        }
        let lines = try file.read()
        #expect(lines.count == 10)
        #expect(try JournalRecord.ofDatabase(database).lines == lines)
        var text = try String(contentsOfFile: file.path, encoding: .utf8)
        text = text.replacingOccurrences(of: "mail/3", with: "mail/9")
        try text.write(toFile: file.path, atomically: false, encoding: .utf8)
        #expect(throws: ChainError.broken(place: file.path, line: 5)) { try file.read() }
        #expect(throws: StoreError.journal(.broken(place: file.path, line: 5))) {
            try SQLiteJobStore(directory: directory.path)
        }
    }

    @Test("the table of the journal can be neither changed nor shortened")
    func appendOnly() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        _ = try act(store, "mail/1", done: true)
        for sql in ["UPDATE journal SET line = 'x'", "DELETE FROM journal"] {
            #expect(throws: DatabaseError.self) { try store.queue.write { try $0.execute(sql: sql) } }
        }
    }

    @Test("a crash between the database and the file, or within a line of it, is mended at the next start")
    func behind() throws {
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            for number in 1...3 { _ = try act(store, "mail/\(number)", done: true) }
        }
        let whole = try file.read()
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        try text.dropLast(150).description.write(toFile: file.path, atomically: false, encoding: .utf8)
        #expect(try file.read().count < whole.count)
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(!store.standing.isHeld)
        #expect(try file.read() == whole)
        _ = try act(store, "mail/4", done: true)
        #expect(try file.read().count == whole.count + 2)
    }

    @Test(
        "a restored backup is held; reconciled, what happened since has its receipt and what nobody knows is uncertain")
    func restore() throws {
        let backup = directory.path + "-backup.db"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        var ids: [JobID] = []
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            ids.append(try act(store, "mail/before", done: false))
            let waiting = JobDraft(kind: "k", runAt: now)
            _ = try store.outcomes([.insert(waiting, at: now)])
            let report = try Backup.write(from: directory.path, to: backup)
            #expect(report.jobs == 2)
            try finish(store, ids[0], "mail/before")
            ids.append(waiting.id)
            let intent = EffectIntent(
                key: "mail/since", job: waiting.id, attempt: 1, worker: EffectWorker(id: "w"), at: now)
            _ = try store.outcomes([.lease(waiting.id, attempt: 1, worker: "w"), .beginEffect(intent)])
        }
        #expect(try Backup.restore(backup, into: directory.path) != nil)
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            guard case .databaseBehind(let lines) = store.standing else {
                Issue.record("\(store.standing)")
                return
            }
            #expect(lines.count == 2)
        }
        let report = try Reconcile.run(directory: directory.path, by: "Lan")
        #expect(report.done == ["mail/before"])
        #expect(report.inDoubt == ["mail/since"])
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(store.standing == .same)
        #expect(try store.answer(.states(ids)).states == [.running, .uncertain])
        let again = EffectIntent(key: "mail/before", job: ids[0], attempt: 2, worker: EffectWorker(id: "w"), at: now)
        #expect(try store.outcomes([.beginEffect(again)]) == [.standing(.done(receipt: Array("mail/before".utf8)))])
        #expect(try JournalRecord.ofDatabase(database).lines == (try file.read()))
    }

    @Test("a backup without its journal is held, and everything unfinished waits for a person")
    func withoutJournal() throws {
        let backup = directory.path + "-backup.db"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        let draft = try backedUp(to: backup).job
        let elsewhere = Directory()
        #expect(try Backup.restore(backup, into: elsewhere.path) == nil)
        #expect(try SQLiteJobStore(directory: elsewhere.path).standing == .fileMissing)
        #expect(try Reconcile.run(directory: elsewhere.path, by: "Lan").quarantined == 1)
        let store = try SQLiteJobStore(directory: elsewhere.path)
        #expect(store.standing == .same)
        #expect(try store.answer(.states([draft.id])).states == [.quarantined])
        #expect(try store.outcomes([.revive(draft.id, at: now)]) == [.changed(Lane(queue: "default", kind: "k"))])
    }

    /// A store with one job that waits, of which a backup was made.
    private func backedUp(to path: String) throws -> (store: SQLiteJobStore, job: JobDraft) {
        let store = try SQLiteJobStore(directory: directory.path)
        let draft = JobDraft(kind: "k", runAt: now)
        _ = try store.outcomes([.insert(draft, at: now)])
        _ = try Backup.write(from: directory.path, to: path)
        return (store, draft)
    }

    private func report(_ proof: Reconcile.Proof, commits: Int = 0, quarantined: Int) -> Reconcile.Report {
        var report = Reconcile.Report()
        report.proof = proof
        report.commits = commits
        report.quarantined = quarantined
        return report
    }

    @Test(
        "a backup that was restored without proof is not proven by the lines that came after, when it is restored again"
    )
    func restoredTwice() throws {
        let backup = directory.path + "-backup.db"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        let draft = try backedUp(to: backup).job
        let elsewhere = Directory()
        func restored() throws -> (Reconcile.Report, [JobState?]) {
            _ = try Backup.restore(backup, into: elsewhere.path)
            let report = try Reconcile.run(directory: elsewhere.path, by: "Lan")
            return (report, try SQLiteJobStore(directory: elsewhere.path).answer(.states([draft.id])).states)
        }
        #expect(try restored() == (report(.noJournal, quarantined: 1), [.quarantined]))
        // The line of the first restore stands in the journal after the copy, and tells nothing of the time before it.
        #expect(try restored() == (report(.restoredUnproven, commits: 1, quarantined: 1), [.quarantined]))
        #expect(try restored() == (report(.restoredUnproven, commits: 2, quarantined: 1), [.quarantined]))
    }

    @Test(
        "a restore that the journal proved, or of which somebody stated that nothing was done since, is proof the next time"
    )
    func restoredTwiceWithProof() throws {
        let backup = directory.path + "-backup.db"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        let draft: JobDraft
        do {
            let (store, job) = try backedUp(to: backup)
            draft = job
            _ = try act(store, "mail/since", done: true)
        }
        for commits in [2, 3] {
            _ = try Backup.restore(backup, into: directory.path)
            let report = try Reconcile.run(directory: directory.path, by: "Lan")
            #expect(report.proof == .journal && report.quarantined == 0 && report.commits == commits)
            let store = try SQLiteJobStore(directory: directory.path)
            #expect(try store.answer(.states([draft.id])).states == [.available])
        }
        let elsewhere = Directory()
        for isFirst in [true, false] {
            _ = try Backup.restore(backup, into: elsewhere.path)
            let report = try Reconcile.run(directory: elsewhere.path, by: "Lan", nothingSince: isFirst)
            #expect(report.proof == (isFirst ? .noJournal : .journal) && report.quarantined == 0)
        }
    }

    @Test(
        "a job whose effect was in doubt in the backup, and is decided since, waits for a place of its concurrency key")
    func placesAfterRestore() throws {
        let backup = directory.path + "-backup.db"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        var single = JobConditions()
        single.concurrencyKey = "one"
        let doubtful = JobDraft(kind: "k", runAt: now, conditions: single)
        let next = JobDraft(kind: "k", runAt: now, conditions: single)
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try store.outcomes([.insert(doubtful, at: now), .insert(next, at: now)])
            let intent = EffectIntent(
                key: "mail/1", job: doubtful.id, attempt: 1, worker: EffectWorker(id: "w"), at: now)
            let park = Mutation.Park(
                id: doubtful.id, attempt: 1, state: .uncertain, setbacks: Setbacks(losses: 1), error: "lost",
                outcome: "worker lost", worker: "w", at: now)
            _ = try store.outcomes([.lease(doubtful.id, attempt: 1, worker: "w"), .beginEffect(intent), .park(park)])
            #expect(try store.answer(.states([doubtful.id, next.id])).states == [.uncertain, .available])
            _ = try Backup.write(from: directory.path, to: backup)
            _ = try store.outcomes([
                .settleEffect(EffectWord(key: "mail/1", settlement: .undone, speaker: .person("Lan"), at: now))
            ])
        }
        _ = try Backup.restore(backup, into: directory.path)
        _ = try Reconcile.run(directory: directory.path, by: "Lan")
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(try store.answer(.states([doubtful.id, next.id])).states == [.blocked, .available])
    }

    @Test("a journal as old as the copy proves nothing: held, and what is unfinished waits for a person")
    func journalAsOld() throws {
        let backup = directory.path + "-backup.db"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        let waiting = JobDraft(kind: "k", runAt: now)
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try act(store, "mail/1", done: true)
            _ = try store.outcomes([.insert(waiting, at: now)])
            _ = try Backup.write(from: directory.path, to: backup)
        }
        _ = try Backup.restore(backup, into: directory.path)
        #expect(try SQLiteJobStore(directory: directory.path).standing == .fileAsOld)
        // Also the next time: to have been opened proves nothing either.
        #expect(try SQLiteJobStore(directory: directory.path).standing == .fileAsOld)
        #expect(try Inspection(directory: directory.path).standing == .fileAsOld)
        let report = try Reconcile.run(directory: directory.path, by: "Lan")
        #expect(report.proof == .journalAsOld)
        #expect(report.quarantined == 2)
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(store.standing == .same)
        #expect(try store.answer(.states([waiting.id])).states == [.quarantined])
    }

    @Test(
        "a person may state that nothing was done since, by name, into the record; not against a journal that goes on")
    func nothingSince() throws {
        let backup = directory.path + "-backup.db"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        let waiting = JobDraft(kind: "k", runAt: now)
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try store.outcomes([.insert(waiting, at: now)])
            _ = try Backup.write(from: directory.path, to: backup)
        }
        let other = Directory()
        _ = try Backup.restore(backup, into: other.path)
        let report = try Reconcile.run(directory: other.path, by: "Lan", nothingSince: true)
        #expect(report.statedBy == "Lan" && report.quarantined == 0)
        #expect(try SQLiteJobStore(directory: other.path).answer(.states([waiting.id])).states == [.available])
        let entries = try ChainFile(path: other.path + "/kip.journal").read().flatMap { JournalEntry.of($0) }
        #expect(entries.map(\.what) == ["restored", "nothing-since"])
        #expect(entries.last?.by == "Lan")
        do { _ = try act(try SQLiteJobStore(directory: directory.path), "mail/1", done: true) }
        _ = try Backup.restore(backup, into: directory.path)
        #expect(throws: StoreError.self) { try Reconcile.run(directory: directory.path, by: "Lan", nothingSince: true) }
    }

    /// Three effects, and the journal as it is then.
    private func threeEffects() throws -> [ChainLine] {
        let store = try SQLiteJobStore(directory: directory.path)
        for number in 1...3 { _ = try act(store, "mail/\(number)", done: true) }
        store.close()
        return try file.read()
    }

    /// Puts zeros over bytes of the file, counted from its end.
    private func zero(_ range: Range<Int>) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file.path)))
        for index in range { bytes[bytes.count - index] = 0 }
        try Data(bytes).write(to: URL(fileURLWithPath: file.path))
    }

    @Test(
        "a last line that was torn or zeroed is written anew from the database",
        arguments: [2..<100, 1..<200, 1..<2, 5..<6])
    func lastLine(_ range: Range<Int>) throws {
        let whole = try threeEffects()
        try zero(range)
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            #expect(!store.standing.isHeld)
            #expect(try file.read() == whole)
            // A line without its newline was never finished, as far as is known.
            #expect(store.repairs.count == (range.contains(1) ? 0 : 1))
        }
        try zero(range)
        #expect(try (JournalRecord.repair(file, from: directory.path) != nil) == !range.contains(1))
        _ = try act(try SQLiteJobStore(directory: directory.path), "mail/4", done: true)
        #expect(try file.read().count == whole.count + 2)
    }

    @Test("damage further up is refused, and so is a last line that stands nowhere else")
    func furtherUp() throws {
        _ = try threeEffects()
        let text = try String(contentsOfFile: file.path, encoding: .utf8)
        let last = try #require(text.split(separator: "\n").last).utf8.count
        try zero((last + 10)..<(last + 20))
        #expect(throws: StoreError.self) { try SQLiteJobStore(directory: directory.path) }
        try text.write(toFile: file.path, atomically: false, encoding: .utf8)
        try zero(5..<20)
        let damaged = try file.scan { _ in }
        #expect(damaged.isDamaged && damaged.bytes == text.utf8.count - last - 1)
        try DatabaseQueue(path: database).write { db in
            for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_master WHERE type = 'trigger'") {
                try db.execute(sql: "DROP TRIGGER \(name)")
            }
            try db.execute(sql: "DELETE FROM journal WHERE number = ?", arguments: [damaged.lines + 1])
        }
        #expect(throws: StoreError.journal(.broken(place: file.path, line: damaged.lines + 1))) {
            try SQLiteJobStore(directory: directory.path)
        }
        #expect(throws: StoreError.self) { try JournalRecord.repair(file, from: directory.path) }
    }

    @Test("lines of any length are read as they were written, and a file is read no further than asked")
    func lengths() throws {
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        var written: [ChainLine] = []
        for (index, length) in [1, 262_000, 40, 700_000, 262_144, 0, 3].enumerated() {
            let content = String(repeating: "ă", count: length)
            written.append(ChainLine(after: written.last, content: content, at: Int64(index)))
        }
        try file.append(written)
        #expect(try file.read() == written)
        let three = written[..<3].reduce(0) { $0 + $1.text.utf8.count + 1 }
        var seen = 0
        let end = try file.scan(upTo: three + 100) { _ in seen += 1 }
        #expect(seen == 3 && end == ChainFileEnd(lines: 3, bytes: three))
        #expect(file.bytes > three)
    }

    @Test("a comparison names the first line that differs, and keeps only what one of the two lacks")
    func comparison() throws {
        let whole = try threeEffects()
        let longer = whole + [ChainLine(after: whole.last, content: "x", at: 1)]
        let behind = JournalComparison(stored: whole, mirrored: longer)
        #expect(behind.unstored == [longer[whole.count]] && behind.unmirrored.isEmpty && behind.fork == nil)
        let other = ChainLine(after: whole[0], content: "other", at: 1)
        try [whole[0], other].map { $0.text + "\n" }.joined().write(
            toFile: file.path, atomically: false, encoding: .utf8)
        #expect(throws: StoreError.journalForked(path: file.path, line: 2)) {
            try SQLiteJobStore(directory: directory.path)
        }
    }

    @Test("a look beside a broker that writes never finds the database behind")
    func besideAWriter() async throws {
        let store = try SQLiteJobStore(directory: directory.path)
        _ = try act(store, "mail/0", done: true)
        let path = directory.path
        let looks = Task.detached {
            for _ in 0..<20 {
                let standing = try Inspection(directory: path).standing
                #expect(!standing.isHeld)
            }
        }
        for number in 1...100 { _ = try act(store, "mail/\(number)", done: true) }
        try await looks.value
    }

    @Test("a journal that was removed under a running broker is not begun in the middle")
    func removedWhileRunning() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        _ = try act(store, "mail/1", done: true)
        try FileManager.default.removeItem(atPath: file.path)
        let draft = JobDraft(kind: "k", runAt: now)
        let intent = EffectIntent(key: "mail/2", job: draft.id, attempt: 1, worker: EffectWorker(id: "w"), at: now)
        #expect(
            try store.outcomes([.insert(draft, at: now, worker: "w"), .beginEffect(intent)]) == [.created, .unmirrored])
        #expect(store.trouble != nil)
    }

    @Test(
        "a restored copy is the copy alone, whatever is left of the database before: its log, or its journal of a rollback",
        arguments: [["-wal", "-shm"], ["-journal"], ["", "-wal", "-shm"], ["-wal", "-shm", "-journal"]])
    func leftovers(_ left: [String]) throws {
        let (backup, other) = (directory.path + "-backup.db", Directory())
        defer { try? FileManager.default.removeItem(atPath: backup) }
        let files = FileManager.default
        func count(_ path: String) throws -> Int {
            try DatabaseQueue(path: path).read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM jobs") ?? 0 }
        }
        try files.createDirectory(atPath: other.path, withIntermediateDirectories: true)
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try store.outcomes([.insert(JobDraft(kind: "k", runAt: now), at: now)])
            _ = try Backup.write(from: directory.path, to: backup)
            _ = try store.outcomes((0..<500).map { _ in .insert(JobDraft(kind: "k", runAt: now), at: now) })
            try store.merge(all: true)
            // As after a crash: the log is not in the database.
            for ending in left where files.fileExists(atPath: database + ending) {
                try files.copyItem(atPath: database + ending, toPath: other.path + "/kip.db" + ending)
            }
        }
        if left.contains("-journal") { try makeHotJournal(other.path + "/kip.db-journal", of: backup) }
        let aside = try #require(try Backup.restore(backup, into: other.path))
        for ending in left { #expect(files.fileExists(atPath: aside + ending), "\(ending)") }
        for ending in ["-wal", "-shm", "-journal"] {
            #expect(!files.fileExists(atPath: other.path + "/kip.db" + ending), "\(ending)")
        }
        #expect(try count(other.path + "/kip.db") == 1)
        #expect(try SQLiteJobStore(directory: other.path).standing.isHeld)
    }

    /// A journal of a transaction that was cut off, of pages of another database.
    private func makeHotJournal(_ path: String, of database: String) throws {
        let copy = path + ".db"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        try FileManager.default.copyItem(atPath: database, toPath: copy)
        let queue = try DatabaseQueue(path: copy)
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN IMMEDIATE; DELETE FROM jobs")
            try FileManager.default.copyItem(atPath: copy + "-journal", toPath: path)
            try db.execute(sql: "ROLLBACK")
        }
    }

    @Test("a backup replaces no file, and only a backup is restored")
    func refusals() throws {
        let backup = directory.path + "-backup.db"
        defer { try? FileManager.default.removeItem(atPath: backup) }
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try store.outcomes([.insert(JobDraft(kind: "k", runAt: now), at: now)])
            _ = try Backup.write(from: directory.path, to: backup)
            #expect(throws: StoreError.self) { try Backup.write(from: directory.path, to: backup) }
            #expect(throws: StoreError.inUse(path: directory.path)) {
                try Backup.restore(backup, into: directory.path)
            }
        }
        #expect(throws: StoreError.self) { try Backup.restore(database, into: Directory().path) }
    }

    @Test("a journal of another life is refused by name")
    func forked() throws {
        let other = Directory()
        do {
            _ = try act(try SQLiteJobStore(directory: directory.path), "mail/1", done: true)
            _ = try act(try SQLiteJobStore(directory: other.path), "mail/2", done: true)
        }
        #expect(throws: StoreError.journalForked(path: other.path + "/kip.journal", line: 1)) {
            try SQLiteJobStore(directory: directory.path, journal: other.path + "/kip.journal")
        }
    }

    @Test("where the journal outside cannot be written nobody is told to act; when it can, the same intent stands")
    func lagging() throws {
        let outside = directory.path + "/elsewhere"
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        let store = try SQLiteJobStore(directory: directory.path, journal: outside + "/kip.journal")
        try FileManager.default.removeItem(atPath: outside)
        let draft = JobDraft(kind: "k", runAt: now)
        let intent = Mutation.beginEffect(
            EffectIntent(key: "mail/1", job: draft.id, attempt: 1, worker: EffectWorker(id: "w"), at: now))
        #expect(try store.outcomes([.insert(draft, at: now, worker: "w"), intent]) == [.created, .unmirrored])
        #expect(store.trouble != nil)
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: false)
        #expect(try store.outcomes([intent]) == [.standing(.begun)])
        #expect(store.trouble == nil)
        #expect(try ChainFile(path: outside + "/kip.journal").read().count == 1)
    }

    @Test("lines that a file has already are not added again")
    func twice() throws {
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        let first = ChainLine(after: nil, content: "a", at: 1)
        let second = ChainLine(after: first, content: "b", at: 2)
        try file.append([first])
        try file.append([first, second])
        try file.append([second])
        // A commit with many entries.
        let third = ChainLine(after: second, content: String(repeating: "x", count: 20_000), at: 3)
        for _ in 0..<2 { try file.append([second, third]) }
        #expect(try file.read() == [first, second, third])
    }

    @Test("two restores in one second keep both databases that they replace")
    func twoRestores() throws {
        let copy = directory.path + "-copy.db"
        defer { try? FileManager.default.removeItem(atPath: copy) }
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try act(store, "mail/1", done: true)
            _ = try Backup.write(from: directory.path, to: copy)
            _ = try act(store, "mail/2", done: true)
            store.close()
        }
        let first = try #require(try Backup.restore(copy, into: directory.path))
        let second = try #require(try Backup.restore(copy, into: directory.path))
        #expect(first != second)
        // The first is the one that knows of the second letter.
        let keys = try JournalRecord.ofDatabase(first).lines.flatMap { JournalEntry.of($0) }.compactMap(\.key)
        #expect(keys.contains("mail/2"))
    }

    @Test("a copy that knows more than its journal is held: the journal is an old one and tells nothing")
    func oldJournal() throws {
        let line = ChainLine(after: nil, content: "a", at: 1)
        let comparison = JournalComparison(stored: [line], mirrored: [])
        #expect(try comparison.standing(isThere: true, isCopy: true, path: "x") == .fileMissing)
        #expect(try comparison.standing(isThere: true, isCopy: false, path: "x") == .fileBehind([line]))
    }

    @Test("database, log and shared memory are their owner's alone, whatever the directory allows")
    func modes() throws {
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        chmod(directory.path, 0o755)
        let store = try SQLiteJobStore(directory: directory.path)
        _ = try act(store, "mail/1", done: true)
        for name in ["kip.db", "kip.db-wal", "kip.db-shm", "kip.journal"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }
}

extension Answer {
    var states: [JobState?] { if case .states(let states) = self { states } else { [] } }
}
