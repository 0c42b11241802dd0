import Foundation
import Synchronization

/// What the command says to a person: words on stderr, data on stdout.
enum Terminal {
    static let isInteractive = isatty(STDERR_FILENO) == 1

    static func say(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    static func write(_ text: String) {
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            // EX_IOERR: what was asked for may be done, and cannot be said.
            say("kip: the output cannot be written: \(error.localizedDescription)")
            exit(74)
        }
    }

    /// “1 job”, “2 jobs”.
    static func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }

    static func line(_ text: String) {
        write(text + "\n")
    }

    /// A value as JSON, one object on one line.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        line(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Rows in columns as wide as their widest cell; the last is as long as it is.
    static func table(_ head: [String], _ rows: [[String]]) {
        let all = [head] + rows
        let widths = head.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        for row in all {
            var text = ""
            for (column, cell) in row.enumerated() {
                text +=
                    column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            line(text)
        }
    }

    static func time(_ milliseconds: Int64?) -> String {
        guard let milliseconds else { return "-" }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        return formatter.string(from: Date(timeIntervalSince1970: Double(milliseconds) / 1000))
    }
}

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
