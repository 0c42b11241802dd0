import KipCore
import Logging
import Synchronization
import ZeroMQ

/// What the worker's thread shares with the rest of the worker: a mailbox of results and a word to stop.
final class WorkerTransport: Sendable {
    let ended: AsyncThrowingStream<Never, any Error>
    private let end: AsyncThrowingStream<Never, any Error>.Continuation
    private let stopped: AsyncStream<Void>
    private let stop: AsyncStream<Void>.Continuation

    private let draining = Atomic(false)
    private let started = Atomic(false)
    private let waker: Waker
    private let desk: EffectDesk
    private let handlers: HandlerDesk
    private let waiting: Handover<WorkerSession>

    init(
        endpoint: String, credentials path: String?, hello: WireHello, registry: JobRegistry, concurrency: Int,
        prefetch: Int, drainTimeout: Duration, logger: Logger
    ) throws(WorkerError) {
        (ended, end) = AsyncThrowingStream.makeStream()
        (stopped, stop) = AsyncStream.makeStream()
        let mailbox = ResultMailbox()
        var credentials: CurveCredentials?
        do throws(CredentialsError) {
            credentials = if let path { try CurveCredentials(path: path) } else { nil }
        } catch {
            throw .credentials("\(error)")
        }
        do throws(ZeroMQError) {
            let waker = try Waker()
            self.waker = waker
            let desk = EffectDesk(registry: registry) { waker.wake() }
            self.desk = desk
            let handlers = HandlerDesk { waker.wake() }
            self.handlers = handlers
            let runner = JobRunner(
                registry: registry, concurrency: concurrency, prefetch: prefetch, desk: desk, handlers: handlers,
                logger: logger
            ) { work in
                if mailbox.put(work) { waker.wake() }
            }
            let machine = WorkerMachine(hello: hello, drainTimeout: drainTimeout.milliseconds, at: .now())
            waiting = Handover(
                WorkerSession(
                    link: try Link(endpoint: endpoint, credentials: credentials, linger: 1_000),
                    machine: machine, runner: runner, desk: desk, handlers: handlers, mailbox: mailbox, waker: waker,
                    endpoint: endpoint,
                    logger: logger))
        } catch {
            throw .transport("cannot use the endpoint “\(endpoint)”: \(error)")
        }
    }

    /// Starts the thread, once.
    func start() {
        guard !started.exchange(true, ordering: .acquiringAndReleasing) else { return }
        SocketThread.start(name: "kip-worker") { [self] in
            guard let session = waiting.take() else { return }
            let reason = work(session)
            desk.close()
            handlers.close()
            if let reason { end.finish(throwing: reason) } else { end.finish() }
            stop.finish()
        }
    }

    /// Works to the end. When this returns the socket is closed, and what it still had to say (its goodbye) has gone out:
    /// a program may exit.
    private func work(_ session: consuming WorkerSession) -> (any Error)? {
        session.run { draining.load(ordering: .acquiring) }
    }

    /// Tells the thread to finish or give back what it has, and to end.
    func drain() {
        draining.store(true, ordering: .releasing)
        waker.wake()
    }

    func waitUntilStopped() async {
        await Task { for await _ in stopped {} }.value
    }
}

/// Results on their way from the handlers to the thread.
final class ResultMailbox: Sendable {
    private let results = Guarded<[FinishedWork]>([])

    /// - Returns: whether the box was empty: its reader may sleep.
    func put(_ work: FinishedWork) -> Bool {
        results.withLock { results in
            results.append(work)
            return results.count == 1
        }
    }

    func takeAll() -> [FinishedWork] {
        results.withLock { results in
            defer { results = [] }
            return results
        }
    }
}
