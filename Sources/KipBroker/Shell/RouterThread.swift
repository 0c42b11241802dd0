import KipCore
import KipStore
import Logging
import Synchronization
import ZeroMQ

/// The thread that owns the ROUTER socket and the core: it reads what is there in bounded rounds, lets the core think,
/// sends, and hands batches to the storage thread. While one batch is being fsynced, the next ones gather.
struct RouterThread: ~Copyable {
    /// Messages of one round: enough to fill a batch, few enough that timers and the disk are heard.
    private static let messagesPerRound = 2_000
    /// Batches that the storage thread may have: one that it writes, and one that it finds when that is done, so that it
    /// never waits for this thread.
    private static let batchesAhead = 2
    /// The longest sleep, in milliseconds.
    private static let longestSleep: Int64 = 60_000
    /// A round that took so much longer than it slept, in milliseconds, is time in which nobody was heard.
    private static let stall: Int64 = 500

    private let socket: Socket
    private var core: BrokerCore
    private let storage: StorageThread
    private let waker: Waker
    private let unfinished: UnfinishedMessages
    /// Knows whose key allows what; nil = nobody needs a key.
    private var gate: Gate?
    private let stopping: StopFlag
    private let reloads: SettingsMailbox
    let logger: Logger
    private var effects: [Effect] = []
    /// A flood of workers does not fill the log.
    var noteLimiter = LineLimiter(lines: 200, every: 1_000)
    private var lists = AnswerBudget()
    /// Why the broker ends by itself; nil = it does not.
    private var failure: StoreError?
    /// Batches that the storage thread has.
    private var writing = 0

    init(
        socket: consuming Socket, core: BrokerCore, storage: StorageThread, guardBook: GuardBook?, waker: Waker,
        unfinished: UnfinishedMessages, stopping: StopFlag, reloads: SettingsMailbox, logger: Logger
    ) {
        self.socket = socket
        self.core = core
        self.storage = storage
        gate = guardBook.map { Gate($0) }
        self.waker = waker
        self.unfinished = unfinished
        self.stopping = stopping
        self.reloads = reloads
        self.logger = logger
    }

    /// Serves until it is told to stop, then waits for the batch that is being written.
    /// - Returns: why it has ended by itself; nil if it was told to stop.
    mutating func run() throws(ZeroMQError) -> StoreError? {
        var poller = Poller()
        let messages = poller.add(socket)
        _ = poller.add(fileDescriptor: waker.fileDescriptor)
        var heard = SteadyTime.now()
        while true {
            let planned = sleep()
            _ = try poller.wait(milliseconds: planned)
            waker.drain()
            takeReplies()
            if stopping.isSet || failure != nil {
                perform(at: .now())
                if writing == 0 {
                    storage.stop()
                    return failure
                }
                continue
            }
            if poller.isReadable(messages) { try readMessages() }
            let now = Moment.now()
            // A stop may have begun right after the last look: nobody was heard since then, for all that is known.
            let elapsed = now.steady.milliseconds(since: heard)
            heard = now.steady
            if elapsed > Int64(planned) + Self.stall {
                core.handle(.stalled(milliseconds: elapsed), at: now, into: &effects)
            }
            // Whoever lost his key has no connection any more.
            if let gone = gate?.renew(), !gone.isEmpty { core.handle(.keysRevoked(gone), at: now, into: &effects) }
            if let settings = reloads.take() { core.handle(.reloaded(settings), at: now, into: &effects) }
            core.handle(.timer, at: now, into: &effects)
            core.dispatch(into: &effects)
            perform(at: now)
            logNotes(at: now.steady)
            write()
        }
    }

    mutating func takeNotes() -> [BrokerNote] { core.takeNotes() }

    private func sleep() -> Int {
        Int(min(gate == nil ? Self.longestSleep : 1_000, core.wait(at: .now()) ?? Self.longestSleep))
    }

