import Foundation
import KipCore
import KipWorker
import Logging
import Synchronization
import UnixSignals

/// Several worker processes under one: each is this program again, without `--processes`. One that dies is started again;
/// one that has grown too old or too large leaves in good order, and another takes its place, as does one that an operator
/// drained. How many there are may follow the work. A signal to end goes to all; if the pool itself is killed, they notice
/// (`PoolTie`) and drain. SIGHUP replaces all, one after the other.
struct WorkerPool {
    /// When a process is replaced.
    struct Recycling {
        /// After so long; nil = never.
        var age: Duration?
        /// When it holds so many MiB of memory; nil = never.
        var mebibytes: Int?
    }

    private struct Child {
        let process: Process
        let startedAt = ContinuousClock.now
        var isLeaving = false
        /// It was started before the last SIGHUP.
        var isOutdated = false

        var lived: Duration { ContinuousClock.now - startedAt }
        var id: Int32 { process.processIdentifier }
    }

    /// How often the processes are looked at.
    private static let look = Duration.milliseconds(200)
    /// One that lives so long was started well.
    private static let wellStarted = Duration.seconds(5)
    /// The wait before one that died soon is started again: twice as long each time, up to the longest.
    private static let firstPause = Duration.milliseconds(500)
    private static let longestPause = Duration.seconds(30)

    private var size: PoolSize
    private let recycling: Recycling
    private let workers: Workers
    private let watch: PoolWatch?
    private let tie: PoolTie
    private let logger: Logger
    private var children: [Child] = []
    private var pause = firstPause
    private var startAt = ContinuousClock.now
    private var hasStartedWell = false

    /// What the processes are to the broker.
    struct Workers {
        /// The name that was given; nil = the machine's.
        var name: String?
        /// Jobs that each runs at once.
        var places: Int
    }

    /// - Parameter watch: what sees how much there is to do; nil = the size is fixed.
    /// - Throws: `Failure` if the process has no file descriptors left.
    init(
        size: PoolSize.Rule, recycling: Recycling, workers: Workers, watch: PoolWatch?, logger: Logger
    ) throws {
        tie = try PoolTie()
        self.logger = logger
        self.size = PoolSize(size)
        self.recycling = recycling
        self.workers = workers
        self.watch = watch
    }

