import KipCore
import KipStore
import Logging
import ServiceLifecycle
import ZeroMQ

/// A broker: a data directory, a few endpoints, and the threads that serve them.
public final class Broker: Service {
    /// The endpoints that it listens on, ports filled in.
    public let endpoints: [String]

    private let storage: StorageThread
    private let waker: Waker
    private let stopping = StopFlag()
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
        let store = try SQLiteJobStore(directory: directory, journal: journal)
        let now = Moment.now()
        let recovered = try Self.recover(store, by: settings.workingDays, at: now.wall)
        store.prepare()
        waker = try Waker()
        storage = try StorageThread(
            store: store, reader: { () throws(StoreError) in try store.separateReader() }, waker: waker)
        let context = try Context()
        let socket = try Socket(.router, in: context)
        let guardBook = GuardBook(KeyRing(directory: directory))
        authenticator =
            doors.guarded.isEmpty
            ? nil
            : try Authenticator(
                in: context, everySecond: { guardBook.read() }, judge: { guardBook.knows($0) ? $0 : nil })
        do {
            self.endpoints = try doors.open(socket, KeyRing(directory: directory))
        } catch {
            authenticator?.stop()
            throw error
        }
        let core = BrokerCore(settings: settings, recovered: recovered, seed: .random(in: 0...UInt64.max), at: now)
        let (ended, end) = AsyncThrowingStream<Never, any Error>.makeStream()
        self.ended = ended
        let router = RouterThread(
            socket: socket, core: core, storage: storage, guardBook: authenticator == nil ? nil : guardBook,
            waker: waker, stopping: stopping, logger: logger)
        let authenticator = authenticator
        storage.start()
        SocketThread.start(name: "kip-router", owning: router) { router in
            defer { authenticator?.stop() }
            do throws(ZeroMQError) {
                try Self.serve(router)
                end.finish()
            } catch {
                end.finish(throwing: error)
            }
        }
        if let reason = recovered.heldBecause { logger.error("held", metadata: ["reason": "\(reason)"]) }
        logger.info(
            "the broker serves",
            metadata: [
                "endpoints": "\(self.endpoints.joined(separator: " "))", "data": "\(directory)",
                "running": "\(recovered.running.count)", "lanes": "\(recovered.lanes.count)",
            ])
    }

    /// Serves to the end. When this returns the socket is closed, and the last answers have gone out.
    private static func serve(_ router: consuming RouterThread) throws(ZeroMQError) {
        try router.run()
    }

    /// Serves until the service group shuts down; then the last batch is written and the threads end.
    public func run() async throws {
        try await withGracefulShutdownHandler {
            for try await _ in ended {}
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Tells the broker to stop; `run` returns when it has.
    public func stop() {
        stopping.set()
        waker.wake()
    }

    private static func recover(
        _ store: SQLiteJobStore, by calendar: any WorkingDayCalendar, at now: Timestamp
    ) throws -> Recovered {
        let promotion = try store.promote(upTo: now, limit: 0)
        return Recovered(
            lanes: try store.lanes(), running: try store.running(), nextDue: promotion.next,
            schedules: try recoverSchedules(store, by: calendar, at: now),
            openEffects: try store.openEffects(), controls: try store.controls(), starts: try store.starts(),
            heldBecause: Held.reason(store.standing))
    }

    /// The schedules, whose next times go by the days off that are known now, also on disk, where lists are read.
    private static func recoverSchedules(
        _ store: SQLiteJobStore, by calendar: any WorkingDayCalendar, at now: Timestamp
    ) throws -> [ScheduleState] {
        let known = try store.schedules().compactMap(ScheduleState.init(stored:))
        let schedules = known.map { $0.recounted(at: now, by: calendar) }
        let changed = zip(known, schedules).filter { $0 != $1 }.map { Mutation.storeSchedule($1.stored) }
        if !changed.isEmpty { _ = try store.apply(changed) }
        return schedules
    }
}
