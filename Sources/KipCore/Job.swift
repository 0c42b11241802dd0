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
    /// Does the work. It may run more than once: an attempt that fails, or whose worker is lost, is tried again.
    /// - Returns: how it went.
    /// - Throws: any error: the attempt failed, and the job's backoff says when it is tried again.
    func run(in context: JobContext) async throws -> Outcome
}

extension Job {
    /// The defaults of `JobOptions`.
    public static var options: JobOptions { JobOptions() }
}