    /// Keeps the processes going until a signal to end; then waits until all have left.
    /// - Throws: `Failure` where none of them ever got going: another start would not help.
    mutating func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        let isEnding = Flag()
        let mustReload = Flag()
        let hangup = Hangup()
        let ear = Task {
            for await signal in signals {
                if signal == .sighup, !hangup.isEnd { mustReload.set() } else { isEnding.set() }
            }
        }
        let eye = watch.map { watch in Task { await watch.run() } }
        defer {
            ear.cancel()
            eye?.cancel()
        }
        while !isEnding.isSet {
            try reap()
            if mustReload.take() { reload() }
            resize()
            recycle()
            try fill()
            try await Task.sleep(for: Self.look)
        }
        endAll()
        while children.contains(where: \.process.isRunning) { try await Task.sleep(for: Self.look) }
    }

    /// Takes note of those that have ended.
    private mutating func reap() throws {
        if children.contains(where: { $0.lived > Self.wellStarted }) { hasStartedWell = true }
        for child in children where !child.process.isRunning {
            let code = child.process.terminationStatus
            if child.isLeaving { continue }
            if code == 0, child.process.terminationReason == .exit {
                // An operator drained it, or ended it by a signal: this process, not the pool.
                logger.info(
                    "a worker process was drained; another takes its place", metadata: ["process": "\(child.id)"])
                hasStartedWell = true
                continue
            }
            guard hasStartedWell || child.process.terminationReason == .uncaughtSignal else {
                endAll()
                throw Failure.software("a worker process ended with code \(code) as soon as it was started")
            }
            let how = child.process.terminationReason == .uncaughtSignal ? "signal" : "code"
            logger.warning(
                "a worker process has ended; another starts", metadata: ["process": "\(child.id)", how: "\(code)"])
            pause = child.lived > Self.wellStarted ? Self.firstPause : min(pause * 2, Self.longestPause)
            startAt = .now + pause
        }
        children.removeAll { !$0.process.isRunning }
    }

    /// Takes note of what there is to do, and lets the idlest leave where there are too many.
    private mutating func resize() {
        guard let look = watch?.take() else { return }
        guard case .seen(let longestWait, let holding) = look else { return size.loseSight() }
        let before = size.wanted
        let staying = children.filter { !$0.isLeaving }
        let held = staying.map { holding[WorkerName.of(workers.name, process: $0.id)] }
        size.observe(
            PoolSize.Sight(
                longestWait: longestWait, processes: staying.count, holding: held.compactMap { $0 },
                places: workers.places),
            at: .now)
        let number: Logger.Metadata = ["processes": "\(size.wanted)", "before": "\(before)"]
        if size.wanted > before {
            logger.info("jobs wait: there are more worker processes from now on", metadata: number)
        }
        guard size.wanted < before else { return }
        logger.info("there is little to do: there are fewer worker processes from now on", metadata: number)
        guard let idlest = zip(staying, held).min(by: { $0.1 ?? 0 < $1.1 ?? 0 })?.0 else { return }
        dismiss { $0.id == idlest.id }
    }

    /// All processes give way to new ones, which read the settings anew and run the program that is installed now.
    private mutating func reload() {
        logger.notice("SIGHUP: each worker process drains, one after the other, and another takes its place")
        for index in children.indices { children[index].isOutdated = true }
    }

    /// Lets a process leave in good order.
    private mutating func dismiss(where isMeant: (Child) -> Bool) {
        guard let place = children.firstIndex(where: isMeant) else { return }
        children[place].isLeaving = true
        kill(children[place].id, SIGTERM)
    }

    /// Tells one that is too old, too large or outdated to leave; its place is filled at once. One at a time, so that work goes on.
    private mutating func recycle() {
        if !children.contains(where: \.isLeaving) { dismiss(where: isSpent) }
    }

    private func isSpent(_ child: Child) -> Bool {
        if child.isOutdated { return true }
        if let age = recycling.age, child.lived >= age { return true }
        guard let most = recycling.mebibytes else { return false }
        return ProcessMemory.bytes(of: child.id).map { $0 >> 20 >= most } ?? false
    }

    private mutating func fill() throws {
        guard ContinuousClock.now >= startAt else { return }
        while children.count(where: { !$0.isLeaving }) < size.wanted { children.append(Child(process: try start())) }
    }

    private func endAll() {
        for child in children where child.process.isRunning { kill(child.id, SIGTERM) }
    }

    private func start() throws -> Process {
        let process = Process()
        process.executableURL = try OwnProgram.url()
        process.standardInput = tie.stdin
        process.arguments = Self.ofChild(Array(CommandLine.arguments.dropFirst()))
        try process.run()
        return process
    }

    /// The same command for one process.
    static func ofChild(_ arguments: [String]) -> [String] {
        let ours = ["--processes", "--max-age", "--max-memory", "--scale-at", "--shrink-after"]
        var kept: [String] = []
        var skipsNext = false
        for argument in arguments {
            if skipsNext {
                skipsNext = false
            } else if ours.contains(argument) {
                skipsNext = true
            } else if !ours.contains(where: { argument.hasPrefix($0 + "=") }) {
                kept.append(argument)
            }
        }
        return kept + ["--processes", "1", "--pooled"]
    }

    /// Set by the task that hears signals.
    private final class Flag: Sendable {
        private let flag = Atomic(false)
        var isSet: Bool { flag.load(ordering: .acquiring) }
        func set() { flag.store(true, ordering: .releasing) }
        /// Whether it was set since the last call.
        func take() -> Bool { flag.exchange(false, ordering: .acquiringAndReleasing) }
    }
}
