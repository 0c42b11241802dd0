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
}
