import ArgumentParser
import Dispatch
import KipSimulation
import Synchronization

/// Runs the broker's real core through simulated worlds full of faults.
@main struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kip-simulate",
        abstract: "Runs the broker's real core through simulated worlds full of faults.",
        discussion: """
            Each seed is one world: crashes, broken connections, hung and killed workers, a slow, failing and full \
            disk. After every event the promises of the queue are checked. A seed replays exactly.
            """)

    @Option(help: "Run this one seed and print what happened where a promise was broken.")
    var seed: UInt64?

    @Option(help: "Run so many seeds.")
    var seeds: Int = 2_000

    @Option(help: "The first of them.")
    var from: UInt64 = 1

    @Flag(help: "Break the queue in ten ways on purpose and see whether each is caught.")
    var mutants = false

    @Flag(help: "With --seed: print everything that happened.")
    var trace = false

    func run() throws {
        if mutants { return try runMutants() }
        if let seed { return try run(seed) }
        let total = Tally.run(seeds: seeds, from: from, mutant: nil)
        for seed in total.failing.sorted().prefix(5) {
            print("seed \(seed) broke a promise; see it with: kip-simulate --seed \(seed)")
        }
        print(
            "seeds=\(seeds) events=\(total.events) lost=\(total.lost) doubled=\(total.doubled) "
                + "violations=\(total.violations)")
        if total.violations > 0 { throw ExitCode.failure }
    }

    private func run(_ seed: UInt64) throws {
        let outcome = Simulation.run(seed: seed, isTraced: true)
        // What concerns the jobs that are named, and the faults.
        let named = outcome.violations.flatMap { $0.split(separator: " ") }.filter { $0.utf8.count == 36 }
        for line in outcome.trace where trace || named.contains(where: { line.contains($0) }) || !line.contains("-7") {
            print(line)
        }
        for violation in outcome.violations { print("violation: \(violation)") }
        print(
            "seeds=1 events=\(outcome.events) lost=\(outcome.lost) doubled=\(outcome.doubled) "
                + "violations=\(outcome.violations.count)")
        if !outcome.violations.isEmpty { throw ExitCode.failure }
    }

    private func runMutants() throws {
        var caught = 0
        for mutant in Mutant.allCases {
            let seed = (from..<from + UInt64(seeds)).first { seed in
                !Simulation.run(seed: seed, mutant: mutant).violations.isEmpty
            }
            if let seed {
                caught += 1
                print("\(mutant.rawValue): caught by seed \(seed)")
            } else {
                print("\(mutant.rawValue): NOT caught by \(seeds) seeds")
            }
        }
        print("caught=\(caught)/\(Mutant.allCases.count)")
        if caught < Mutant.allCases.count { throw ExitCode.failure }
    }
}

/// The sum of many runs, made on all cores.
struct Tally {
    var events = 0
    var lost = 0
    var doubled = 0
    var violations = 0
    var failing: [UInt64] = []

    static func run(seeds: Int, from first: UInt64, mutant: Mutant?) -> Tally {
        let total = Mutex(Tally())
        DispatchQueue.concurrentPerform(iterations: max(0, seeds)) { index in
            let outcome = Simulation.run(seed: first + UInt64(index), mutant: mutant)
            total.withLock { $0.add(outcome) }
        }
        return total.withLock { $0 }
    }

    private mutating func add(_ outcome: Simulation.Outcome) {
        events += outcome.events
        lost += outcome.lost
        doubled += outcome.doubled
        violations += outcome.violations.count
        if !outcome.violations.isEmpty { failing.append(outcome.seed) }
    }
}
