import KipCore
import KipStore
import Logging
import ServiceLifecycle
import Synchronization
import ZeroMQ

/// A broker: a data directory, a few endpoints, and the threads that serve them.
public final class Broker: Service {
    /// The endpoints that it listens on, ports filled in.
    public let endpoints: [String]

    private let storage: StorageThread
    private let waker: Waker
    private let stopping = StopFlag()
    private let reloads = SettingsMailbox()
    private let watch: WatchThread
    /// Lets in whose key is known; nil where only this machine can reach the broker.
    private let authenticator: Authenticator?
    private let ended: AsyncThrowingStream<Never, any Error>

    /// Opens the data directory, recovers what it holds, binds, and begins to serve.
    /// - Parameters:
    ///   - directory: the data directory; made where it is missing.
    ///   - journal: the path of the journal outside of the database; default `kip.journal` in the directory.
    ///   - endpoints: such as `tcp://127.0.0.1:7520` or `ipc:///run/kip/broker`. What is not loopback or
    ///     ipc speaks CURVE, with the keys of `keys/` in the directory.
    ///   - settings: heartbeats, leases and limits.
    ///   - logger: for what an operator should know.
    /// - Throws: `StoreError`, `BindError` or `ZeroMQError`; then nothing is left running.
    public init(
        directory: String, journal: String? = nil, endpoints: [String], settings: BrokerSettings = BrokerSettings(),
        logger: Logger
    ) throws {
        var doors = Doors()
        for endpoint in endpoints { try doors.add(endpoint, needsKeys: settings.curveEverywhere) }
        var settings = settings
        settings.recordsWorkerOwners = !doors.guarded.isEmpty
        let store = try SQLiteJobStore(directory: directory, journal: journal)
        let now = Moment.now()
        let recovered = try Recovered.load(
            from: store, by: settings.workingDays, at: now.wall, heldBecause: Held.reason(store.standing),
            onNote: { $0.write(to: logger) })
        try store.prepare()
        waker = try Waker()
        storage = try StorageThread(
            store: store, reader: { () throws(StoreError) in try store.separateReader() }, waker: waker)
        let context = try Context()
        let socket = try Socket(.router, in: context)
        let monitor = try HandshakeMonitor(of: socket, isServer: true, in: context)
        let handshakes = HandshakeLog(logger)
        let failure = FailureBox()
        let (storage, stopping, waker) = (storage, stopping, waker)
        watch = try WatchThread(store.watch, handshakes, until: stopping) { error in
            storage.abandon(error)
            logger.critical("the broker stops", metadata: ["reason": "\(error)"])
            failure.set(error)
            stopping.set()
            waker.wake()
        }
        let guardBook = GuardBook(KeyRing(directory: directory)) { problem in
            logger.error("a key cannot be read", metadata: ["reason": "\(problem)"])
        }
        authenticator =
            doors.guarded.isEmpty
            ? nil
            : try Authenticator(
                in: context, everySecond: { guardBook.read() }, refused: { handshakes.note($0) },
                judge: { guardBook.knows($0) ? $0 : nil })
        do {
            self.endpoints = try doors.open(socket, KeyRing(directory: directory))
        } catch {
            authenticator?.stop()
            throw error
        }
        let core = BrokerCore(settings: settings, recovered: recovered, seed: .random(in: 0...UInt64.max), at: now)
        let (ended, end) = AsyncThrowingStream<Never, any Error>.makeStream()
        self.ended = ended
        let unfinished = UnfinishedMessages()
        let router = RouterThread(
            socket: socket, core: core, storage: storage, guardBook: authenticator == nil ? nil : guardBook,
            waker: waker, unfinished: unfinished, stopping: stopping, reloads: reloads, logger: logger)
        let (authenticator, watch) = (authenticator, watch)
        let hasEnded = StopFlag()
        // Those that are not guarded come first.
        HalfOpenConnections(self.endpoints.prefix(doors.local.count)).watch(until: hasEnded)
        unfinished.watch(TCPConnections(self.endpoints), until: hasEnded) { logger.warning("\($0)") }
        storage.start()
        watch.start(monitor)
        SocketThread.start(name: "kip-router", owning: router) { router in
            defer {
                authenticator?.stop()
                watch.stop()
                hasEnded.set()
            }
            do throws(ZeroMQError) {
                let error = try Self.serve(router) ?? failure.error
                end.finish(throwing: error)
            } catch {
                end.finish(throwing: error)
            }
        }
        for note in store.migrationNotes { logger.notice("names in the database", metadata: ["migrated": "\(note)"]) }
        for repair in store.repairs { logger.warning("a file was mended", metadata: ["what": "\(repair)"]) }
        if let reason = recovered.heldBecause { logger.error("held", metadata: ["reason": "\(reason)"]) }
        logger.info(
            "the broker serves",
            metadata: [
                "endpoints": "\(self.endpoints.joined(separator: " "))", "data": "\(directory)",
                "running": "\(recovered.running.count)", "lanes": "\(recovered.lanes.count)",
            ])
    }

    /// Serves to the end. When this returns the socket is closed, and the last answers have gone out.
    private static func serve(_ router: consuming RouterThread) throws(ZeroMQError) -> StoreError? {
        try router.run()
    }

    /// Serves until the service group shuts down; then the last batch is written and the threads end.
    /// - Throws: `StoreError.syncFailed` if the disk did not take what was to be synced. Then the process has to end: another
    ///   one finds out what is on the disk.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            for try await _ in ended {}
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Takes up settings that may change while the broker runs: the days off, by which the next times of schedules with a
    /// rule are counted anew, and how long ended jobs are kept. Keys are read anew every second without it.
    public func reload(_ settings: BrokerSettings.Reloadable) {
        reloads.put(settings)
        waker.wake()
    }

    /// Tells the broker to stop; `run` returns when it has.
    public func stop() {
        stopping.set()
        waker.wake()
    }
}

/// Why a broker ends, where it is not told to.
private final class FailureBox: Sendable {
    private let box = Mutex<StoreError?>(nil)

    var error: StoreError? { box.withLock { $0 } }

    func set(_ error: StoreError) { box.withLock { $0 = error } }
}
