import KipCore
import KipStore
import Synchronization
import ZeroMQ

/// A thread that looks once a second whether the store's files are still the ones that it opened, and hears which
/// handshakes fail.
final class WatchThread: Sendable {
    private static let interval = 1_000

    private let waker: Waker
    private let stopping = StopFlag()
    private let brokerStops: StopFlag
    private let watch: StoreWatch?
    private let log: HandshakeLog
    private let lost: @Sendable (StoreError) -> Void

    /// - Parameters:
    ///   - brokerStops: from then on the store may be closed, which removes its log.
    ///   - lost: called once, on the thread, if a file is gone or another.
    init(
        _ watch: StoreWatch?, _ log: HandshakeLog, until brokerStops: StopFlag,
        lost: @escaping @Sendable (StoreError) -> Void
    ) throws(ZeroMQError) {
        waker = try Waker()
        self.watch = watch
        self.log = log
        self.brokerStops = brokerStops
        self.lost = lost
    }

    func start(_ monitor: consuming HandshakeMonitor) {
        SocketThread.start(name: "kip-watch", owning: monitor) { [self] monitor in run(monitor) }
    }

    func stop() {
        stopping.set()
        waker.wake()
    }

    private func run(_ monitor: consuming HandshakeMonitor) {
        var monitor = monitor
        var poller = Poller()
        _ = poller.add(monitor.socket)
        _ = poller.add(fileDescriptor: waker.fileDescriptor)
        var isLost = false
        var next = SteadyTime.now().advanced(byMilliseconds: Int64(Self.interval))
        while !stopping.isSet {
            let now = SteadyTime.now()
            let wait = max(0, min(Int64(Self.interval), next.milliseconds - now.milliseconds))
            guard (try? poller.wait(milliseconds: Int(wait))) != nil else { return }
            waker.drain()
            while let event = monitor.next() { log.note(event) }
            guard SteadyTime.now() >= next else { continue }
            next = SteadyTime.now().advanced(byMilliseconds: Int64(Self.interval))
            watch?.moveMark()
            // Looked at after the files, as the flag is set before the store is closed.
            if !isLost, let error = watch?.lost, !brokerStops.isSet {
                isLost = true
                lost(error)
            }
        }
    }
}
