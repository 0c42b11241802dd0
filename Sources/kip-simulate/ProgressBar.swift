import Foundation

/// How far a long run is, on standard error where that is a terminal.
struct ProgressBar: Sendable {
    private let whole: Int
    private let unit: String
    private let isTerminal = isatty(STDERR_FILENO) == 1

    init(of whole: Int, _ unit: String) {
        self.whole = whole
        self.unit = unit
    }

    /// The bar goes away when all is done.
    func show(_ done: Int) {
        if !isTerminal || whole < 1 { return }
        let filled = done * 30 / whole
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let end = done == whole ? "\r\u{1B}[K" : ""
        FileHandle.standardError.write(Data("\r\(bar) \(done) of \(whole) \(unit)\(end)".utf8))
    }
}
