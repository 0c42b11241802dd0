import KipStore

/// What a broker says whose data directory is older than the world.
enum Held {
    /// Why nothing is handed out; nil = all is well.
    static func reason(_ standing: JournalStanding) -> String? {
        switch standing {
        case .same, .fileBehind: nil
        case .databaseBehind(let lines):
            "the database is older than its journal by \(lines.count) commits: it was restored from a backup, and nothing "
                + "is handed out; stop the broker and run “kip restore --reconcile”, which shows what was done since"
        case .fileMissing:
            "the journal of this database is not there, so nobody knows what was done since, and nothing is handed out; "
                + "put kip.journal back, or stop the broker and run “kip restore --reconcile”"
        }
    }
}
