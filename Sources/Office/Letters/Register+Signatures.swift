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
        if let kept = try signed(key) { return kept }
        try write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO signed_documents (key, bytes) VALUES (?, ?)", arguments: [key, Data(bytes)])
        }
        let kept = try signed(key) ?? bytes
        try note(letter: key, .signed, by: signer, note: "sha256 \(Digest.sha256(kept))", at: moment)
        return kept
    }

    /// A letter as it was signed; nil = it was not.
    public func signed(_ key: String) throws(OfficeError) -> [UInt8]? {
        try read { db in
            try Data.fetchOne(db, sql: "SELECT bytes FROM signed_documents WHERE key = ?", arguments: [key]).map {
                [UInt8]($0)
            }
        }
    }

    static let signedDocumentsTable = """
        CREATE TABLE signed_documents (key TEXT NOT NULL PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        """
}
