import KipClient

/// What `kip top` knows and where its cursor is, as a value: keys and looks go in, what is to be done comes out.
struct TopState: Sendable {
    enum Pane: Int, CaseIterable, Sendable {
        case queues
        case workers
        case running
    }

    /// What somebody wants done.
    enum Wish: Sendable, Equatable {
        case quit
        case pause(queue: String, isPaused: Bool)
        case retryDead(queue: String)
        case drain(worker: String, name: String)
    }

    /// A wish that waits for a yes.
    struct Question: Sendable, Equatable {
        var text: String
        var wish: Wish
    }

    /// Whether queues can be paused from here.
    let canPause: Bool
    private(set) var snapshot: TopSnapshot?
    private(set) var pane = Pane.queues
    private(set) var question: Question?
    /// What became of the last wish.
    private(set) var notice: String?
    /// Why what is shown is old; nil = it is not.
    private(set) var trouble: String?
    private var cursors: [Pane: Int] = [:]

    init(canPause: Bool) {
        self.canPause = canPause
    }

    /// The selected row of a pane; nil = it is empty.
    func cursor(_ pane: Pane) -> Int? {
        let count = count(pane)
        return count == 0 ? nil : min(cursors[pane] ?? 0, count - 1)
    }

    func count(_ pane: Pane) -> Int { names(pane).count }

    // MARK: What happens

    /// A look at the broker. The cursors stay on what they were on, wherever it stands now.
    mutating func show(_ next: TopSnapshot) {
        let selected = Pane.allCases.map { pane in (pane, cursor(pane).map { names(pane)[$0] }) }
        snapshot = next
        trouble = nil
        for (pane, name) in selected {
            guard let name, let place = names(pane).firstIndex(of: name) else { continue }
            cursors[pane] = place
        }
    }

    /// The broker did not answer.
    mutating func fail(_ reason: String) {
        trouble = reason
    }

    /// A wish came to this.
    mutating func say(_ text: String) {
        notice = text
    }

    /// - Returns: what is to be done.
    mutating func press(_ key: TopKey) -> Wish? {
        if key == .interrupt { return .quit }
        if let question { return answer(key, to: question) }
        notice = nil
        switch key {
        case .up: move(by: -1)
        case .down: move(by: 1)
        case .nextPane: turn(by: 1)
        case .previousPane: turn(by: -1)
        case .character("q"), .character("Q"): return .quit
        case .character("p"): askToPause()
        case .character("r"): askToRetry()
        case .character("d"): askToDrain()
        case .character, .escape, .interrupt: break
        }
        return nil
    }

    private mutating func answer(_ key: TopKey, to question: Question) -> Wish? {
        self.question = nil
        if key == .character("y") || key == .character("Y") { return question.wish }
        notice = "nothing was changed"
        return nil
    }

    private mutating func move(by step: Int) {
        guard let cursor = cursor(pane) else { return }
        cursors[pane] = max(0, min(count(pane) - 1, cursor + step))
    }

    private mutating func turn(by step: Int) {
        let count = Pane.allCases.count
        pane = Pane.allCases[(pane.rawValue + step + count) % count]
    }

    // MARK: Wishes

    private var selectedQueue: QueueTempoRecord? {
        guard pane == .queues, let cursor = cursor(.queues) else { return nil }
        return snapshot?.queues[cursor]
    }

    private mutating func askToPause() {
        guard canPause else { return }
        guard let queue = selectedQueue else { return say("p is for a queue: tab to go there") }
        question = Question(
            text: queue.paused
                ? "y/n  Let the queue “\(queue.name)” go on?"
                : "y/n  Hand out nothing more of the queue “\(queue.name)”?",
            wish: .pause(queue: queue.name, isPaused: !queue.paused))
    }

    private mutating func askToRetry() {
        guard let queue = selectedQueue else { return say("r is for a queue: tab to go there") }
        question = Question(
            text: "y/n  Let all dead letters of the queue “\(queue.name)” wait again?",
            wish: .retryDead(queue: queue.name))
    }

    private mutating func askToDrain() {
        guard pane == .workers, let cursor = cursor(.workers), let worker = snapshot?.workers[cursor] else {
            return say("d is for a worker: tab to go there")
        }
        question = Question(
            text: "y/n  Let the worker “\(worker.name)” finish what it runs and leave?",
            wish: .drain(worker: worker.id, name: worker.name))
    }

    /// What tells the rows of a pane apart.
    private func names(_ pane: Pane) -> [String] {
        guard let snapshot else { return [] }
        return switch pane {
        case .queues: snapshot.queues.map(\.name)
        case .workers: snapshot.workers.map(\.id)
        case .running: snapshot.running.map(\.id)
        }
    }
}
