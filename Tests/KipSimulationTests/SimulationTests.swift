import KipCore
import KipSimulation
import OwnThread
import Testing

/// One after the other: a world keeps a thread busy, and Swift Concurrency has few, which other tests' handlers need.
@Suite(.serialized, .ownThread) struct SimulationTests {
    @Test("worlds full of faults keep the promises", arguments: Array(1...3) + [1_011_846] as [UInt64])
    func keepsPromises(seed: UInt64) {
        let outcome = Simulation.run(seed: seed)
        #expect(outcome.violations == [], "kip-simulate --seed \(seed)")
        #expect(outcome.events > 500)
    }

    @Test("a seed replays exactly")
    func replays() {
        let first = Simulation.run(seed: 4, isTraced: true)
        #expect(first == Simulation.run(seed: 4, isTraced: true))
        #expect(first.trace != Simulation.run(seed: 5, isTraced: true).trace)
        let traces = (1...6).map { Simulation.run(seed: $0, isTraced: true).trace }
        for fault in ["the broker crashes", "is killed", "drains", "hangs", "breaks", "the clock is wrong"] {
            #expect(traces.contains { $0.contains { $0.contains(fault) } }, "no world in which \(fault)")
        }
    }

    /// A few that are caught soon: in the core, around it, and in what jobs ask for. `kip-simulate --mutants` tries all of them,
    /// and `scripts/test` runs it, optimized, which is ten times as fast.
    private static let soon: Set = [
        "handsOutBeforeCommit", "dropsChildren", "ignoresKinds", "storesKeysTwice", "forgetsRunning", "forgetsHolds",
    ]

    @Test(
        "what is broken on purpose is noticed, in the core and around it",
        arguments: (Mutant.core + Mutant.surroundings + Mutant.conditions).filter { soon.contains($0.name) })
    func noticesMutants(mutant: Mutant) {
        let violations = (1...20).lazy.flatMap { Simulation.run(seed: UInt64($0), mutant: mutant).violations }
        #expect(violations.first != nil)
    }

    @Test(
        "the smallest world breaks a promise with fewer faults and requests than the whole, and is the same each time")
    func smallest() throws {
        let mutant = try #require(Mutant.core.first { $0.name == "handsOutBeforeCommit" })
        let seed = try #require((1...20).first { !Simulation.run(seed: $0, mutant: mutant).violations.isEmpty })
        let smallest = try #require(Simulation.smallest(seed: seed, mutant: mutant))
        #expect(!smallest.outcome.violations.isEmpty)
        #expect(smallest.faults + smallest.requests < (smallest.allFaults + smallest.allRequests) / 2)
        #expect(Simulation.smallest(seed: seed, mutant: mutant)?.outcome == smallest.outcome)
        #expect(Simulation.smallest(seed: 1) == nil)
    }
}
