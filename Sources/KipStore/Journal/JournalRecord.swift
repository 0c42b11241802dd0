import GRDB
import HashChain

/// A journal as it stands somewhere, read and checked, without a broker and beside one.
public struct JournalRecord: Sendable {
    /// The file.
    public let place: String
    /// Its lines, every link checked.
    public let lines: [ChainLine]

    /// The journal inside of a database: a data directory's, or a backup.
    /// - Throws: `StoreError`.
    public static func ofDatabase(_ path: String) throws(StoreError) -> JournalRecord {
        do {
            var reading = Configuration()
            reading.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: reading)
            return JournalRecord(place: path, lines: try queue.read { try Journal.lines($0) })
        } catch {
            throw SQLiteJobStore.explain(error, path: path)
        }
    }

    /// The journal outside of a database.
    /// - Throws: `StoreError`.
    public static func ofFile(_ file: ChainFile) throws(StoreError) -> JournalRecord {
        do {
            return JournalRecord(place: file.path, lines: try file.read())
        } catch {
            throw .journal(error)
        }
    }

    /// Writes a damaged last line of the journal outside anew, as the database of a directory has it. A broker that serves
    /// the directory does that itself when it starts the next time: then nothing is changed.
    /// - Returns: what was mended; nil = nothing was to be.
    /// - Throws: `StoreError` if the line stands nowhere else, or the file is damaged further up.
    public static func repair(_ file: ChainFile, from directory: String) throws(StoreError) -> String? {
        do throws(ChainError) {
            guard try file.scan({ _ in }).isDamaged else { return nil }
        } catch {
            throw .journal(error)
        }
        do throws(StoreError) {
            let lock = try DirectoryLock(directory: directory)
            let repair = Result { () throws(StoreError) in try repairLastLine(of: file, from: directory + "/kip.db") }
            lock.letGo()
            return try repair.get()
        } catch .inUse {
            return nil
        }
    }

    private static func repairLastLine(of file: ChainFile, from database: String) throws(StoreError) -> String? {
        do {
            var reading = Configuration()
            reading.readonly = true
            var comparison = try DatabaseQueue(path: database, configuration: reading).read {
                try JournalComparison($0, file)
            }
            return try comparison.repairLastLine(of: file)
        } catch {
            throw SQLiteJobStore.explain(error, path: database)
        }
    }
}
