import ArgumentParser
import Foundation

/// Runs lifecycles so that what they cost can be counted.
@main struct Cost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kip-cost",
        abstract: "Runs lifecycles so that what they cost can be counted; scripts/cost does.",
        discussion: """
            Jobs of 200 bytes go through the very code of client, broker, store and worker on one thread, without \
            sockets. Prints how often each part asked for memory. Under callgrind the instructions of a part are those \
            of the function cost_part_NAME.
            """)

    @Option(help: "How often so many jobs take the way together.")
    var rounds = 40
    @Option(help: "Jobs of a round.")
    var jobs = 192

    struct Figures: Encodable {
        var jobs: Int
        var allocations: [String: UInt64]
    }

    func validate() throws {
        guard rounds >= 1, jobs >= 1 else { throw ValidationError("--rounds and --jobs must be 1 or more") }
    }

    func run() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kip-cost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let lifecycle = try Lifecycle(directory: directory.path)
        for _ in 0..<rounds { try lifecycle.run(jobs: jobs) }
        try lifecycle.settle()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let allocations = Dictionary(uniqueKeysWithValues: lifecycle.costs.map { ($0.key.rawValue, $0.value) })
        print(
            String(decoding: try encoder.encode(Figures(jobs: rounds * jobs, allocations: allocations)), as: UTF8.self))
    }
}
