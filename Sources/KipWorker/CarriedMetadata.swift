import KipCore
import Logging

/// Carries words of a log from whoever enqueues to the handler, and on to the jobs that it makes: all lines of one request,
/// in all processes, say the same `request`.
///
/// ```swift
/// let client = try KipClient(middleware: [CarriedMetadata()])
/// registry.use(CarriedMetadata())
/// try await CarriedMetadata.with(["request": "7f3a"]) { try await client.enqueue(Greeting(name: "Lan")) }
/// ```
public struct CarriedMetadata: JobMiddleware, EnqueueMiddleware {
    /// Headers that begin so are log words.
    private static let prefix = "log-"

    @TaskLocal private static var current: [String: String] = [:]

    /// Carries what `with` says.
    public init() {}

    /// Adds words for the jobs that are enqueued inside of the block.
    /// - Throws: what the block throws.
    public static func with<Value: Sendable, Failure: Error>(
        _ words: [String: String], _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result: Result<Value, Failure> = await $current.withValue(current.merging(words) { $1 }) {
            do throws(Failure) {
                return .success(try await body())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Lays the words into the job's headers.
    public func prepare(_ job: inout OutgoingJob) {
        for (key, value) in Self.current { job.headers[Self.prefix + key] = value }
    }

    /// Gives the words to the handler's logger, and to the jobs that it makes.
    public func handle(_ context: JobContext, next: JobMiddleware.Next) async throws -> Outcome {
        var words: [String: String] = [:]
        for (key, value) in context.headers where key.hasPrefix(Self.prefix) {
            words[String(key.dropFirst(Self.prefix.count))] = value
        }
        let inner = context.logging(words.mapValues { .string($0) })
        return try await Self.with(words) { try await next(inner) }
    }
}
