import Dispatch
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

    static func run(seeds: Int, from first: UInt64) -> Tally {
        let total = Mutex(Tally())
        let bar = ProgressBar(of: seeds, "worlds")
        DispatchQueue.concurrentPerform(iterations: seeds) { index in
            let outcome = Simulation.run(seed: first + UInt64(index))
            let runs = total.withLock { total in
                total.add(outcome)
                return total.runs
            }
            if runs % 50 == 0 || runs == seeds { bar.show(runs) }
        }
        return total.withLock { $0 }
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