    private mutating func takeReplies() {
        let now = Moment.now()
        for reply in storage.takeReplies() {
            switch reply {
            case .event(let event):
                note(event)
                core.handle(event, at: now, into: &effects)
            case .answer(let message, let asked): answer(message, asked, at: now)
            case .trouble(let reason): logger.error("\(reason)")
            case .mustEnd(let error): failure = error
            case .stopped: break
            }
        }
    }

    private mutating func answer(_ message: WireMessage, _ asked: QuestionThread.Asked, at now: Moment) {
        var message = message
        do throws(Refusal) {
            try lists.checkBytes(for: asked.peer, at: now.steady)
            core.explain(&message, at: now)
        } catch {
            message = WireMessage(error.wire, request: asked.request)
        }
        let frames = send(message, to: asked.peer, at: now)
        let bytes = frames.reduce(0) { $0 + $1.count }
        lists.note(bytes, ids: asked.question.ids, to: asked.peer, at: now.steady)
    }

    private mutating func note(_ event: Event) {
        switch event {
        case .committed: writing -= 1
        case .commitFailed(let error):
            writing -= 1
            logger.error("a batch was not written; its producers were told", metadata: ["reason": "\(error)"])
        default: break
        }
    }

    private mutating func readMessages() throws(ZeroMQError) {
        let now = Moment.now()
        var bytes = 0
        for _ in 0..<Self.messagesPerRound where bytes < Limits.bytesPerRound {
            if SteadyTime.now().milliseconds(since: now.steady) >= Limits.readingMilliseconds { return }
            do throws(ZeroMQError) {
                guard let (frames, user) = try receive() else { return }
                for frame in frames { bytes += frame.count }
                pass(IncomingFrames.event(frames), of: user, at: now)
            } catch {
                guard error.code == .tooManyParts else { throw error }
                core.handle(.malformed("too many frames", from: nil), at: now, into: &effects)
            }
        }
    }

    /// A message, and where there are keys, whose it is: asking that has its price.
    private func receive() throws(ZeroMQError) -> (frames: [[UInt8]], user: String?)? {
        var source = MessageSource(user: gate != nil, descriptor: unfinished.isCounting)
        let frames = try socket.receiveFrames(wait: false, limit: Limits.framesPerMessage, source: &source)
        guard let frames else {
            unfinished.noteDrained()
            return nil
        }
        if let descriptor = source.descriptor { unfinished.note(frames, of: descriptor) }
        return (frames, source.user)
    }

    /// Where there are keys, a message is held against its sender's rights before the core has it.
    private mutating func pass(_ event: Event, of user: String?, at now: Moment) {
        guard case .message(var message, var peer) = event, gate != nil || message.asksForComputedList else {
            return core.handle(event, at: now, into: &effects)
        }
        do throws(Refusal) {
            if gate != nil {
                // Rights are held against names in their one spelling.
                try message.validateRareBody()
                try gate?.check(&message, from: &peer, user: user)
            }
            guard message.asksForComputedList else {
                return core.handle(.message(message, from: peer), at: now, into: &effects)
            }
            try lists.checkComputed(peer, at: now.steady)
            let begin = ContinuousClock.now
            core.handle(.message(message, from: peer), at: now, into: &effects)
            lists.noteComputed(in: ContinuousClock.now - begin, for: peer)
        } catch {
            effects.append(.send(WireMessage(error.wire, request: message.request), to: peer))
        }
    }

    private mutating func perform(at now: Moment) {
        // Sending can fail, which is an event, which can have effects.
        while !effects.isEmpty {
            let round = effects
            effects = []
            for effect in round { perform(effect, at: now) }
        }
    }

    private mutating func perform(_ effect: Effect, at now: Moment) {
        switch effect {
        case .send(let message, let peer):
            let frames = send(message, to: peer, at: now)
            if message.isComputedList {
                lists.noteSent(frames.reduce(0) { $0 + $1.count }, to: peer, at: now.steady)
            }
        case .ask(let question, let request, let peer): ask(question, request, peer, at: now)
        case .refill(let lane, let limit, let bytes, let generation):
            storage.submit(.refill(lane, limit: limit, bytes: bytes, generation: generation))
        case .promote(let limit): storage.submit(.promote(upTo: now.wall, limit: limit))
        }
    }

