import Foundation
import Synchronization

/// A bar on a terminal; nothing in a pipe.
final class ProgressBar: Sendable {
    private let label: String
    private let drawn: Mutex<(at: ContinuousClock.Instant?, text: String, total: Int?)>

    init(_ label: String, total: Int? = nil) {
        self.label = label
        drawn = Mutex((nil, "", total))
    }

    /// - Parameter total: where it is known only now.
    func update(_ done: Int, of total: Int? = nil, force: Bool = false) {
        guard Terminal.isInteractive else { return }
        drawn.withLock { drawn in
            if let total { drawn.total = total }
            let now = ContinuousClock.now
            if let last = drawn.at, now - last < .milliseconds(80), !force { return }
            let text = text(done, drawn.total)
            if text == drawn.text { return }
            (drawn.at, drawn.text) = (now, text)
            FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
        }
    }

    func finish(_ done: Int) {
        guard Terminal.isInteractive else { return }
        update(done, force: true)
        Terminal.say("")
    }

    private func text(_ done: Int, _ total: Int?) -> String {
        guard let total, total > 0 else { return "\(label) \(done)" }
        let filled = min(30, done * 30 / total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        return "\(label) \(bar) \(done)/\(total)"
    }
}
