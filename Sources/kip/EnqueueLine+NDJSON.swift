import Foundation
import KipClient
import KipCore

extension EnqueueLine {
    /// The fields of a line.
    private static let known = Set(JobField.allCases.map(\.rawValue))

    /// A line of NDJSON as a job.
    /// - Throws: `Failure` that names the line, and the field.
    /// - Parameter id: of a job whose line says none.
    static func request(_ line: Data, _ number: Int, else id: JobID = JobID()) throws -> JobRequest {
        do {
            try check([UInt8](line))
            var fields = try JSONDecoder().decode(EnqueueLine.self, from: line)
            let object = try JSONSerialization.jsonObject(with: line) as? [String: Any]
            if let stranger = object?.keys.sorted().first(where: { !Self.known.contains($0) }) {
                throw Failure.data("“\(stranger)” is not a field of a job; “kip enqueue --help” lists them")
            }
            fields.id = fields.id ?? id
            let payload = try object?["payload"].map {
                try JSONSerialization.data(
                    withJSONObject: $0, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
            }
            return try fields.request(payload: payload.map { [UInt8]($0) } ?? Array("{}".utf8), as: .line)
        } catch let failure as Failure {
            throw Failure.data("line \(number): \(failure.message)")
        } catch DecodingError.keyNotFound(let key, _) {
            throw Failure.data("line \(number): “\(key.stringValue)” is missing")
        } catch let error as DecodingError {
            throw Failure.data("line \(number)\(words(error, line))")
        } catch {
            throw Failure.data("line \(number)\(noJob)")
        }
    }

    /// What a reader of JSON would pass over: of a key that stands twice it takes one, of a broken letter it makes another.
    private static func check(_ line: [UInt8]) throws {
        do throws(JSONText.Problem) {
            _ = try JSONText(line)
        } catch {
            if case .notJSON = error { return }
            throw Failure.data("\(error)")
        }
    }

    private static let noJob = " is not a job, such as {\"kind\": \"hello\", \"payload\": {\"name\": \"Lan\"}}"

    /// What is wrong with which field, as far as that can be told.
    private static func words(_ error: DecodingError, _ line: Data) -> String {
        let context: DecodingError.Context
        switch error {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        default: return noJob
        }
        // Of a list its field, not the place in it.
        let named = context.codingPath.first.flatMap { JobField(rawValue: $0.stringValue) }
        guard let field = named ?? brokenNumber(in: line) else { return noJob }
        return ": \(field.name(.line)) must be \(field.expected)"
    }

    /// The field whose number is not a whole one, such as 2.5: of such the decoder does not say where it stands.
    private static func brokenNumber(in line: Data) -> JobField? {
        let object = (try? JSONSerialization.jsonObject(with: line)) as? [String: Any]
        return [JobField.priority, .maxAttempts, .concurrency].first { field in
            object?[field.rawValue].map { !($0 is Int) } ?? false
        }
    }
}
