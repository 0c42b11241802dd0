import Foundation
import GRDB
import HashChain

/// Signed letters: beside the letter as it was issued, once.
extension Register {
    /// Keeps a letter as it was signed, and the step in its history with the digest. One that is kept already stays.
    /// - Returns: the signed letter that is kept.
    /// - Throws: `OfficeError.register`.
    public func keep(
        signed bytes: [UInt8], of key: String, by signer: String, at moment: Date = Date()
    ) throws(OfficeError) -> [UInt8] {
        let at = ISO8601DateFormatter().string(from: moment)
        return try write { db in
            if let kept = try Self.signed(key, db) { return kept }
            let data = Data(bytes)
            try db.execute(sql: "INSERT INTO signed_documents (key, bytes) VALUES (?, ?)", arguments: [key, data])
            try Self.note(
                letter: key, LetterStep(state: .signed, at: at, by: signer, note: Self.signatureNote(data)), db)
            return bytes
        }
    }

    /// What the step of a signature says of the signed letter.
    static func signatureNote(_ bytes: Data) -> String { "sha256 \(Digest.sha256(bytes))" }

    /// A letter as it was signed; nil = it was not.
    public func signed(_ key: String) throws(OfficeError) -> [UInt8]? {
        try read { try Self.signed(key, $0) }
    }

    private static func signed(_ key: String, _ db: Database) throws -> [UInt8]? {
        try Data.fetchOne(db, sql: "SELECT bytes FROM signed_documents WHERE key = ?", arguments: [key]).map {
            [UInt8]($0)
        }
    }

    static let signedDocumentsTable = """
        CREATE TABLE signed_documents (key TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        """
}
