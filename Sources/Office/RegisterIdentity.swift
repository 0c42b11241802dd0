import GRDB

/// Which register a worker works on: what is begun for one register is not taken for done by another one.
///
/// The id is made once. That of a register which has given numbers comes from the first line of its chain, so that a copy
/// of an earlier release which is put back has the id again that the register had since; that of a new register is random.
/// Effect keys and unique keys of office jobs end with it (`print/apology/CODE/1@3f0c…`).
public struct RegisterIdentity: Sendable, Equatable {
    /// 16 hexadecimal digits.
    public let id: String
    /// The number of the last step of a letter that was noted before there was an identity; 0 = there was none. What was
    /// under way by then goes on under the keys of then.
    public let lastStepBefore: Int

    /// An identity.
    public init(id: String, lastStepBefore: Int = 0) {
        self.id = id
        self.lastStepBefore = lastStepBefore
    }

    /// A key that belongs to this register: `KEY@ID`.
    public func owned(_ key: String) -> String { "\(key)@\(id)" }

    /// A key without the register that it belongs to.
    /// - Returns: the key, and the register's id; nil = it is a key of before registers had one.
    public static func parts(of key: String) -> (key: String, id: String?) {
        guard let at = key.lastIndex(of: "@") else { return (key, nil) }
        let id = key[key.index(after: at)...]
        let isID = id.utf8.count == 16 && id.utf8.allSatisfy { Array("0123456789abcdef".utf8).contains($0) }
        return isID ? (String(key[..<at]), String(id)) : (key, nil)
    }
}

extension Register {
    static let identityTable = """
        CREATE TABLE register_identity (id TEXT NOT NULL PRIMARY KEY, last_step_before INTEGER NOT NULL) STRICT;
        """

    static func makeIdentity(_ db: Database) throws {
        let first = try chainLine(1, db)?.hash.prefix(16).description
        let random = try String.fetchOne(db, sql: "SELECT lower(hex(randomblob(8)))")
        let last = try Int.fetchOne(db, sql: "SELECT max(number) FROM letter_steps") ?? 0
        try db.execute(
            sql: "INSERT INTO register_identity (id, last_step_before) VALUES (?, ?)",
            arguments: [first ?? random, last])
    }

    static func identity(_ pool: DatabasePool) throws -> RegisterIdentity {
        let row = try pool.read { try Row.fetchOne($0, sql: "SELECT id, last_step_before FROM register_identity") }
        guard let row else { throw OfficeError.register("the register has lost its identity; put back a backup of it") }
        return RegisterIdentity(id: row["id"], lastStepBefore: row["last_step_before"])
    }
}
