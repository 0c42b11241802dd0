import Dispatch
import Foundation
import KipSimulation
import Synchronization

/// The sum of many runs, made on all cores.
struct Tally {
    var runs = 0
    var events = 0
    var lost = 0
    var doubled = 0
    var violations = 0
    var failing: [UInt64] = []

    /// On a terminal it shows how far it is.
    static func run(seeds: Int, from first: UInt64) -> Tally {
        let total = Mutex(Tally())
        let isTerminal = isatty(STDERR_FILENO) == 1
        DispatchQueue.concurrentPerform(iterations: seeds) { index in
            let outcome = Simulation.run(seed: first + UInt64(index))
            let runs = total.withLock { total in
                total.add(outcome)
                return total.runs
            }
            if isTerminal, runs % 50 == 0 || runs == seeds { show(runs, of: seeds) }
        }
        return total.withLock { $0 }
    }

    private static func show(_ runs: Int, of seeds: Int) {
        let filled = runs * 30 / seeds
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        let end = runs == seeds ? "\r\u{1B}[K" : ""
        FileHandle.standardError.write(Data("\r\(bar) \(runs) of \(seeds) worlds\(end)".utf8))
    }

    private mutating func add(_ outcome: Simulation.Outcome) {
        runs += 1
        events += outcome.events
        lost += outcome.lost
        doubled += outcome.doubled
        violations += outcome.violations.count
        if !outcome.violations.isEmpty { failing.append(outcome.seed) }
    }
}
