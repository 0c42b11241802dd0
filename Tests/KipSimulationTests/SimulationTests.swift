import KipCore
import KipSimulation
import Testing

@Suite struct SimulationTests {
    /// What once broke a promise: each seed found a fault of the queue, which has been mended.
    static let historic: [UInt64] = [22, 1352, 6170, 7739, 10247]

    @Test("worlds full of faults keep the promises", arguments: historic + (1...20).map { $0 })
    func keepsPromises(seed: UInt64) {
        let outcome = Simulation.run(seed: seed)
        #expect(outcome.violations == [], "kip-simulate --seed \(seed)")
        #expect(outcome.events > 1_000)
    }

    @Test("a seed replays exactly")
    func replays() {
        let first = Simulation.run(seed: 4, isTraced: true)
        #expect(first == Simulation.run(seed: 4, isTraced: true))
        #expect(first.trace.contains { $0.contains("the broker crashes") })
        #expect(first.trace != Simulation.run(seed: 5, isTraced: true).trace)
    }

    @Test(
        "what is broken on purpose is noticed; kip-simulate --mutants tries them all",
        arguments: [
            Mutant.confirmsBeforeCommit, .swallowsFailedCommits, .forgetsKeys, .forgetsRunning, .forgetsLosses,
            .hearsNoTimer, .sendsWorkTwice, .forgetsIntents,
        ])
    func noticesMutants(mutant: Mutant) {
        let violations = (1...3).lazy.flatMap { Simulation.run(seed: UInt64($0), mutant: mutant).violations }
        #expect(violations.first != nil)
    }
}
