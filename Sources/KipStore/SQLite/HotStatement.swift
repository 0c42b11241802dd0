import GRDB
import GRDBSQLite
import KipCore

/// A prepared statement on the path of every job: bound and stepped without GRDB's row and argument types, which cost
/// more than SQLite itself here. GRDB owns the connection, the statement and the transaction.
struct HotStatement {
    private let statement: Statement
    private var handle: OpaquePointer { statement.sqliteStatement }

    init(_ db: Database, _ sql: String) throws {
        statement = try db.makeStatement(sql: sql)
    }

    func bind(_ value: Int, at index: Int32) {
        sqlite3_bind_int64(handle, index, Int64(value))
    }

    func bind(_ value: Timestamp?, at index: Int32) {
        if let value {
            sqlite3_bind_int64(handle, index, value.milliseconds)
        } else {
            sqlite3_bind_null(handle, index)
        }
    }

    func bind(_ text: String?, at index: Int32) {
        guard let text else {
            sqlite3_bind_null(handle, index)
            return
        }
        sqlite3_bind_text(handle, index, text, Int32(text.utf8.count), Self.copied)
    }

    func bind(_ bytes: [UInt8]?, at index: Int32) {
        guard let bytes else {
            sqlite3_bind_null(handle, index)
            return
        }
        bytes.withUnsafeBytes { bytes in
            if bytes.isEmpty {
                _ = sqlite3_bind_zeroblob(handle, index, 0)
            } else {
                _ = sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), Self.copied)
            }
        }
    }

    /// Bytes that stay where they are until the statement has run, so that nobody copies them.
    func bind(still bytes: UnsafeRawBufferPointer, at index: Int32) {
        sqlite3_bind_blob(handle, index, bytes.baseAddress, Int32(bytes.count), nil)
    }

    func bind(_ id: JobID, at index: Int32) {
        id.withStoredBytes { _ = sqlite3_bind_blob(handle, index, $0.baseAddress, 16, Self.copied) }
    }

    /// Runs the statement with bytes that stay where they are until it has ended, so that nobody copies them.
    func run(with bytes: UnsafeRawBufferPointer, at index: Int32) throws {
        bind(still: bytes, at: index)
        defer { sqlite3_bind_null(handle, index) }
        try run()
    }

    /// Runs the statement to its end and makes it ready for the next use.
    func run() throws {
        _ = try step()
        sqlite3_reset(handle)
    }

    /// The next row, if there is one.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        sqlite3_reset(handle)
        let message = sqlite3_db_handle(handle).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }

    /// Makes the statement ready for the next use.
    func reset() {
        sqlite3_reset(handle)
    }

    /// Rows that the last run changed.
    var changes: Int {
        sqlite3_db_handle(handle).map { Int(sqlite3_changes($0)) } ?? 0
    }

    /// Steps of SQLite's machine that all runs have taken (sqlite.org/c3ref/c_stmtstatus_counter.html): what a statement
    /// costs, the same on every computer.
    var steps: Int { Int(sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_VM_STEP, 0)) }

    func integer(_ column: Int32) -> Int {
        Int(sqlite3_column_int64(handle, column))
    }

    /// What was counted: no row of another program makes the next addition overflow.
    func count(_ column: Int32) -> Int { min(max(0, integer(column)), Int(Int32.max) - 1) }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func timestamp(_ column: Int32) -> Timestamp? {
        isNull(column)
            ? nil : Timestamp(milliseconds: sqlite3_column_int64(handle, column))
    }

    func text(_ column: Int32) -> String? {
        // By its length: a text of an earlier release may contain a zero byte.
        guard let start = sqlite3_column_text(handle, column) else { return nil }
        let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
        return String(decoding: bytes, as: UTF8.self)
    }

    func bytes(_ column: Int32) -> [UInt8] {
        guard let start = sqlite3_column_blob(handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
    }

    func jobID(_ column: Int32) -> JobID {
        let bytes = UnsafeRawBufferPointer(
            start: sqlite3_column_blob(handle, column), count: Int(sqlite3_column_bytes(handle, column)))
        return JobID(bytes: bytes) ?? JobID(high: 0, low: 0)
    }

    /// SQLITE_TRANSIENT: SQLite makes its own copy.
    private static nonisolated(unsafe) let copied = unsafeBitCast(
        OpaquePointer(bitPattern: -1), to: sqlite3_destructor_type.self)
}

extension JobID {
    /// Its 16 bytes, where nobody has to make an array of them; they must not leave the closure.
    func withStoredBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
        var halves = (high.bigEndian, low.bigEndian)
        withUnsafeBytes(of: &halves, body)
    }
}
