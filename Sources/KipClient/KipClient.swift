import Foundation
import KipCore

/// A connection to a broker: enqueue, ask, administer. Any number of tasks may share one client.
///
/// ```swift
/// let client = try KipClient()
/// let job = try await client.enqueue(Greeting(name: "Lan"))
/// try await client.wait([job.id])
/// ```
public final class KipClient: Sendable {
    let transport: ClientTransport
    let outgoing: EnqueueChain

    /// A client. It connects in the background, and again whenever the connection is lost.
    /// - Parameters:
    ///   - endpoint: default what the variable `KIP_BROKER` says, or `tcp://127.0.0.1:7520`.
    ///   - credentials: the file that “kip keys new” made, for a broker that speaks CURVE; default what the variable
    ///     `KIP_CREDENTIALS` names.
    ///   - timeout: how long a request may take before it fails as unreachable; within it, it is sent again as often as
    ///     needed. Default 10 s.
    ///   - middleware: what sees each job before it is sent, the first first; a `PayloadTransform` among them also opens
    ///     what `job(_:)` gives back. Default none.
    /// - Throws: `KipClientError.transport` where the endpoint is not one.
    public init(
        endpoint: String = DefaultEndpoint.ofEnvironment,
        credentials: String? = DefaultEndpoint.credentialsOfEnvironment, timeout: Duration = .seconds(10),
        middleware: [any EnqueueMiddleware] = []
    ) throws(KipClientError) {
        outgoing = EnqueueChain(middleware)
        transport = try ClientTransport(endpoint: endpoint, credentials: credentials, timeout: timeout)
    }

    deinit {
        transport.close()
    }

    /// Enqueues a job. When this returns, the job is on the broker's disk.
    /// - Parameter options: instead of the kind's own.
    /// - Throws: `KipClientError`.
    @discardableResult
    public func enqueue<J: Job>(_ job: J, options: JobOptions? = nil) async throws(KipClientError) -> EnqueuedJob {
        let payload: [UInt8]
        do {
            payload = try job.encodePayload()
        } catch {
            throw .payload("\(error)")
        }
        var request = JobRequest(kind: J.kind, payload: payload, options: options ?? J.options)
        if let options, options != J.options { request.wire.ignoresKindOptions = true }
        return try await enqueue(request)
    }

    /// Enqueues a job by the name of its kind. Requests that wait at the same time share a message.
    /// - Throws: `KipClientError`.
    @discardableResult
    public func enqueue(_ request: JobRequest) async throws(KipClientError) -> EnqueuedJob {
        let request = try prepared(request)
        return try await transport.enqueue(request.form, payload: request.payload).get()
    }

    private func prepared(_ request: JobRequest) throws(KipClientError) -> JobRequest {
        if outgoing.isEmpty { return request }
        var (request, wire) = (request, request.wire)
        do {
            try outgoing.prepare(&wire, &request.payload)
        } catch {
            throw .middleware("\(error)")
        }
        request.wire = wire
        return request
    }

    /// Enqueues many jobs in messages of up to 1,000 jobs and 8 MiB, each message whole or not at all.
    /// - Returns: what became of each, in order.
    /// - Throws: `KipClientError`; `.partlyEnqueued` if jobs of earlier messages are stored: it says which, and enqueuing the
    ///   same requests again does no harm. If a refusal names a job by its number, that is its place among `requests`, from 1.
    public func enqueue(_ requests: [JobRequest]) async throws(KipClientError) -> [EnqueuedJob] {
        var jobs: [EnqueuedJob] = []
        jobs.reserveCapacity(requests.count)
        var requests = requests
        for index in requests.indices { requests[index] = try prepared(requests[index]) }
        for range in MessageSize.groups(requests.map { $0.payload.count }, most: 1_000) {
            let group = requests[range]
            let message = WireMessage(enqueuing: group.map { $0.form }, payloads: group.map { $0.payload })
            do throws(KipClientError) {
                let answer = try await transport.ask(message, repeatable: true).get()
                jobs += try EnqueuedJob.list(answer, count: group.count).get()
            } catch {
                let reason = RefusedJob.counted(error, before: range.lowerBound)
                if jobs.isEmpty { throw reason }
                throw .partlyEnqueued(
                    PartlyEnqueued(stored: jobs, unknown: reason.leavesOpen ? range : nil, of: requests.count, reason))
            }
        }
        return jobs
    }

    /// Asks the broker.
    func ask(
        _ body: WireHeader.OneOf_Body, payloads: [[UInt8]] = [], repeatable: Bool = true
    ) async throws(KipClientError) -> WireMessage {
        try await transport.ask(WireMessage(body, payloads: payloads), repeatable: repeatable).get()
    }
}
