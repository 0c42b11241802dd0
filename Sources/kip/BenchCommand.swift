import ArgumentParser
import Foundation
import KipClient
import KipCore

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure this installation: durable lifecycles a second, or how long one takes.",
        discussion: """
            Enqueues no-op jobs from this process with a bounded number outstanding and waits until all have run. A \
            broker and a worker of the kind “kip-bench” must run: kip worker --concurrency 64 --prefetch 8000.

              kip bench                           lifecycles a second
              kip bench --message 100             the same, enqueued in bulk
              kip bench --rate 200 --jobs 2000    jobs at a steady rate: from when one
                                                  was due to its confirmation, and to
                                                  the beginning of its handler (worker
                                                  and client on one machine)
            """)

    @Option(name: .long, help: "How many jobs (default 100000; 2000 with --rate).")
    var jobs: Int?
    @Option(name: .long, help: "Jobs that wait for their confirmation at a time.")
    var outstanding = 500
    @Option(name: .long, help: "Jobs in a message.")
    var message = 1
    @Option(name: .long, help: "Jobs a second, at a steady rate: measures latency.")
    var rate: Int?
    @Option(name: .long, help: "Bytes of a payload.")
    var bytes = 200
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let limits = [
            ("--jobs", jobs ?? 1), ("--outstanding", outstanding), ("--message", message), ("--rate", rate ?? 1),
        ]
        for (name, value) in limits where value < 1 { throw Failure.usage("\(name) must be 1 or more") }
        if message > 1, rate != nil { throw Failure.usage("give --rate or --message, not both") }
        if message > outstanding {
            throw Failure.usage("--message must not be more than --outstanding (\(outstanding))")
        }
        guard (0...Limits.payloadBytes).contains(bytes) else {
            throw Failure.usage("--bytes must be 0 to \(Limits.payloadBytes)")
        }
        let client = try brokerOption.client()
        try await waitForWorker(client)
        if let rate { return try await latency(client, rate) }
        let figures = try await BenchThroughput(
            client: client, jobs: jobs ?? 100_000, outstanding: outstanding, perMessage: message, bytes: bytes
        ).run()
        if json { return try Terminal.json(figures) }
        let messages = message > 1 ? ", \(message) a message" : ""
        Terminal.line("\(Terminal.count(figures.jobs, "job")) of \(bytes) bytes\(messages), \(outstanding) outstanding")
        Terminal.line("confirmed    \(Int(figures.confirmedPerSecond)) a second")
        Terminal.line("lifecycles   \(Int(figures.lifecyclesPerSecond)) a second")
    }

    /// Without one all would wait for ever, and say nothing.
    /// - Throws: `Failure` where none has come within two seconds, or `KipClientError` where nobody answers.
    private func waitForWorker(_ client: KipClient) async throws {
        let end = ContinuousClock.now + .seconds(2)
        while let workers = try await workers(client) {
            if workers.contains(where: { $0.kinds.contains(BenchJob.kind) && $0.queues.contains("default") }) { return }
            guard ContinuousClock.now < end else {
                throw Failure.unavailable(
                    "no worker takes the kind “\(BenchJob.kind)” of the queue “default”; start one: kip worker "
                        + "--concurrency 64 --prefetch 8000"
                )
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// - Returns: nil where the key may enqueue, and not see workers.
    private func workers(_ client: KipClient) async throws -> [WorkerRecord]? {
        do {
            return try await client.workers()
        } catch {
            if case .refused = error { return nil }
            throw error
        }
    }

    private func latency(_ client: KipClient, _ rate: Int) async throws {
        let figures = try await BenchLatency(client: client, jobs: jobs ?? 2_000, rate: rate, bytes: bytes).run()
        if json { return try Terminal.json(figures) }
        Terminal.line("\(Terminal.count(figures.jobs, "job")) of \(bytes) bytes, \(rate) a second; milliseconds")
        Terminal.table(
            ["", "P50", "P90", "P99", "P99.9", "MAX"],
            [("confirmed", figures.confirmed), ("begun", figures.begun)].map { name, spread in
                [name]
                    + [spread.p50, spread.p90, spread.p99, spread.p999, spread.max].map { String(format: "%.2f", $0) }
            })
    }
}
