import KipStore

/// What a broker says whose data directory is older than the world.
package enum Held {
    /// Why nothing is handed out; nil = all is well.
    package static func reason(_ standing: JournalStanding) -> String? {
        switch standing {
        case .same, .fileBehind: nil
        case .databaseBehind(let lines):
            "the database is older than its journal by \(lines.count) commits: it was restored from a backup, and nothing "
                + "is handed out; stop the broker and run “kip restore --reconcile”, which shows what was done since"
        case .fileAsOld:
            "the database was restored from a backup, and its journal is as old as that: it proves nothing of what was done "
                + "since, and nothing is handed out; stop the broker and run “kip restore --reconcile”, or put the newer "
                + "kip.journal back first"
        case .commitsMissing:
            "the database lacks commits that were on disk: its log (kip.db-wal) was removed, or an older database was put in "
                + "its place, so confirmed jobs are missing, and nothing is handed out; put the files back if they are "
                + "somewhere, or stop the broker and run “kip restore --reconcile”"
        case .fileMissing:
            "the journal of this database is not there, so nobody knows what was done since, and nothing is handed out; "
                + "put kip.journal back, start the broker with --journal where it is, or stop it and run “kip restore "
                + "--reconcile”"
        }
    }
}
