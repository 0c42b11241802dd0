import Foundation

/// The screen of `kip top` as a pure function: what is known and the size of the terminal in, lines out.
struct TopLayout {
    /// Below this the three tables would have no row each: only the one with the keys is shown.
    private static let leastHeight = 16
    /// Rows of a table beside its own: its heading, and the blank line after it.
    private static let frame = 2

    let state: TopState
    let width: Int
    let height: Int

    /// Exactly `height` lines, none wider than `width` cells.
    func lines() -> [ScreenLine] {
        var lines = [header] + standing + [ScreenLine()]
        if let snapshot = state.snapshot {
            for (pane, rows) in shares(within: height - lines.count - 1) {
                lines += table(pane, snapshot, rows: rows) + [ScreenLine()]
            }
        } else {
            lines.append(ScreenLine("  " + (state.trouble ?? "asking the broker …"), .faint))
        }
        lines = Array(lines.prefix(max(0, height - 1)))
        while lines.count < height - 1 { lines.append(ScreenLine()) }
        return (lines + [footer]).suffix(height).map { $0.cut(to: width) }
    }

    /// The tables alone, each with all its rows: for a pipe.
    func report() -> [ScreenLine] {
        guard let snapshot = state.snapshot else { return [] }
        var lines = [ScreenLine(header.text.trimmingCharacters(in: .whitespaces))]
        lines += standing.map { ScreenLine($0.text.trimmingCharacters(in: .whitespaces)) }
        for pane in TopState.Pane.allCases where state.count(pane) > 0 {
            lines.append(ScreenLine())
            lines += TopTables.table(pane, snapshot).text(width: width).map { ScreenLine($0) }
        }
        return lines
    }

    // MARK: Parts

    private var header: ScreenLine {
        var line = ScreenLine()
        line.append(" Kịp ", .title)
        guard let snapshot = state.snapshot else { return line }
        let texts = Self.about(snapshot)
        let room = width - CellWidth.of(line.text)
        line.append(texts.first { CellWidth.of($0) <= room } ?? texts.last ?? "")
        return line
    }

    /// What is said of the broker, the longest text first.
    private static func about(_ snapshot: TopSnapshot) -> [String] {
        let waiting = snapshot.queues.reduce(0) { $0 + $1.waiting }
        let isMore = snapshot.queues.contains(where: \.waitingIsMore)
        let running = snapshot.workers.reduce(0) { $0 + $1.running }
        let inWorkers = snapshot.workers.reduce(0) { $0 + $1.holding } - running
        let workers = snapshot.workers.count
        let state = [
            "up \(Figures.duration(milliseconds: snapshot.uptime))",
            "\(Figures.count(waiting))\(isMore ? "+" : "") waiting", "\(Figures.count(running)) running",
            inWorkers > 0 ? "\(Figures.count(inWorkers)) wait in workers" : "",
            "\(Figures.count(workers)) \(workers == 1 ? "worker" : "workers")",
        ].filter { !$0.isEmpty }
        let place = "\(snapshot.version)  \(snapshot.broker)"
        return [[place] + state, [snapshot.version] + state, state].map { $0.joined(separator: " · ") }
    }

    /// What is counted on disk, and what somebody should look at.
    private var standing: [ScreenLine] {
        guard let snapshot = state.snapshot else { return [] }
        var lines: [ScreenLine] = []
        if let counts = snapshot.counts?.values {
            let uncertain = counts.reduce(0) { $0 + $1.uncertain }
            let dead = counts.reduce(0) { $0 + $1.dead }
            var line = ScreenLine(
                " \(Figures.count(counts.reduce(0) { $0 + $1.scheduled })) scheduled · "
                    + "\(Figures.count(counts.reduce(0) { $0 + $1.held })) held · ", .faint)
            line.append("\(Figures.count(uncertain)) uncertain", uncertain > 0 ? .alarm : .faint)
            line.append(" · ", .faint)
            line.append("\(Figures.count(dead)) dead", dead > 0 ? .alarm : .faint)
            lines.append(line)
        }
        if let reason = snapshot.heldBecause { lines.append(ScreenLine(" nothing is handed out: \(reason)", .alarm)) }
        if let first = snapshot.unserved.first {
            let waiting = Figures.count(first.waiting) + (first.waitingIsMore ? "+" : "")
            let others = snapshot.unserved.count == 1 ? "" : ", nor \(snapshot.unserved.count - 1) other kinds"
            lines.append(
                ScreenLine(
                    " no worker takes “\(first.kind)” of “\(first.queue)” (\(waiting) waiting)\(others)", .warning))
        }
        return lines
    }

