import Foundation
import HashChain
import KipCore
import Testing

@testable import KipStore

/// After a restore that nothing proves, whatever may have been done since the backup waits for a person.
@Suite struct UnprovenRestoreTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let directory = Directory()
    private let elsewhere = Directory()
    private var backup: String { directory.path + "/backup.db" }
    private let worker = EffectWorker(id: "w")

    private func begin(_ store: SQLiteJobStore, _ key: String, of job: JobID) throws {
        let intent = EffectIntent(key: key, job: job, attempt: 1, worker: worker, at: now)
        _ = try store.outcomes([.beginEffect(intent)])
    }

    private func settle(_ store: SQLiteJobStore, _ key: String, of job: JobID) throws {
        let word = EffectWord(
            key: key, settlement: .done(receipt: [1]), speaker: .handler(job, attempt: 1, worker: worker), at: now)
        _ = try store.outcomes([.settleEffect(word)])
    }

    /// A job in a worker's hands.
    private func start(_ store: SQLiteJobStore) throws -> JobID {
        let draft = JobDraft(kind: "k", runAt: now)
        _ = try store.outcomes([.insert(draft, at: now, worker: "w")])
        return draft.id
    }

    private func reconciled(_ path: String) throws -> (report: Reconcile.Report, store: SQLiteJobStore) {
        let report = try Reconcile.run(directory: path, by: "Lan")
        return (report, try SQLiteJobStore(directory: path))
    }

    @Test("a job whose effect was in doubt in the backup does not go on by what is found of that effect alone")
    func uncertain() throws {
        let id: JobID
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            id = try start(store)
            try begin(store, "first", of: id)
            let park = Mutation.Park(
                id: id, attempt: 1, state: .uncertain, setbacks: Setbacks(), error: "", outcome: "worker lost",
                worker: "w",
                at: now)
            _ = try store.outcomes([.park(park)])
            _ = try Backup.write(from: directory.path, to: backup)
        }
        _ = try Backup.restore(backup, into: elsewhere.path)
        let (report, store) = try reconciled(elsewhere.path)
        #expect(report.proof == .noJournal && report.quarantined == 1)
        let word = EffectWord(
            key: "first", settlement: .done(receipt: [1]), speaker: .reconciler(id, attempt: 1, worker: worker),
            at: now)
        _ = try store.outcomes([.settleEffect(word)])
        // It may have done its second effect as well, since the backup.
        #expect(try store.answer(.states([id])).states == [.quarantined])
    }

    @Test("times of schedules between the backup and the restore may have fired: what makes up for them is quarantined")
    func schedules() throws {
        let restored = Timestamp.now()
        func at(_ seconds: Int64) -> Timestamp { restored.advanced(byMilliseconds: seconds * 1_000) }
        let schedule = StoredSchedule(name: "s", definition: "{}", next: at(-60), lastNominal: nil)
        func fire(_ store: SQLiteJobStore, _ seconds: Int64) throws -> (WriteOutcome, JobID) {
            let draft = JobDraft(kind: "k", runAt: at(seconds))
            let outcomes = try store.outcomes([
                .fireSchedule(
                    name: "s", nominal: at(seconds), next: at(seconds + 60), draft, at: at(300), skipsOverlap: false)
            ])
            return (try #require(outcomes.first), draft.id)
        }
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try store.apply([.applySchedules([schedule])])
            _ = try Backup.write(from: directory.path, to: backup)
        }
        _ = try Backup.restore(backup, into: elsewhere.path)
        let (report, store) = try reconciled(elsewhere.path)
        #expect(report.schedules == 1)
        let (doubtful, held) = try fire(store, -60)
        #expect(doubtful == .quarantined(held))
        let (later, waiting) = try fire(store, 240)
        #expect(later == .created)
        #expect(try store.answer(.states([held, waiting])).states == [.quarantined, .available])
        // The person who was asked lets it go on; its time is in the ledger, and does not fire once more.
        _ = try store.outcomes([.revive(held, at: at(300))])
        #expect(try store.answer(.states([held])).states == [.available])
        #expect(try fire(store, -60).0 == .existing(held))
        // With proof, or a person's statement, they fire as ever.
        let stated = Directory()
        _ = try Backup.restore(backup, into: stated.path)
        _ = try Reconcile.run(directory: stated.path, by: "Lan", nothingSince: true)
        #expect(try fire(try SQLiteJobStore(directory: stated.path), -60).0 == .created)
    }

    @Test("where the clock was ahead at the restore, times that are still to come are in no doubt once it is corrected")
    func clockAhead() throws {
        let store = try SQLiteJobStore(directory: directory.path)
        let schedule = StoredSchedule(name: "s", definition: "{}", next: now, lastNominal: nil)
        _ = try store.apply([.applySchedules([schedule])])
        try store.queue.write { try $0.execute(sql: "UPDATE schedules SET unproven_until = 99000000") }
        _ = try store.outcomes([.correctWaits(at: now, limit: 100, .setBack)])
        let nominal = now.advanced(byMilliseconds: 60_000)
        let outcomes = try store.outcomes([
            .fireSchedule(
                name: "s", nominal: nominal, next: nil, JobDraft(kind: "k", runAt: nominal), at: nominal,
                skipsOverlap: false)
        ])
        #expect(outcomes == [.created])
    }

    /// A backup, and an effect that began after it; the directory and its journal as they are then.
    private func goesOn() throws -> JobID {
        let store = try SQLiteJobStore(directory: directory.path)
        let id = try start(store)
        _ = try Backup.write(from: directory.path, to: backup)
        try begin(store, "first", of: id)
        try settle(store, "first", of: id)
        return id
    }

    @Test("a journal that goes on after the backup, but was replaced by an older copy of itself, is no whole proof")
    func journalCut() throws {
        let id = try goesOn()
        let journal = directory.path + "/kip.journal"
        let old = try Data(contentsOf: URL(fileURLWithPath: journal))
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            try begin(store, "second", of: id)
        }
        _ = try Backup.restore(backup, into: directory.path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: journal))
        for (content, proof, state) in [
            (old, Reconcile.Proof.journalIncomplete, JobState.quarantined), (whole, .journal, .uncertain),
        ] {
            let copy = Directory()
            try FileManager.default.copyItem(atPath: directory.path, toPath: copy.path)
            try content.write(to: URL(fileURLWithPath: copy.path + "/kip.journal"))
            let (report, store) = try reconciled(copy.path)
            #expect(report.proof == proof)
            #expect(report.done == ["first"])
            #expect(try store.answer(.states([id])).states == [state])
        }
    }

    @Test(
        "a line of the journal that this version cannot read, or that tells of something it does not know, proves nothing",
        arguments: [#"{"effects": 3}"#, #"[{"what":"effect-moved","key":"second"}]"#])
    func unreadable(_ content: String) throws {
        let id = try goesOn()
        let file = ChainFile(path: directory.path + "/kip.journal")
        try file.append([ChainLine(after: try file.read().last, content: content, at: now.milliseconds)])
        _ = try Backup.restore(backup, into: directory.path)
        let (report, store) = try reconciled(directory.path)
        #expect(report.proof == .journalIncomplete)
        #expect(try store.answer(.states([id])).states == [.quarantined])
    }
}

/// A journal that is not in the data directory is found by who is not told where it is.
@Suite struct JournalPlaceTests {
    private let directory = Directory()
    private let disk = Directory()
    private var journal: String { disk.path + "/kip.journal" }

    init() throws { try FileManager.default.createDirectory(atPath: disk.path, withIntermediateDirectories: true) }

    private func serve(_ journal: String?) throws {
        _ = try SQLiteJobStore(directory: directory.path, journal: journal)
    }

    @Test("the database knows where its last broker had the journal, and a backup of it as well")
    func known() throws {
        #expect(JournalPlace.of(directory.path) == directory.path + "/kip.journal")
        try serve(journal)
        #expect(JournalPlace.of(directory.path) == journal)
        #expect(JournalPlace.of(directory.path, told: "/other") == "/other")
        let copy = disk.path + "/copy.db"
        _ = try Backup.write(from: directory.path, to: copy)
        let elsewhere = Directory()
        _ = try Backup.restore(copy, into: elsewhere.path)
        #expect(JournalPlace.of(elsewhere.path) == journal)
        try serve(nil)
        #expect(JournalPlace.of(directory.path) == directory.path + "/kip.journal")
    }

    @Test("a journal on a disk that is not there, or that is a folder, is refused before anything is made")
    func refused() {
        for path in [disk.path + "/none/kip.journal", disk.path] {
            #expect(throws: StoreError.self) { try serve(path) }
        }
        #expect(!FileManager.default.fileExists(atPath: directory.path))
        // The data directory is made with its journal.
        #expect(throws: Never.self) { try serve(directory.path + "/kip.journal") }
    }
}
