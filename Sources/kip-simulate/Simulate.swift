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
            Each seed is one world: crashes, restarts and upgrades of brokers, workers and clients, broken connections, \
            hung processes, a slow, failing and full disk, a clock that jumps. After every event the promises of the \
            queue are checked. A seed replays exactly.
            """)

    @Option(help: "Run this one seed; where it breaks a promise, print the smallest world that still does.")
    var seed: UInt64?

    @Option(help: "Run so many seeds.")
    var seeds: Int = 2_000

    @Option(help: "The first of them.")
    var from: UInt64 = 1

    @Flag(
        help:
            "Break the queue on purpose, in fourteen ways around the core, in fourteen of what jobs and people ask for, and in twenty-six of its rules, and see whether each is caught."
    )
    var mutants = false

    @Option(help: "With --seed: with this rule broken on purpose; --mutants names them.")
    var mutant: String?

    @Flag(help: "With --seed: print everything that happened.")
    var trace = false

    func validate() throws {
        guard seeds >= 1 else { throw ValidationError("--seeds must be 1 or more") }
        if mutant != nil, seed == nil { throw ValidationError("--mutant goes with --seed") }
    }

    func run() throws {
        if mutants { return try runMutants() }
        if let seed { return try run(seed) }
        let total = Tally.run(seeds: seeds, from: from)
        for seed in total.failing.sorted().prefix(5) {
            print("seed \(seed) broke a promise; see it with: kip-simulate --seed \(seed)")
        }
        print(
            "seeds=\(seeds) events=\(total.events) lost=\(total.lost) doubled=\(total.doubled) "
                + "violations=\(total.violations)")
        if total.violations > 0 { throw ExitCode.failure }
    }

    private func run(_ seed: UInt64) throws {
        let mutant = try named()
        var outcome = Simulation.run(seed: seed, mutant: mutant, isTraced: trace)
        if trace {
            for line in outcome.trace { print(line) }
        } else if let smallest = Simulation.smallest(seed: seed, mutant: mutant) {
            print(
                "the smallest world that breaks a promise: \(smallest.faults) of \(smallest.allFaults) faults, "
                    + "\(smallest.requests) of \(smallest.allRequests) requests; --trace prints the whole one")
            for line in smallest.outcome.trace { print(line) }
            outcome = smallest.outcome
        }
        for violation in outcome.violations { print("violation: \(violation)") }
        print(
            "seeds=1 events=\(outcome.events) lost=\(outcome.lost) doubled=\(outcome.doubled) "
                + "violations=\(outcome.violations.count)")
        if !outcome.violations.isEmpty { throw ExitCode.failure }
    }

    private func named() throws -> Mutant? {
        guard let mutant else { return nil }
        let all = Mutant.core + Mutant.conditions + Mutant.surroundings
        guard let found = all.first(where: { $0.name == mutant }) else {
            throw ValidationError("there is no mutant “\(mutant)”: \(all.map(\.name).joined(separator: ", "))")
        }
        return found
    }

    private func runMutants() throws {
        print("around the core")
        let around = caught(Mutant.surroundings)
        print("in what jobs ask for beside a worker")
        let conditions = caught(Mutant.conditions)
        print("in the core")
        let core = caught(Mutant.core)
        if !(around && conditions && core) { throw ExitCode.failure }
    }

    /// Tries mutants on all cores, and says of each by which seed it was caught first.
    ///
    /// - Returns: whether all were.
    private func caught(_ mutants: [Mutant]) -> Bool {
        let first = Mutex((tried: 0, seeds: [String: UInt64]()))
        let bar = ProgressBar(of: mutants.count, "mutants")
        DispatchQueue.concurrentPerform(iterations: mutants.count) { index in
            let seed = (from..<from + UInt64(seeds)).first { seed in
                !Simulation.run(seed: seed, mutant: mutants[index]).violations.isEmpty
            }
            first.withLock { first in
                first.tried += 1
                first.seeds[mutants[index].name] = seed
                bar.show(first.tried)
            }
        }
        let found = first.withLock { $0.seeds }
        for mutant in mutants {
            let words = found[mutant.name].map { "caught by seed \($0)" } ?? "NOT caught by \(seeds) seeds"
            print("\(mutant.name): \(words)")
        }
        print("caught=\(found.count)/\(mutants.count)")
        return found.count == mutants.count
    }
}