    private var footer: ScreenLine {
        if let question = state.question { return ScreenLine(" \(question.text) ", .question) }
        if let trouble = state.trouble, state.snapshot != nil { return ScreenLine(" old: \(trouble)", .alarm) }
        if let notice = state.notice { return ScreenLine(" \(notice)", .title) }
        return keys
    }

    private var keys: ScreenLine {
        var keys = [("↑↓", "select"), ("tab", "next table")]
        switch state.pane {
        case .queues:
            if state.canPause { keys.append(("p", "pause/resume")) }
            keys.append(("r", "retry dead"))
        case .workers: keys.append(("d", "drain"))
        case .running: break
        }
        var line = ScreenLine(" ")
        for (key, meaning) in keys + [("q", "quit")] {
            line.append(key, .title)
            line.append(" \(meaning)   ", .faint)
        }
        return line
    }

    private func table(_ pane: TopState.Pane, _ snapshot: TopSnapshot, rows: Int) -> [ScreenLine] {
        let table = TopTables.table(pane, snapshot)
        let isActive = pane == state.pane
        let layout = table.layout(width - 2)
        let shown = window(pane, rows)
        let part =
            shown.count < table.rows.count
            ? " \(shown.lowerBound + 1)–\(shown.upperBound) of \(table.rows.count) " : ""
        let title = CellWidth.fit(" " + table.heading(layout, .heading).text, width - CellWidth.of(part)) + part
        let heading = ScreenLine(title, isActive ? .activeHeading : .heading)
        let body = shown.map { row in
            let isSelected = isActive && row == state.cursor(pane)
            let line = table.row(row, layout, indent: 1)
            return isSelected ? ScreenLine(CellWidth.fit(line.text, width), .selected) : line
        }
        return [heading] + (body.isEmpty ? [ScreenLine(" " + Self.nothing(pane), .faint)] : body)
    }

    private static func nothing(_ pane: TopState.Pane) -> String {
        switch pane {
        case .queues: "no job has come since the broker started"
        case .workers: "no worker is connected; start one with “kip worker”"
        case .running: "no job is in a worker's hands"
        }
    }

    /// The rows that are seen: the selected one is among them.
    private func window(_ pane: TopState.Pane, _ rows: Int) -> Range<Int> {
        let count = state.count(pane)
        guard count > rows else { return 0..<count }
        let cursor = state.cursor(pane) ?? 0
        let first = min(max(0, cursor - rows / 2), count - rows)
        return first..<first + rows
    }

    // MARK: Room

    /// Which tables are shown, with how many rows each.
    private func shares(within lines: Int) -> [(TopState.Pane, Int)] {
        if height < Self.leastHeight { return [(state.pane, max(1, lines - 1))] }
        let panes = TopState.Pane.allCases
        let rows = Self.share(
            lines - panes.count * Self.frame, among: panes.map { max(1, state.count($0)) })
        return Array(zip(panes, rows))
    }

    /// Divides rows: whoever needs less than its part leaves the rest to the others.
    static func share(_ rows: Int, among needs: [Int]) -> [Int] {
        var shares = needs.map { _ in 0 }
        var left = max(0, rows)
        while left > 0 {
            let hungry = needs.indices.filter { shares[$0] < needs[$0] }
            guard !hungry.isEmpty else { break }
            for index in hungry where left > 0 {
                shares[index] += 1
                left -= 1
            }
        }
        return shares
    }
}
