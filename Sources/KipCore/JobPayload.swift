import Foundation

/// A job's payload as JSON, which is what kinds have that do not say otherwise (`Job.encodePayload()`).
public enum JobPayload {
    /// The payload as JSON with its keys in order: the same job has the same bytes in every process, so that a unique key
    /// knows it again.
    /// - Throws: `EncodingError`.
    public static func encode(_ job: some Job) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(job))
    }

    /// The job of such a payload; no bytes at all are an empty object.
    /// - Throws: `DecodingError`.
    public static func decode<J: Job>(_ payload: [UInt8]) throws -> J {
        try JSONDecoder().decode(J.self, from: Data(payload.isEmpty ? Array("{}".utf8) : payload))
    }
}
