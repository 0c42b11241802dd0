import Foundation
import Synchronization

/// A bar on a terminal; nothing in a pipe.
final class ProgressBar: Sendable {
    private let label: String
    private let total: Int?
    private let drawn = Mutex<(at: ContinuousClock.Instant?, text: String)>((nil, ""))

    init(_ label: String, total: Int?) {
        self.label = label
        self.total = total
    }

    func update(_ done: Int, force: Bool = false) {
        guard Terminal.isInteractive else { return }
        drawn.withLock { drawn in
            let now = ContinuousClock.now
            if let last = drawn.at, now - last < .milliseconds(80), !force { return }
            let text = text(done)
            if text == drawn.text { return }
            drawn = (now, text)
            FileHandle.standardError.write(Data("\r\u{1B}[K\(text)".utf8))
        }
    }

    func finish(_ done: Int) {
        guard Terminal.isInteractive else { return }
        update(done, force: true)
        Terminal.say("")
    }

    private func text(_ done: Int) -> String {
        guard let total, total > 0 else { return "\(label) \(done)" }
        let filled = min(30, done * 30 / total)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        return "\(label) \(bar) \(done)/\(total)"
    }
}
