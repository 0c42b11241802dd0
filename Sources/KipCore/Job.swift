/// A piece of work: what it needs to know, and how it is done. The type is the payload (it is `Codable`) and the
/// handler (`run`) in one.
///
/// ```swift
/// struct Greeting: Job {
///     static let kind = "greeting"
///     static let options = JobOptions(maxAttempts: 5, timeout: .seconds(30))
///     var name: String
///
///     func run(in context: JobContext) async throws -> Outcome {
///         context.logger.info("hello, \(name)")
///         return .done
///     }
/// }
/// ```
public protocol Job: Codable, Sendable {
    /// The kind's name on the wire: short, stable, in small letters and dashes.
    static var kind: String { get }
    /// How jobs of this kind wait, run and are tried again, where a producer does not say otherwise.
    static var options: JobOptions { get }
    /// A job as an example, with all its fields, for people who enqueue the kind by hand (“kip kinds list” shows it).
    static var example: Self? { get }
    /// Does the work. It may run more than once: an attempt that fails, or whose worker is lost, is tried again.
    /// - Returns: how it went.
    /// - Throws: a `JobSignal` says what becomes of the job; any other error: the attempt failed, and `delay(afterFailure:)`,
    ///   or the job's backoff, says when it is tried again.
    func run(in context: JobContext) async throws -> Outcome
    /// When to try again after a failure, where the kind knows better than the job's `RetryPolicy`: a service that says
    /// when it is back, a different wait for each error.
    /// - Parameters:
    ///   - number: how many failures there have been, this one included: 1 or more.
    ///   - error: what the handler threw.
    /// - Returns: the wait, at most 30 days; nil = as the `RetryPolicy` says, the default.
    func delay(afterFailure number: Int, _ error: any Error) -> Duration?
    /// The payload as bytes, for a kind that is not to be JSON. A unique key knows a job again by them: the same job has the
    /// same bytes in every process.
    /// - Returns: by default JSON with its keys in order.
    /// - Throws: whatever the encoding throws; the job is not enqueued then.
    func encodePayload() throws -> [UInt8]
    /// The job of a payload.
    /// - Parameter payload: by default JSON; no bytes at all are an empty object.
    /// - Throws: whatever the decoding throws; the job is a dead letter then, as no further attempt could help.
    static func decode(payload: [UInt8]) throws -> Self
}

extension Job {
    /// The defaults of `JobOptions`.
    public static var options: JobOptions { JobOptions() }

    /// None.
    public static var example: Self? { nil }

    /// As the `RetryPolicy` says.
    public func delay(afterFailure number: Int, _ error: any Error) -> Duration? { nil }

    /// As JSON.
    public func encodePayload() throws -> [UInt8] { try JobPayload.encode(self) }

    /// From JSON.
    public static func decode(payload: [UInt8]) throws -> Self { try JobPayload.decode(payload) }
}