    private mutating func ask(_ question: Question, _ request: UInt64, _ peer: Peer, at now: Moment) {
        do throws(Refusal) {
            try lists.check(peer, ids: question.ids, at: now.steady)
            let asked = QuestionThread.Asked(question: question, request: request, peer: peer)
            if storage.ask(asked) { lists.noteQuestion(of: peer, ids: question.ids) }
        } catch {
            send(WireMessage(error.wire, request: request), to: peer, at: now)
        }
    }

    /// - Returns: what was sent; empty where nothing was.
    @discardableResult
    private mutating func send(_ message: WireMessage, to peer: Peer, at now: Moment) -> [[UInt8]] {
        do throws(WireError) {
            var frames = [peer.routingID]
            if peer.delimited { frames.append([]) }
            frames += try WireCodec.encode(message, as: peer.encoding)
            do throws(ZeroMQError) {
                try socket.send(frames: frames, wait: false)
                return frames
            } catch {
                // Gone, or it does not read: what it holds is its own until its lease ends or it greets again.
                core.handle(.unreachable(peer), at: now, into: &effects)
            }
        } catch {
            logger.error("an answer could not be encoded", metadata: ["reason": "\(error)"])
        }
        return []
    }

    private mutating func write() {
        guard writing < Self.batchesAhead, let batch = core.takeBatch() else { return }
        writing += 1
        storage.submit(.write(batch))
    }
}

/// Frames of a ROUTER: the routing id, a REQ's empty delimiter, KIP/1.
package enum IncomingFrames {
    package static func event(_ frames: [[UInt8]]) -> Event {
        guard let routingID = frames.first, frames.count > 1 else { return .malformed("an empty message", from: nil) }
        let delimited = frames[1].isEmpty
        let content = Array(frames[(delimited ? 2 : 1)...])
        if content.count > 1, HeaderElements.mayBeTooMany(content[1]), let encoding = WireEncoding(frame: content[0]) {
            do throws(Refusal) {
                try HeaderElements.check(content[1], encoding)
            } catch {
                let peer = Peer(routingID: routingID, delimited: delimited, encoding: encoding)
                return .rejected(error, request: 0, from: peer)
            }
        }
        do throws(WireError) {
            let (message, encoding) = try WireCodec.decode(content)
            return .message(message, from: Peer(routingID: routingID, delimited: delimited, encoding: encoding))
        } catch {
            // The answer is in the encoding that the sender tried, where it can be told; a script reads JSON.
            let encoding: WireEncoding = content.first == WireEncoding.protobuf.frame ? .protobuf : .json
            let peer = Peer(routingID: routingID, delimited: delimited, encoding: encoding)
            if case .rejectedJSON(let reason, let request, let isJSON) = error {
                return .rejected(Refusal(isJSON ? .invalid : .malformed, reason), request: request, from: peer)
            }
            return .malformed("\(error)", from: peer)
        }
    }
}

/// Settings that were read anew, on their way to the router thread; the latest counts.
final class SettingsMailbox: Sendable {
    private let settings = Mutex<BrokerSettings.Reloadable?>(nil)
    private let isFull = Atomic(false)

    func put(_ settings: BrokerSettings.Reloadable) {
        self.settings.withLock { $0 = settings }
        isFull.store(true, ordering: .releasing)
    }

    func take() -> BrokerSettings.Reloadable? {
        guard isFull.load(ordering: .relaxed), isFull.exchange(false, ordering: .acquiring) else { return nil }
        return settings.withLock { $0.take() }
    }
}

/// Says once, to any thread, that it is time to stop.
final class StopFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .acquiring) }

    func set() {
        flag.store(true, ordering: .releasing)
    }
}
