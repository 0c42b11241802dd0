import Foundation

/// A job's payload as bytes.
public enum JobPayload {
    /// The payload as JSON with its keys in order: the same job has the same bytes in every process, so that a unique key
    /// knows it again.
    /// - Throws: `EncodingError`.
    public static func encode(_ job: some Job) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(job))
    }
}
