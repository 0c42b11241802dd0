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
            guard try file.lastLineIsDamaged() else { return nil }
        } catch {
            throw .journal(error)
        }
        let stored = try ofDatabase(directory + "/kip.db").lines
        do throws(StoreError) {
            let lock = try DirectoryLock(directory: directory)
            let mended: Result<String?, ChainError>
            do throws(ChainError) {
                mended = .success(try file.repairLastLine(from: stored))
            } catch {
                mended = .failure(error)
            }
            lock.letGo()
            switch mended {
            case .success(let repair): return repair
            case .failure(let error): throw .journal(error)
            }
        } catch .inUse {
            return nil
        }
    }
}
