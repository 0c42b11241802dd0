import KipCore

/// Stands around every handler of a worker: for metrics, traces, what a log line should say, a database connection that a
/// handler needs.
///
/// ```swift
/// struct Timing: JobMiddleware {
///     func handle(_ context: JobContext, next: JobMiddleware.Next) async throws -> Outcome {
///         let start = ContinuousClock.now
///         defer { context.logger.info("took \(ContinuousClock.now - start)") }
///         return try await next(context)
///     }
/// }
/// registry.use(Timing())
/// ```
public protocol JobMiddleware: Sendable {
    /// What comes after a middleware: the next one, at last the handler.
    typealias Next = @Sendable (JobContext) async throws -> Outcome

    /// Runs around an attempt. What it returns or throws is what the attempt comes to; one that does not call `next` keeps
    /// the handler from running.
    func handle(_ context: JobContext, next: Next) async throws -> Outcome
}
